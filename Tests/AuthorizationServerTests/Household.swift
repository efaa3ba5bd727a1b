import OAuthTypes
import Orgs
import Storage
import TestSupport
import Tokens

@testable import AuthorizationServer

/// An org with its profiles in a fresh database.
struct Household: Sendable {
    static let now = Timestamp(seconds: 1_795_566_722)

    let database: any Database
    let masterKey: MasterKey
    let org: Org
    let profile: Profile

    static func lend(on driver: TestDatabase, _ body: @escaping (Household) async throws -> Void) async throws {
        try await driver.withDatabase { database in try await body(Household(database)) }
    }

    private init(_ database: any Database) async throws {
        var randomness = SystemRandomNumberGenerator()
        let org = Org(
            id: OrgID.make(prefix: Org.idPrefix, now: Self.now, using: &randomness),
            name: "Acme",
            edition: .developer,
            issuer: "https://acme.example",
            createdAt: Self.now
        )
        let profiles = Profile.standardProfiles(org: org.id, now: Self.now, using: &randomness)
        try await database.write { connection in
            try OrgRecords.insert(org, by: .server, on: connection)
            for profile in profiles { try Profiles.insert(profile, by: .server, now: Self.now, on: connection) }
        }
        (self.database, self.org, profile) = (database, org, profiles[0])
        masterKey = try MasterKey(MasterKey.generate(using: &randomness))
    }

    /// Adds a user whose password is the username backwards.
    func addUser(_ name: String, isActive: Bool = true, isFrozen: Bool = false, isAPIOnly: Bool = false) async throws {
        var randomness = SystemRandomNumberGenerator()
        let user = User(
            id: UserID.make(prefix: User.idPrefix, now: Self.now, using: &randomness),
            org: org.id,
            username: name,
            email: "\(name)@acme.example",
            lastName: name,
            nickname: name,
            profile: profile.id,
            isActive: isActive,
            isFrozen: isFrozen,
            isAPIOnly: isAPIOnly,
            createdAt: Self.now,
            updatedAt: Self.now
        )
        let hash = try PasswordHash(hashing: Self.password(name), cost: Self.cost, using: &randomness)
        try await database.write { try Users.insert(user, passwordHash: hash.encoded, by: .server, on: $0) }
    }

    /// The sessions of its browsers.
    var sessions: BrowserSessions {
        let directory = Directory(database: database, masterKey: masterKey, backend: .swiftCrypto, loginOrigin: nil)
        return BrowserSessions(
            directory: directory,
            liveness: TokenLiveness(directory: directory, masterKey: masterKey)
        )
    }

    static let cost = PasswordHash.Cost(passes: 1, memoryKiB: 64)

    static func password(_ name: String) -> Secret { Secret(String(name.reversed())) }
}
