import Logging
import MetadataAPI
import OAuthTypes
import Orgs
import Storage

/// Sees to it that orgs which an earlier release made have the app that `signet login` signs in with.
enum CommandLineAccess {
    static func keep(_ org: Org, _ data: OpenedServer, now: Timestamp, _ logger: Logger) async throws {
        let masterKey = data.masterKey
        let outcome: CommandLineApp.Outcome
        do {
            outcome = try await data.database.write {
                try CommandLineApp.keep(in: org.id, masterKey: masterKey, by: .server, now: now, on: $0)
            }
        } catch let violation as ConstraintViolation where violation.kind == .unique {
            // Another node that starts at the same moment has made it.
            return
        }
        guard outcome == .taken else { return }
        logger.warning(
            "signet login does not work in this org: another app has the name or the consumer key SignetCLI",
            metadata: ["org": "\(org.id.rawValue)"]
        )
    }
}
