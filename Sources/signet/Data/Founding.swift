import AuthorizationServer
import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import Tokens

/// What the first start makes: an org, an admin, an integration user, and a sample app that issues JWT access tokens.
struct Founding: Sendable {
    let org: Org
    let adminPassword: Secret
    let consumerKey: String
    let consumerSecret: Secret

    /// Says that the database is taken.
    struct ForeignOrg: Error, CustomStringConvertible {
        var description: String {
            "the database has an org already, of another data directory; name an empty database"
        }
    }

    static let adminUsername = "admin@signet.example"
    static let integrationUsername = "integration@signet.example"

    /// Makes all of it in one transaction, and the signing keys after it.
    ///
    /// An org that an interrupted `signet init` made under the same master key is taken over: nobody has seen its password and
    /// its consumer secret, so new ones are set.
    static func found(
        baseURL: String,
        database: any Database,
        masterKey: MasterKey,
        now: Timestamp
    ) async throws -> Founding {
        var randomness = SystemRandomNumberGenerator()
        let password = Secret(RandomText.bytes(20, of: .base62, using: &randomness))
        let hash = try PasswordHash(hashing: password, using: &randomness)
        let founding = try await database.write { connection in
            guard let org = try OrgRecords.all(on: connection).first?.org else {
                return try found(baseURL: baseURL, masterKey, password, hash, now, on: connection)
            }
            return try takeOver(org, baseURL: baseURL, masterKey, password, hash, now, on: connection)
        }
        try await KeyKeeper(database: database, masterKey: masterKey).keep(founding.org.id, now: now)
        return founding
    }

    private static func found(
        baseURL: String,
        _ masterKey: MasterKey,
        _ password: Secret,
        _ hash: PasswordHash,
        _ now: Timestamp,
        on connection: any Connection
    ) throws -> Founding {
        var randomness = SystemRandomNumberGenerator()
        let org = Org(
            id: OrgID.make(prefix: Org.idPrefix, now: now, using: &randomness),
            name: "Signet Developer Org",
            edition: .developer,
            issuer: baseURL,
            createdAt: now
        )
        try NewOrg(
            org: org,
            users: [
                .init(username: adminUsername, lastName: "Admin", profile: Profile.systemAdministrator, hash: hash),
                .init(
                    username: integrationUsername,
                    lastName: "Integration",
                    profile: Profile.minimumAccess,
                    hash: nil
                ),
            ],
            masterKey: masterKey,
            actor: .commandLine("init")
        ).insert(now: now, on: connection)
        let app = try AppDeployment(masterKey: masterKey, actor: .commandLine("init")).deploy(
            SampleApp.files(runAs: integrationUsername),
            org: org,
            now: now,
            on: connection
        )
        guard let key = app.first?.consumerKey, let secret = app.first?.newSecret else {
            throw CommandFailure("the sample app was not made")
        }
        return Founding(org: org, adminPassword: password, consumerKey: key, consumerSecret: secret)
    }

    private static func takeOver(
        _ org: Org,
        baseURL: String,
        _ masterKey: MasterKey,
        _ password: Secret,
        _ hash: PasswordHash,
        _ now: Timestamp,
        on connection: any Connection
    ) throws -> Founding {
        guard case .opens = try MasterKeyCheck.look(masterKey, org: org.id, on: connection),
            let admin = try Users.account(username: adminUsername, org: org.id, on: connection),
            let app = try AppRecords.find(developerName: SampleApp.name, org: org.id, on: connection)
        else {
            throw ForeignOrg()
        }
        guard org.issuer == baseURL else {
            throw CommandFailure(
                "the interrupted init had --base-url \(org.issuer), which cannot be changed any more: give that, or begin with a new folder and an empty database"
            )
        }
        try Users.setPassword(
            admin.user.id,
            hash: hash.encoded,
            by: .commandLine("init"),
            clock: { now },
            on: connection
        )
        let renewed = try ConsumerCredentials(masterKey: masterKey).replace(
            app,
            key: false,
            secret: true,
            by: .commandLine("init"),
            now: now,
            on: connection
        )
        return Founding(
            org: org,
            adminPassword: password,
            consumerKey: renewed.record.consumer.key,
            consumerSecret: renewed.secret
        )
    }
}
