import AuthorizationServer
import OAuthTypes
import Orgs
import Storage
import Testing

/// An org beside the first one of a test server, with a user, a run-as user, keys and an app.
struct TestOrg: Sendable {
    static let host = "globex.example"
    static let key = "3MVG9globex.key"
    static let secret = "GLOBEXGLOBEXGLOBEXGLOBEXGLOBEX12"
    static let username = "hank@globex.example"

    let org: Org
    let user: User
    let machine: User
    let client: Client

    var basic: (String, String) { (Self.key, Self.secret) }

    /// The org's app: that of the first org with another key, secret and run-as user.
    static var app: AppMother {
        AppMother().global("consumerKey", key).global("consumerSecret", secret)
            .policy("clientCredentialsFlowUser", "machine@globex.example")
    }

    /// Makes the org while the server runs, as another process does, and lets the server notice.
    static func make(on server: TestServer, _ client: Client, app: AppMother? = TestOrg.app) async throws -> TestOrg {
        var randomness = SystemRandomNumberGenerator()
        let now = TestServer.start
        let org = Org(
            id: OrgID.make(prefix: Org.idPrefix, now: now, using: &randomness),
            name: "Globex",
            edition: .enterprise,
            issuer: "https://\(host)",
            createdAt: now
        )
        let profiles = Profile.standardProfiles(org: org.id, now: now, using: &randomness)
        let cost = PasswordHash.Cost(passes: 1, memoryKiB: 64)
        let hash = try PasswordHash(hashing: Secret(TestServer.password), cost: cost, using: &randomness)
        let user = try TestServer.user(username, org, profiles, isAPIOnly: false)
        let machine = try TestServer.user("machine@globex.example", org, profiles, isAPIOnly: true)
        try await server.database.write { connection in
            try OrgRecords.insert(org, by: .server, on: connection)
            for profile in profiles { try Profiles.insert(profile, by: .server, now: now, on: connection) }
            for user in [user, machine] {
                try Users.insert(user, passwordHash: hash.encoded, by: .server, on: connection)
            }
        }
        let masterKey = server.server.masterKey
        try await KeyKeeper(database: server.database, masterKey: masterKey, generate: TestKeys.ofOneOrg()).keep(
            org.id,
            now: now
        )
        try await server.server.directory.refresh(now: server.now)
        if let app { try await server.deploy(app, in: org) }
        return TestOrg(org: org, user: user, machine: machine, client: client.at(host))
    }
}
