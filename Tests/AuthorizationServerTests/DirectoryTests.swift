import AuthorizationServer
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing
import Tokens

@Suite("What a node keeps in memory")
struct DirectoryTests {
    private static let now = Household.now

    /// A second org with a user, in the database of the first.
    private static func neighbour(_ house: Household) async throws -> User {
        var randomness = SystemRandomNumberGenerator()
        let org = Org(
            id: OrgID.make(prefix: Org.idPrefix, now: now, using: &randomness),
            name: "Other",
            edition: .developer,
            issuer: "https://other.example",
            createdAt: now
        )
        let profile = Profile(
            id: ProfileID.make(prefix: Profile.idPrefix, now: now, using: &randomness),
            org: org.id,
            name: Profile.standardUser,
            permissions: []
        )
        let user = user("eve", org: org.id, profile: profile.id)
        try await house.database.write { connection in
            try OrgRecords.insert(org, by: .server, on: connection)
            try Profiles.insert(profile, by: .server, now: now, on: connection)
            try Users.insert(user, passwordHash: nil, by: .server, on: connection)
        }
        return user
    }

    private static func user(_ name: String, org: OrgID, profile: ProfileID) -> User {
        var randomness = SystemRandomNumberGenerator()
        return User(
            id: UserID.make(prefix: User.idPrefix, now: now, using: &randomness),
            org: org,
            username: "\(name)@example.com",
            email: "\(name)@example.com",
            lastName: name,
            nickname: name,
            profile: profile,
            createdAt: now,
            updatedAt: now
        )
    }

    @Test(
        "design, several nodes: a change of one org lets go what is kept of that org, and nothing that is kept of another",
        arguments: TestDatabase.available
    )
    func orgs(driver: TestDatabase) async throws {
        try await Household.lend(on: driver) { house in
            let ann = Self.user("ann", org: house.org.id, profile: house.profile.id)
            try await house.database.write { try Users.insert(ann, passwordHash: nil, by: .server, on: $0) }
            let eve = try await Self.neighbour(house)
            let directory = Directory(database: house.database, masterKey: house.masterKey, backend: .fastest())
            func names() async throws -> [String?] {
                try await directory.refresh(now: Self.now)
                return [
                    try await directory.account(ann.id)?.user.lastName,
                    try await directory.account(eve.id)?.user.lastName,
                ]
            }
            let first = try await names()
            #expect(first == ["ann", "eve"])
            // Behind the back of the counters, so that it shows what is read again.
            try await house.database.write { _ = try $0.execute("UPDATE users SET last_name = 'new'") }
            let kept = try await names()
            #expect(kept == ["ann", "eve"])
            let org = house.org
            try await house.database.write { try OrgRecords.update(org, by: .server, now: Self.now, on: $0) }
            let dropped = try await names()
            #expect(dropped == ["new", "eve"])
            try await house.database.write { try Users.setFrozen(eve.id, true, by: .server, now: Self.now, on: $0) }
            let all = try await names()
            #expect(all == ["new", "new"])
        }
    }
}
