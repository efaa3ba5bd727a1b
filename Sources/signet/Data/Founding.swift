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
    let admin: User
    let adminPassword: Secret
    let integration: User
    let app: AppDeployment.Change
    let callbackURLs: [String]

    /// Makes all of it in one transaction, and the signing keys after it.
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
            try found(baseURL: baseURL, masterKey, password, hash, now, on: connection)
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
        guard try OrgRecords.all(on: connection).isEmpty else {
            throw CommandFailure("the database has an org already; name an empty database")
        }
        var randomness = SystemRandomNumberGenerator()
        let org = Org(
            id: OrgID.make(prefix: Org.idPrefix, now: now, using: &randomness),
            name: "Signet Developer Org",
            edition: .developer,
            issuer: baseURL,
            createdAt: now
        )
        try OrgRecords.insert(org, on: connection)
        let profiles = Profile.standardProfiles(org: org.id, now: now, using: &randomness)
        for profile in profiles { try Profiles.insert(profile, on: connection) }
        func user(_ name: String, _ last: String, _ profile: String, isAPIOnly: Bool) throws -> User {
            guard let profile = profiles.first(where: { $0.name == profile }) else {
                throw CommandFailure("the profile '\(profile)' is missing")
            }
            return User(
                id: UserID.make(prefix: User.idPrefix, now: now, using: &randomness),
                org: org.id,
                username: name,
                email: name,
                lastName: last,
                nickname: String(name.prefix { $0 != "@" }),
                profile: profile.id,
                isAPIOnly: isAPIOnly,
                createdAt: now,
                updatedAt: now,
                passwordChangedAt: now
            )
        }
        let admin = try user("admin@signet.example", "Admin", Profile.systemAdministrator, isAPIOnly: false)
        let integration = try user("integration@signet.example", "Integration", Profile.minimumAccess, isAPIOnly: true)
        try Users.insert(admin, passwordHash: hash.encoded, on: connection)
        try Users.insert(integration, passwordHash: nil, on: connection)
        let app = try AppDeployment(masterKey: masterKey).deploy(
            SampleApp.files(runAs: integration.username),
            org: org,
            now: now,
            on: connection
        )
        guard let sample = app.first else { throw CommandFailure("the sample app was not made") }
        return Founding(
            org: org,
            admin: admin,
            adminPassword: password,
            integration: integration,
            app: sample,
            callbackURLs: SampleApp.callbackURLs
        )
    }
}

/// The sample app, as the metadata that anybody could deploy.
enum SampleApp {
    static let name = "Sample"
    static let callbackURLs = ["http://localhost:1717/OauthRedirect", "http://127.0.0.1:1717/OauthRedirect"]

    static func files(runAs username: String) -> [SourceFile] {
        [
            file(
                "externalClientApps/Sample.eca",
                "ExternalClientApplication",
                [
                    ("contactEmail", "admin@signet.example"), ("description", "An app to start with."),
                    ("distributionState", "Local"), ("isProtected", "false"), ("label", "Sample"),
                ]
            ),
            file(
                "extlClntAppGlobalOauthSets/Sample_glbloauth.ecaGlblOauth",
                "ExtlClntAppGlobalOauthSettings",
                [
                    ("callbackUrl", callbackURLs.joined(separator: "\n")), ("externalClientApplication", name),
                    ("isClientCredentialsFlowEnabled", "true"), ("isNamedUserJwtEnabled", "true"),
                    ("isPkceRequired", "true"),
                    ("label", "Sample global OAuth settings"),
                ]
            ),
            file(
                "extlClntAppOauthSettings/Sample_oauth.ecaOauth",
                "ExtlClntAppOauthSettings",
                [
                    ("commaSeparatedOauthScopes", "Api, RefreshToken, OpenID, Basic"),
                    ("externalClientApplication", name),
                    ("label", "Sample OAuth settings"),
                ]
            ),
            file(
                "extlClntAppOauthPolicies/Sample_oauthPlcy.ecaOauthPlcy",
                "ExtlClntAppOauthConfigurablePolicies",
                [
                    ("clientCredentialsFlowUser", username), ("externalClientApplication", name),
                    ("ipRelaxationPolicyType", "Enforce"), ("isClientCredentialsFlowEnabled", "true"),
                    ("label", "Sample OAuth policies"), ("namedUserJwtSessionTimeoutType", "Custom"),
                    ("namedUserJwtTimeout", "30"), ("permittedUsersPolicyType", "AllSelfAuthorized"),
                    ("refreshTokenPolicyType", "SpecificInactivity"), ("refreshTokenValidityPeriod", "30"),
                    ("refreshTokenValidityUnit", "Days"), ("requiredSessionLevel", "STANDARD"),
                ]
            ),
        ]
    }

    private static func file(_ path: String, _ type: String, _ fields: [(String, String)]) -> SourceFile {
        let lines = fields.map { "    <\($0.0)>\($0.1)</\($0.0)>" }.joined(separator: "\n")
        let text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <\(type) xmlns="http://soap.sforce.com/2006/04/metadata">
            \(lines)
            </\(type)>
            """
        return SourceFile(path: path, bytes: Array(text.utf8))
    }
}
