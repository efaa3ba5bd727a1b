import ArgumentParser
import OAuthTypes
import Orgs
import Storage

/// `signet audit`.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Read the audit trail: who changed what, when, from where, before and after.",
        discussion:
            "Entries are written with the change itself and are chained, so that one that is changed or taken out shows.",
        subcommands: [List.self, Export.self, Verify.self]
    )

    /// `signet audit list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the newest entries, the oldest of them first.")

        @OptionGroup var filter: AuditFilterOptions
        @Option(help: "How many entries at most, from 1 to 10000.")
        var limit = 100

        @OptionGroup var options: OrgOptions
        @OptionGroup var format: OutputOptions

        func validate() throws {
            guard (1...10_000).contains(limit) else { throw ValidationError("--limit must be from 1 to 10000") }
        }

        func run() async throws {
            try await options.run { data in
                var newest: [AuditTrail.Entry] = []
                try await AuditReading.each(filter, data) { entry, _ in
                    newest.append(entry)
                    if newest.count > 2 * limit { newest.removeFirst(newest.count - limit) }
                }
                let shown = Array(newest.suffix(limit))
                switch format.output {
                case .json: Terminal.print(Array("[\(shown.map(\.content).joined(separator: ",\n "))]".utf8))
                case .text: try await show(shown, data)
                }
            }
        }

        private func show(_ entries: [AuditTrail.Entry], _ data: OpenedOrg) async throws {
            let accounts = try await data.database.read { try Users.all(org: data.org.org.id, on: $0) }
            let names = Dictionary(uniqueKeysWithValues: accounts.map { ($0.user.id.rawValue, $0.user.username) })
            for entry in entries {
                let event = try ShownAuditEvent(entry)
                let head = "\(entry.sequence)\t\(entry.at.rfc3339)\t\(event.actorText(names))"
                let what = "\(event.action) \(event.subjectType) '\(event.subjectName)'"
                Terminal.print(ShownAuditEvent.plain("\(head)\t\(what)".replacing("\t", with: "  ")))
                for line in event.changeLines { Terminal.print("      " + ShownAuditEvent.plain(line)) }
            }
        }
    }

    /// `signet audit export`.
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print every entry with its hash, as one JSON object a line, for another system to keep.",
            discussion: """
                entry is a text: exactly the bytes that the hash covers, after those of the hash before. Whoever keeps the last hash \
                elsewhere can prove later that nothing before it was changed.
                """
        )

        @OptionGroup var filter: AuditFilterOptions
        @Option(help: ArgumentHelp("Entries after this number, the last that is known already.", valueName: "number"))
        var after: Int64 = 0

        @OptionGroup var options: OrgOptions

        func run() async throws {
            try await options.run { data in
                try await AuditReading.each(filter, data, after: after) { entry, _ in
                    let line = JSONWriter.object { json in
                        json.member("sequence", entry.sequence)
                        json.member("hash", Base64URL.encode(entry.hash))
                        json.member("entry", entry.content)
                    }
                    guard Terminal.print(line) else {
                        throw CommandFailure("entry \(entry.sequence) cannot be written to standard output")
                    }
                }
            }
        }
    }

    /// `signet audit verify`.
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Follow the chain of the audit trail from its start to its head.",
            discussion:
                "Ends with 0 when nothing is missing or changed, with 1 and the place of the first gap otherwise."
        )

        @OptionGroup var options: OrgOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            let found = try await options.options.run { server in
                let orgs = options.org == nil ? server.orgs.map(\.org) : [try await server.chosen(options.org).org.org]
                return try await server.database.read { connection in
                    try orgs.map { try Finding($0, on: connection) }
                }
            }
            switch format.output {
            case .json:
                var json = JSONWriter()
                json.array { array in for finding in found { array.object { finding.write(&$0) } } }
                Terminal.print(json.bytes)
            case .text: for finding in found { Terminal.print(finding.text) }
            }
            if found.contains(where: { $0.gap != nil }) { throw ExitCode(1) }
        }

        /// What was found of the chain of one org.
        private struct Finding: Sendable {
            let org: Org
            let count: Int64
            let gap: AuditTrail.Break?

            init(_ org: Org, on connection: any Connection) throws {
                self.org = org
                do {
                    (count, gap) = (try AuditTrail.verify(org: org.id, on: connection), nil)
                } catch let found as AuditTrail.Break {
                    (count, gap) = (0, found)
                }
            }

            func write(_ json: inout JSONWriter) {
                json.member("orgId", org.id.rawValue)
                json.member("isWhole", gap == nil)
                if gap == nil { json.member("entries", count) }
                json.member("problem", ifPresent: gap?.description)
            }

            var text: String {
                "\(ShownAuditEvent.plain(org.name)) (\(org.id.rawValue)): "
                    + (gap.map { "BROKEN: \($0)" } ?? "\(count) entries, none missing or changed")
            }
        }
    }
}

/// Reads the audit trail page by page.
enum AuditReading {
    private static let page = 1_000

    /// Hands over each entry of the org that is asked for.
    static func each(
        _ filter: AuditFilterOptions,
        _ data: OpenedOrg,
        after start: Int64 = 0,
        _ body: (AuditTrail.Entry, ShownAuditEvent) throws -> Void
    ) async throws {
        let org = data.org.org.id
        var user: UserID?
        if let name = filter.actor {
            user = try await data.database.read { try Users.account(username: name, org: org, on: $0)?.user.id }
        }
        var last = start
        while true {
            let after = last
            let entries = try await data.database.read {
                try AuditTrail.entries(org: org, after: after, limit: page, on: $0)
            }
            for entry in entries {
                let event = try ShownAuditEvent(entry)
                if filter.admits(entry, event, user: user) { try body(entry, event) }
                last = entry.sequence
            }
            guard entries.count == page else { return }
        }
    }
}
