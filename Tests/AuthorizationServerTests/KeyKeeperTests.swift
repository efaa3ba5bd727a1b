import AuthorizationServer
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing
import Tokens

@Suite("KeyKeeper")
struct KeyKeeperTests {
    private let now = Household.now

    private func keeper(_ house: Household) -> KeyKeeper {
        KeyKeeper(database: house.database, masterKey: house.masterKey)
    }

    /// The keys that are not revoked, as "purpose state", sorted.
    private func states(_ house: Household) async throws -> [String] {
        try await records(house).map { "\($0.purpose) \($0.state)" }.sorted()
    }

    private func records(_ house: Household) async throws -> [SigningKeyRecord] {
        let org = house.org.id
        return try await house.database.read { try SigningKeys.all(org: org, on: $0) }
    }

    @Test(
        "tokens 6: a new org gets one active key of each purpose, and nothing more is due",
        arguments: TestDatabase.available
    )
    func founding(driver: TestDatabase) async throws {
        try await Household.lend(on: driver) { house in
            let hasChanged = try await keeper(house).keep(house.org.id, now: now)
            #expect(hasChanged)
            #expect(try await states(house) == ["accessToken active", "idToken active"])
            #expect(try await !keeper(house).keep(house.org.id, now: now))
            #expect(try await !keeper(house).keep(house.org.id, now: now + .days(80)))
            #expect(try await records(house).count == 2)
        }
    }

    @Test(
        "design, several nodes: nodes that start at once end with one active key of each purpose",
        arguments: TestDatabase.available
    )
    func together(driver: TestDatabase) async throws {
        try await Household.lend(on: driver) { house in
            let keeper = keeper(house)
            let (org, now) = (house.org.id, now)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for node in 0..<4 {
                    group.addTask { try await keeper.keep(org, now: now + TimeSpan(milliseconds: Int64(node))) }
                }
                try await group.waitForAll()
            }
            try await keeper.keep(org, now: now + .seconds(1))
            let kept = try await states(house)
            #expect(kept.filter { $0.hasSuffix(" active") } == ["accessToken active", "idToken active"])
        }
    }

    @Test(
        "tokens 6: a rotation makes one next key of each purpose, however often it is asked for",
        arguments: TestDatabase.available
    )
    func rotation(driver: TestDatabase) async throws {
        try await Household.lend(on: driver) { house in
            try await keeper(house).keep(house.org.id, now: now)
            #expect(try await keeper(house).rotate(house.org.id, by: .server, now: now + .seconds(1)).count == 2)
            #expect(try await keeper(house).rotate(house.org.id, by: .server, now: now + .seconds(2)).isEmpty)
            let waiting = [
                "accessToken active", "accessToken next", "idToken active", "idToken next",
            ]
            try await keeper(house).keep(house.org.id, now: now + .minutes(59))
            #expect(try await states(house) == waiting)
            try await keeper(house).keep(house.org.id, now: now + .minutes(61))
            #expect(
                try await states(house) == [
                    "accessToken active", "accessToken retiring", "idToken active", "idToken retiring",
                ]
            )
        }
    }

    @Test(
        "tokens 6: revoking all JWTs drops every access-token key with its private part, makes a new one, and leaves ID tokens",
        arguments: TestDatabase.available
    )
    func revocation(driver: TestDatabase) async throws {
        try await Household.lend(on: driver) { house in
            try await keeper(house).keep(house.org.id, now: now)
            let before = try await records(house)
            let dropped = try await keeper(house).revokeAllJWTs(house.org.id, by: .server, now: now + .seconds(1))
            #expect(dropped == before.filter { $0.purpose == "accessToken" }.map(\.kid))
            let after = try await records(house)
            #expect(try await states(house) == ["accessToken active", "idToken active"])
            #expect(Set(after.map(\.kid)).isDisjoint(with: dropped))
            #expect(after.first { $0.purpose == "idToken" }?.kid == before.first { $0.purpose == "idToken" }?.kid)
            let sealed = try await house.database.read { connection in
                try connection.rows("SELECT sealed_private_key FROM signing_keys WHERE state = 'revoked'").map { row in
                    var row = row
                    return try row.blob()
                }
            }
            #expect(sealed == [[]])
        }
    }

    @Test("security 3: a stored private key opens under its own name and the master key, and not otherwise")
    func sealing() async throws {
        try await Household.lend(on: .sqlite) { house in
            try await keeper(house).keep(house.org.id, now: now)
            var randomness = SystemRandomNumberGenerator()
            let otherKey = try MasterKey(MasterKey.generate(using: &randomness))
            for record in try await records(house) {
                let context = KeyRing.sealContext(record.kid)
                let key = try SigningKey(
                    kid: record.kid,
                    sealed: record.sealedPrivateKey,
                    context: context,
                    masterKey: house.masterKey,
                    backend: .swiftCrypto
                )
                #expect(key.publicKey.modulus == record.modulus)
                #expect(throws: (any Error).self) { try otherKey.open(record.sealedPrivateKey, context: context) }
                #expect(throws: (any Error).self) {
                    try house.masterKey.open(record.sealedPrivateKey, context: context + "x")
                }
            }
        }
    }
}
