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

    @OptionGroup var place: PlaceOptions
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

    func run() async throws {
        let (facts, command) =
            switch try place.chosenForChange() {
            case .data(let options): (try await done(on: options), options.hint("app rotate \(name)"))
            case .server(let server):
                (
                    try await ServerRotation(server: server, name: name).done(step),
                    "signet app rotate \(name)\(place.remote.repeated)"
                )
            }
        format.output.show(facts) { text($0, command) }
    }

    private var step: RotationStep {
        if staged { return .stage }
        if apply { return .apply(overlapDays: overlapDays) }
        return discard ? .discard : .replace(key: key, secret: secret)
    }

    private func done(on options: OrgOptions) async throws -> JSONObject {
        let bytes = try await options.run { data in
            try await data.database.write { connection in
                guard let app = try AppRecords.find(developerName: name, org: data.org.org.id, on: connection) else {
                    throw options.noApp(name)
                }
                do {
                    return try LocalRotation(app: app, data: data).done(step, on: connection)
                } catch let refusal as CredentialRefusal {
                    throw CommandFailure("'\(app.components.developerName)': \(refusal)")
                }
            }
        }
        return try JSONText.object(bytes)
    }

    private func text(_ facts: JSONObject, _ command: String) -> String {
        let discarded = facts.texts("discardedConsumerKeys")
        guard discarded.isEmpty else { return discarded.map { "deleted \($0)" }.joined(separator: "\n") }
        var lines = ["consumer key:    \(facts.text("consumerKey"))"]
        if facts["oldConsumerKey"] != nil {
            let end = facts["oldExpiresAt"]?.string ?? "now"
            return lines[0] + "\nthe old pair works until \(end); to end it before: \(command) --discard"
        }
        if let secret = facts["consumerSecret"]?.string {
            lines.append("consumer secret: \(secret)   (shown this once)")
        }
        if let end = facts["expiresAt"]?.string {
            lines.append("works beside the present pair until \(end); when the client has it:")
            lines.append("  \(command) --apply")
        }
        return lines.joined(separator: "\n")
    }
}

/// One step of a rotation.
enum RotationStep {
    case stage
    case apply(overlapDays: Int?)
    case discard
    case replace(key: Bool, secret: Bool)
}
