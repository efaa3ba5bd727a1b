import AuthorizationServer
import ClientApps
import OAuthTypes
import Orgs
import Storage
import Tokens

/// Whether a master key is the one that the secrets of an org are sealed under.
enum MasterKeyCheck {
    /// What was found.
    enum Finding: Sendable {
        case opens
        case doesNotOpen
        /// The org has no signing key and no consumer, so every key would do.
        case nothingSealed
    }

    /// Tries the signing keys, and the consumers' secrets where there are none.
    static func look(_ key: MasterKey, org: OrgID, on connection: any Connection) throws -> Finding {
        var sealed = try SigningKeys.all(org: org, on: connection).map {
            ($0.sealedPrivateKey, KeyRing.sealContext($0.kid))
        }
        if sealed.isEmpty {
            sealed = try AppRecords.all(org: org, on: connection).flatMap(\.consumers).map {
                ($0.sealedSecret, Consumer.sealContext($0.id))
            }
        }
        guard !sealed.isEmpty else { return .nothingSealed }
        return sealed.allSatisfy { (try? key.open($0.0, context: $0.1)) != nil } ? .opens : .doesNotOpen
    }

    /// - Throws: ``CommandFailure`` for a key that does not open what the org has.
    static func require(_ key: MasterKey, in directory: DataDirectory, org: OrgID, on connection: any Connection) throws
    {
        guard case .doesNotOpen = try look(key, org: org, on: connection) else { return }
        throw CommandFailure(
            "the master key \(directory.masterKeyPath) does not open the keys of the org: it is of another data directory. Put back the master.key that was there when the org was made, or name the database that belongs to this one."
        )
    }
}
