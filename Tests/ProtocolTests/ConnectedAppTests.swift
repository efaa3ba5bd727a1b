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
    /// The org, with an operator who allows new connected apps.
    var orgWithConnectedApps: Org {
        Org(
            id: org.id,
            name: org.name,
            edition: org.edition,
            issuer: org.issuer,
            createdAt: org.createdAt,
            isConnectedAppCreationEnabled: true
        )
    }

    /// Makes or changes a connected app in an org that allows it.
    @discardableResult
    func deploy(_ app: ConnectedAppMother) async throws -> AppDeployment.Change {
        let deployment = AppDeployment(masterKey: server.masterKey, actor: .server)
        let open = orgWithConnectedApps
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

    /// Does something to the app as a whole, as a command beside the server does.
    private func act(
        _ server: TestServer,
        _ body: @escaping @Sendable (AppLifecycle, AppRecords.Stored, any Connection) throws -> Void
    ) async throws {
        let (org, now) = (server.org, server.now)
        try await server.change { connection in
            guard let app = try AppRecords.find(developerName: "Orders", org: org.id, on: connection) else { return }
            try body(AppLifecycle(org: org, actor: .operator(command: "test")) { now }, app, connection)
        }
    }

    private func withoutPKCE(_ client: Client) async throws -> Client.Answer {
        let code = try #require(try await client.authorize(["code_challenge": nil])["code"])
        return try await client.redeem(code, verifier: nil)
    }

    @Test(
        "app-model 10: a migration keeps every token, refresh token and consent alive, and the consumer key and secret",
        arguments: TestDatabase.available,
        [TokenFormat.jwt, .opaque]
    )
    func migration(driver: TestDatabase, format: TokenFormat) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(ConnectedAppMother.issuing(format))
            let tokens = try await withoutPKCE(client)
            try await act(server) { try $0.migrate($1, on: $2) }
            #expect(try await Self.isActive(tokens.string("access_token"), client))
            #expect(try await Self.refreshed(tokens.string("refresh_token"), client).status == 200)
            let bearer = [
                ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
                ("assertion", try AssertionMother.bearer().text()),
            ]
            #expect(try await client.token(bearer, basic: nil).status == 200)
            #expect(try await client.token([("grant_type", "client_credentials")]).status == 200)
            #expect(try await withoutPKCE(client).status == 200)
        }
    }

    @Test(
        "app-model 6.3: blocking ends the sessions of a connected app and refuses new ones; unblocking revives none",
        arguments: TestDatabase.available,
        [TokenFormat.jwt, .opaque]
    )
    func block(driver: TestDatabase, format: TokenFormat) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(ConnectedAppMother.issuing(format))
            let tokens = try await withoutPKCE(client)
            let access = try tokens.string("access_token")
            server.advance(.seconds(1))
            try await act(server) { try $0.block($1, on: $2) }
            #expect(try await client.get("/services/oauth2/userinfo", bearer: access).status == 401)
            let refused = try await Self.refreshed(tokens.string("refresh_token"), client)
            #expect(refused.error == "app_blocked" && refused.text?.contains("the connected app is blocked") == true)
            let page = try await client.get(Client.authorization())
            #expect(page.status == 400)
            try await act(server) { try $0.unblock($1, on: $2) }
            #expect(try await !Self.isActive(access, client))
            #expect(try await Self.refreshed(tokens.string("refresh_token"), client).error == "invalid_grant")
            server.advance(.seconds(1))
            #expect(try await withoutPKCE(client).status == 200)
        }
    }

    @Test(
        "app-model 6.3: an app that is not installed is for who approved it before, and for who may approve uninstalled apps",
        arguments: TestDatabase.available
    )
    func uninstalled(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(ConnectedAppMother.issuing(.jwt))
            try await act(server) { try $0.setInstalled(false, $1, on: $2) }
            let refused = try await client.authorize()
            #expect(refused["error"] == "invalid_client")
            #expect(refused["error_description"]?.hasPrefix("app must be installed into org") == true)
            let machine = try await client.token([("grant_type", "client_credentials")])
            #expect(machine.error == "invalid_client")
            // Somebody who had approved it before it was uninstalled goes on.
            try await act(server) { try $0.setInstalled(true, $1, on: $2) }
            let tokens = try await withoutPKCE(client)
            func isInstalled() async throws -> [JSONValue?] {
                let token = try tokens.string("access_token")
                let identity = "/id/\(server.org.id.rawValue)/\(server.user.id.rawValue)"
                var answers: [JSONValue?] = []
                for path in ["/services/oauth2/userinfo", identity] {
                    answers.append(try await client.get(path, bearer: token).json["is_app_installed"])
                }
                return answers
            }
            #expect(try await isInstalled() == [.bool(true), .bool(true)])
            try await act(server) { try $0.setInstalled(false, $1, on: $2) }
            // Flows 8.1 and 8.2: userinfo and the identity URL say so.
            #expect(try await isInstalled() == [.bool(false), .bool(false)])
            #expect(try await Self.refreshed(tokens.string("refresh_token"), client).status == 200)
            #expect(try await client.authorize()["code"] != nil)
        }
    }

    @Test(
        "app-model 4.1: the permission Approve Uninstalled Connected Apps lets a user approve an app that is not installed",
        arguments: TestDatabase.available
    )
    func approveUninstalled(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(ConnectedAppMother.issuing(.jwt))
            try await act(server) { try $0.setInstalled(false, $1, on: $2) }
            let user = server.user.id
            var randomness = SystemRandomNumberGenerator()
            let set = PermissionSet(
                id: PermissionSetID.make(prefix: PermissionSet.idPrefix, now: server.now, using: &randomness),
                org: server.org.id,
                name: "Approvers",
                label: "Approvers",
                permissions: [.canApproveUninstalledApps]
            )
            try await server.change { connection in
                try PermissionSets.insert(set, by: .server, now: TestServer.start, on: connection)
                try connection.execute(
                    "INSERT INTO user_permission_sets (user_id, permission_set_id) VALUES (\(user), \(set.id))"
                )
            }
            #expect(try await client.authorize()["code"] != nil)
        }
    }

    @Test(
        "app-model 4.2: a deleted app is unknown, its tokens are dead, and a later app of the same key does not revive them",
        arguments: TestDatabase.available,
        [TokenFormat.jwt, .opaque]
    )
    func deletion(driver: TestDatabase, format: TokenFormat) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(ConnectedAppMother.issuing(format))
            let tokens = try await withoutPKCE(client)
            let (access, refresh) = (try tokens.string("access_token"), try tokens.string("refresh_token"))
            try await act(server) { _ = try $0.delete($1, on: $2) }
            #expect(try await client.get("/services/oauth2/userinfo", bearer: access).status == 401)
            #expect(try await Self.refreshed(refresh, client).error == "invalid_client_id")
            server.advance(.seconds(1))
            try await server.deploy(ConnectedAppMother.issuing(format))
            #expect(try await !Self.isActive(access, client))
            #expect(try await Self.refreshed(refresh, client).error == "invalid_grant")
            #expect(try await withoutPKCE(client).status == 200)
        }
    }
}
