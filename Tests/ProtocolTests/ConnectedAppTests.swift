import AuthorizationServer
import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

/// A connected app with the key, secret and callback URL of ``AppMother``, so that the same client speaks for it.
struct ConnectedAppMother: Sendable {
    var oauth: [(String, String)] = []
    var top = ""

    static func issuing(_ format: TokenFormat) throws -> ConnectedAppMother {
        let jwt = ("isNamedUserJwtEnabled", format == .jwt ? "true" : "false")
        return ConnectedAppMother(oauth: [("certificate", try ClientKey.own.get().certificate), jwt])
    }

    var file: SourceFile {
        let config =
            [
                ("callbackUrl", AppMother.callback), ("consumerKey", AppMother.key),
                ("consumerSecret", AppMother.secret), ("isClientCredentialEnabled", "true"),
                ("oauthClientCredentialUser", "integration@acme.example"), ("scopes", "Api"),
                ("scopes", "RefreshToken"), ("scopes", "OpenID"),
            ] + oauth
        let body = config.map { "<\($0.0)>\($0.1)</\($0.0)>" }.joined()
        let text =
            "<ConnectedApp xmlns=\"http://soap.sforce.com/2006/04/metadata\"><contactEmail>dev@orders.example</contactEmail><label>Orders</label>\(top)<oauthConfig>\(body)</oauthConfig></ConnectedApp>"
        return SourceFile(path: "connectedApps/Orders.connectedApp", bytes: Array(text.utf8))
    }
}

extension TestServer {
    /// Makes or changes a connected app in an org that allows it.
    @discardableResult
    func deploy(_ app: ConnectedAppMother) async throws -> AppDeployment.Change {
        let deployment = AppDeployment(masterKey: server.masterKey)
        let open = Org(
            id: org.id,
            name: org.name,
            edition: org.edition,
            issuer: org.issuer,
            createdAt: org.createdAt,
            isConnectedAppCreationEnabled: true
        )
        let (file, now) = (app.file, now)
        let changes = try await database.write { try deployment.deploy([file], org: open, now: now, on: $0) }
        try await server.directory.refresh(now: now)
        return try #require(changes.first)
    }
}

@Suite("Connected apps over HTTP")
struct ConnectedAppTests {
    static func isJWT(_ token: String) -> Bool { token.split(separator: ".").count == 3 && !token.contains("!") }

    static func isActive(_ token: String, _ client: Client) async throws -> Bool {
        try await client.post("/services/oauth2/introspect", [("token", token)]).json["active"] == .bool(true)
    }

    static func refreshed(_ token: String, _ client: Client) async throws -> Client.Answer {
        try await client.token([("grant_type", "refresh_token"), ("refresh_token", token)])
    }

    @Test(
        "app-model 2: a connected app issues tokens by every flow, JWTs by the same switch as the other kind, else opaque ones",
        arguments: TestDatabase.available,
        [TokenFormat.jwt, .opaque]
    )
    func flows(driver: TestDatabase, format: TokenFormat) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(ConnectedAppMother.issuing(format))
            // No PKCE: a connected app does not require it unless it says so.
            let code = try #require(try await client.authorize(["code_challenge": nil])["code"])
            let first = try await client.redeem(code, verifier: nil)
            let second = try await Self.refreshed(first.string("refresh_token"), client)
            let machine = try await client.token([("grant_type", "client_credentials")])
            let bearer = try await client.token(
                [
                    ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
                    ("assertion", AssertionMother.bearer().text()),
                ],
                basic: nil
            )
            for answer in [first, second, machine, bearer] {
                let token = try answer.string("access_token")
                #expect(Self.isJWT(token) == (format == .jwt))
                #expect(try await Self.isActive(token, client))
                #expect(try await client.get("/services/oauth2/userinfo", bearer: token).status == 200)
                #expect(answer.json["signature"] != nil)
            }
            #expect(try Client.claims(first.string("id_token"))["aud"] == .array([.string(AppMother.key)]))
        }
    }
}
