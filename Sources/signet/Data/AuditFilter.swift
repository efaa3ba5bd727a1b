import ArgumentParser
import Foundation
import OAuthTypes
import Orgs
import Storage

/// Which entries of the audit trail are asked for.
struct AuditFilterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Entries of this time and later, such as 2026-11-26 or 2026-11-26T08:00:00Z.",
            valueName: "time"
        )
    )
    var since: String?
    @Option(help: ArgumentHelp("Entries before this time.", valueName: "time"))
    var until: String?
    @Option(
        help: ArgumentHelp(
            "Who did it: a username or user id, the system account of an operator, or server.",
            valueName: "name"
        )
    )
    var actor: String?
    @Option(help: ArgumentHelp("What was done, such as created, updated, passwordSet; may be repeated."))
    var action: [String] = []
    @Option(
        help: ArgumentHelp(
            "What it was done to: a type such as User or ExternalClientApplication, or a name.",
            valueName: "type-or-name"
        )
    )
    var subject: String?

    func validate() throws {
        for (option, text) in [("--since", since), ("--until", until)] {
            if let text, Self.time(text) == nil {
                throw ValidationError(
                    "\(option) must be a date or a time in UTC, such as 2026-11-26 or 2026-11-26T08:00:00Z"
                )
            }
        }
        for name in action where AuditAction(rawValue: name) == nil {
            throw ValidationError(
                "no action is named '\(name)'; there are: \(AuditAction.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
    }

    private static func time(_ text: String) -> Timestamp? {
        let whole = text.utf8.count == 10 ? text + "T00:00:00Z" : text
        let styles = [Date.ISO8601FormatStyle(), Date.ISO8601FormatStyle(includingFractionalSeconds: true)]
        guard let date = styles.lazy.compactMap({ try? $0.parse(whole) }).first else { return nil }
        return Timestamp(milliseconds: Int64((date.timeIntervalSince1970 * 1_000).rounded()))
    }

    /// Whether an entry is asked for.
    ///
    /// - Parameter user: the id of the user whose name `--actor` gives, if it gives one.
    func admits(_ entry: AuditTrail.Entry, _ event: ShownAuditEvent, user: UserID?) -> Bool {
        if let since = since.flatMap(Self.time), entry.at < since { return false }
        if let until = until.flatMap(Self.time), entry.at >= until { return false }
        if let actor, !event.isBy(actor, user: user) { return false }
        if !action.isEmpty, !action.contains(event.action) { return false }
        return subject.map { $0 == event.subjectType || $0 == event.subjectName } ?? true
    }
}

/// An entry as it is read back, whichever release wrote it.
struct ShownAuditEvent: Sendable {
    let action: String
    let subjectType: String
    let subjectName: String
    let actorKind: String
    private let members: JSONObject

    /// - Throws: `CommandFailure` for an entry that is no JSON object: somebody else wrote it.
    init(_ entry: AuditTrail.Entry) throws {
        // An entry has what was deployed, which may be long; one that could not be read would hide all that come after it.
        guard let object = try? JSONScanner.object(Array(entry.content.utf8), limit: .max) else {
            throw CommandFailure("entry \(entry.sequence) of the audit trail is damaged; see: signet audit verify")
        }
        members = object
        action = object["action"]?.string ?? ""
        subjectType = object["subject"]?.object?["type"]?.string ?? ""
        subjectName = object["subject"]?.object?["name"]?.string ?? ""
        actorKind = object["actor"]?.object?["kind"]?.string ?? ""
    }

    private var actor: JSONObject? { members["actor"]?.object }

    func isBy(_ name: String, user: UserID?) -> Bool {
        switch actorKind {
        case "user":
            let id = actor?["id"]?.string
            return id == name || id.map { $0.prefix(15) == name } ?? false || user.map { $0.rawValue == id } ?? false
        case "operator": return actor?["account"]?.string == name
        default: return actorKind == name
        }
    }

    /// Who it was, in words.
    ///
    /// - Parameter names: the usernames of those who are users.
    func actorText(_ names: [String: String]) -> String {
        switch actorKind {
        case "user":
            let id = actor?["id"]?.string ?? ""
            return (names[id] ?? id) + (actor?["source"]?.string.map { " from \($0)" } ?? "")
        case "operator":
            let place = [actor?["account"]?.string, actor?["host"]?.string].compactMap { $0 }.joined(separator: "@")
            let command = "signet \(actor?["command"]?.string ?? "")"
            return place.isEmpty ? command : "\(place) (\(command))"
        default: return "the server"
        }
    }

    /// What changed, a line for each value.
    var changeLines: [String] {
        (members["changes"]?.array ?? []).compactMap(\.object).map { change in
            let (before, after) = (change["before"]?.string, change["after"]?.string)
            return "\(change["field"]?.string ?? ""): \(before ?? "–") → \(after ?? "–")"
        }
    }

    /// A text of somebody else's for a terminal: what would move the cursor or hide a part is shown as what it is.
    static func plain(_ text: String) -> String {
        PlainText.shown(text.replacing("\n", with: ", "))
    }
}
