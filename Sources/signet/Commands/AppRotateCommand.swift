import ArgumentParser
import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage

/// `signet app rotate NAME`.
struct AppRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Give an app another consumer key and secret: with an overlap, or at once.",
        discussion: """
            With an overlap, in steps; the app's users notice nothing:
              --staged     make a second pair that works beside the present one, and print it this once
              --apply      make it the present pair; the old one works on for the overlap
              --discard    delete every pair beside the present one, so that the overlap ends
            At once, when a key or secret has leaked or is lost; clients that have the old one are refused from then on:
              --key, --secret, or both
            Signed access tokens of a key that is gone are refused with it; refresh tokens stay good.
            """
    )

    @Argument(help: "The developer name of the app.")
    var name: String

    @Flag(help: "Make a second pair.")
    var staged = false
    @Flag(help: "Make the second pair the present one.")
    var apply = false
    @Flag(help: "Delete every pair beside the present one.")
    var discard = false
    @Flag(help: "Replace the consumer key at once.")
    var key = false
    @Flag(help: "Replace the consumer secret at once.")
    var secret = false
    @Option(help: "With --apply: for how many days the old pair works on, 0 to 30 (default: what the org has set).")
    var overlapDays: Int?

    @OptionGroup var options: OrgOptions
    @OptionGroup var format: OutputOptions

    func validate() throws {
        guard [staged, apply, discard, key || secret].count(where: { $0 }) == 1 else {
            throw ValidationError("give one of --staged, --apply, --discard, or --key, --secret or both of these")
        }
        guard overlapDays == nil || apply else { throw ValidationError("--overlap-days goes with --apply") }
        if let overlapDays, !(0...30).contains(overlapDays) {
            throw ValidationError("--overlap-days must be from 0 to 30")
        }
    }

    /// What was done, as it is printed.
    private enum Outcome: Sendable {
        case made(ConsumerCredentials.Revealed)
        case applied(key: String, old: CredentialRecord)
        case discarded([CredentialRecord])
    }

    func run() async throws {
        let outcome = try await options.run { data in
            try await data.database.write { connection in
                guard let app = try AppRecords.find(developerName: name, org: data.org.org.id, on: connection) else {
                    throw options.noApp(name)
                }
                do {
                    return try change(app, data, on: connection)
                } catch let refusal as CredentialRefusal {
                    throw CommandFailure("'\(app.components.developerName)': \(refusal)")
                }
            }
        }
        switch format.output {
        case .json: Terminal.print(JSONWriter.object { write(outcome, &$0) })
        case .text: Terminal.print(text(outcome))
        }
    }

    private func change(_ app: AppRecords.Stored, _ data: OpenedOrg, on connection: any Connection) throws -> Outcome {
        let credentials = ConsumerCredentials(masterKey: data.masterKey)
        let actor = AuditActor.commandLine("app rotate")
        let now = data.now
        if staged { return .made(try credentials.stage(app, by: actor, now: now, on: connection)) }
        if discard {
            return .discarded(try credentials.delete(app, handle: nil, by: actor, now: now, on: connection))
        }
        guard apply else {
            return .made(
                try credentials.replace(app, key: key, secret: secret, by: actor, now: now, on: connection)
            )
        }
        let old = try credentials.rotate(
            app,
            staged: nil,
            overlapDays: overlapDays,
            by: actor,
            now: now,
            on: connection
        )
        let current = try Credentials.all(app: app.id, on: connection).first { $0.consumer.state == .active }
        return .applied(key: current?.consumer.key ?? "", old: old)
    }

    private func write(_ outcome: Outcome, _ json: inout JSONWriter) {
        switch outcome {
        case .made(let made):
            json.member("consumerKey", made.record.consumer.key)
            if !isSecretKept { json.member("consumerSecret", made.secret.revealed) }
            json.member("expiresAt", ifPresent: made.record.consumer.expiresAt?.rfc3339)
        case .applied(let key, let old):
            json.member("consumerKey", key)
            json.member("oldConsumerKey", old.consumer.key)
            json.member("oldExpiresAt", ifPresent: old.consumer.expiresAt?.rfc3339)
        case .discarded(let records):
            json.array("discardedConsumerKeys", of: records.map(\.consumer.key))
        }
    }

    private func text(_ outcome: Outcome) -> String {
        switch outcome {
        case .made(let made):
            var lines = ["consumer key:    \(made.record.consumer.key)"]
            if !isSecretKept { lines.append("consumer secret: \(made.secret.revealed)   (shown this once)") }
            if let end = made.record.consumer.expiresAt {
                lines.append("works beside the present pair until \(end.rfc3339); when the client has it:")
                lines.append("  \(options.hint("app rotate \(name) --apply"))")
            }
            return lines.joined(separator: "\n")
        case .applied(let key, let old):
            let end = old.consumer.expiresAt?.rfc3339 ?? "now"
            return
                "consumer key:    \(key)\nthe old pair works until \(end); to end it before: \(options.hint("app rotate \(name) --discard"))"
        case .discarded(let records):
            return records.map { "deleted \($0.consumer.key)" }.joined(separator: "\n")
        }
    }

    /// A secret that stays is no news, and is not shown again.
    private var isSecretKept: Bool { key && !secret }
}
