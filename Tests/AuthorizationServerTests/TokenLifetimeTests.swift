import ClientApps
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@testable import AuthorizationServer

struct TokenLifetimeTests {
    @Test(
        "tokens 5.5: a JWT lives as long as the profile's session timeout, else the org's, and never beyond what its revocation is kept for",
        arguments: [(nil, 60, 60), (30, 60, 30), (nil, 1_440, 1_440), (nil, 5_000, 1_440), (5_000, 60, 1_440)]
            as [(Int?, Int, Int64)]
    )
    func jwt(profile: Int?, org: Int, expected: Int64) async throws {
        let now = Timestamp(seconds: 1_700_000_000)
        let org = Org(
            id: OrgID(stored: "00D000000000001AAA"),
            name: "Acme",
            edition: .developer,
            issuer: "https://acme.example",
            sessionTimeoutMinutes: org,
            createdAt: now
        )
        let own = Profile(
            id: ProfileID(stored: "00e000000000001AAA"),
            org: org.id,
            name: "Own",
            permissions: [],
            sessionTimeoutMinutes: profile
        )
        let user = User(
            id: UserID(stored: "005000000000001AAA"),
            org: org.id,
            username: "ann@acme.example",
            email: "ann@acme.example",
            lastName: "Ann",
            nickname: "ann",
            profile: own.id,
            createdAt: now,
            updatedAt: now
        )
        let app = try EffectiveApp.merge(
            components: AppComponents(developerName: "Orders"),
            identity: AppIdentity(id: AppID(stored: "0xI000000000001AAA"), consumers: []),
            org: org,
            resolve: AppReferences(profile: { _ in nil }, permissionSet: { _ in nil }, user: { _ in nil })
        )
        try await TestDatabase.sqlite.withDatabase { database in
            let account = try await database.write { connection in
                try OrgRecords.insert(org, by: .server, on: connection)
                try Profiles.insert(own, by: .server, now: now, on: connection)
                try Users.insert(user, passwordHash: nil, by: .server, on: connection)
                return try Users.account(user.id, on: connection)
            }
            let known = try #require(account)
            #expect(TokenLifetime.jwt(app, known, org) == .minutes(expected))
        }
    }
}
