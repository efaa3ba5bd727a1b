import ClientApps
import Crypto
import CryptoExtras
import HTTPTypes
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("Login host")
struct LoginHostTests {
    static let host = "login.example"
    static let origin = "https://login.example"

    /// A server with a login host and two orgs, each with an app.
    private func run(
        on driver: TestDatabase,
        first: AppMother = AppMother(),
        second: AppMother = TestOrg.app,
        corsOrigins: [String]? = nil,
        _ body: @escaping @Sendable (TestServer, TestOrg, Client) async throws -> Void
    ) async throws {
        try await TestServer.run(on: driver, corsOrigins: corsOrigins, loginOrigin: Self.origin) { server, client in
            try await server.deploy(first)
            let other = try await TestOrg.make(on: server, client, app: second)
            try await body(server, other, client.at(Self.host))
        }
    }

    @Test(
        "flows 1.1, tokens 3: the code flow at the login host ends at the org of the app: its instance_url, its id, its access token",
        arguments: TestDatabase.available
    )
    func codeFlow(driver: TestDatabase) async throws {
        try await run(on: driver) { server, other, login in
            let cases = [
                (server.org, server.user, (AppMother.key, AppMother.secret)), (other.org, other.user, other.basic),
            ]
            for (org, user, basic) in cases {
                let answer = try await login.authorize(["client_id": basic.0], username: user.username)
                #expect(answer["iss"] == Self.origin)
                let tokens = try await login.redeem(try #require(answer["code"]), basic: basic)
                #expect(tokens.status == 200, "\(tokens.body)")
                #expect(tokens.json["instance_url"]?.string == org.issuer)
                #expect(tokens.json["id"]?.string == "\(org.issuer)/id/\(org.id.rawValue)/\(user.id.rawValue)")
                let access = try tokens.string("access_token")
                #expect(try Client.claims(access)["iss"]?.string == org.issuer)
                let idToken = try tokens.string("id_token")
                #expect(try Client.claims(idToken)["iss"]?.string == Self.origin)
                try await requireVerifies(idToken, audience: basic.0, at: login)
                // The token is good at the login host and at the org's own.
                let home = login.at(org.id == server.org.id ? nil : TestOrg.host)
                for client in [login, home] {
                    let info = try await client.get("/services/oauth2/userinfo", bearer: access)
                    #expect(info.json["user_id"]?.string == user.id.rawValue, "\(info.body)")
                    #expect(info.json["sub"] == (try Client.claims(idToken))["sub"])
                    let path = "/id/\(org.id.rawValue)/\(user.id.rawValue)"
                    #expect(try await client.get(path, bearer: access).json["username"]?.string == user.username)
                }
                let refresh = [("grant_type", "refresh_token"), ("refresh_token", try tokens.string("refresh_token"))]
                let refreshed = try await login.token(refresh, basic: basic)
                #expect(refreshed.json["instance_url"]?.string == org.issuer)
                let found = try await login.post("/services/oauth2/introspect", [("token", access)], basic: basic)
                #expect(found.json["active"] == .bool(true))
                let revoked = try await login.post(
                    "/services/oauth2/revoke",
                    [("token", try tokens.string("refresh_token"))],
                    basic: nil
                )
                #expect(revoked.status == 200, "\(revoked.body)")
                #expect(try await home.get("/services/oauth2/userinfo", bearer: access).status == 401)
                #expect(try await login.token(refresh, basic: basic).error == "invalid_grant")
            }
        }
    }

    @Test(
        "security class 15: a SOAP login at the login host tells nobody whether a username exists, or in which org: each is counted, all have one text",
        arguments: TestDatabase.available
    )
    func hiddenUsers(driver: TestDatabase) async throws {
        try await run(on: driver) { server, other, login in
            func attempt(_ username: String, org: Org?, password: String = "wrong") async throws -> String {
                let scope = org.map {
                    "<LoginScopeHeader><organizationId>\($0.id.rawValue)</organizationId></LoginScopeHeader>"
                }
                let message =
                    "<Envelope><Header>\(scope ?? "")</Header><Body><login><username>\(username)</username><password>\(password)</password></login></Body></Envelope>"
                return try await login.send(
                    .post,
                    "/services/Soap/u/65.0",
                    headers: [.contentType: "text/xml"],
                    body: message
                ).body
            }
            func failures() async throws -> Int {
                try await server.database.read { connection in
                    var row = try connection.row("SELECT COUNT(*) FROM sign_in_failures WHERE failures > 0")
                    return try row?.int() ?? 0
                }
            }
            let names = [server.user.username, other.user.username, "nobody@nowhere.example"]
            for org in [server.org, other.org, nil] {
                for name in names {
                    try await server.change { try $0.execute("DELETE FROM sign_in_failures") }
                    #expect(try await attempt(name, org: org).contains("INVALID_LOGIN"))
                    #expect(try await failures() == 3, "\(name) in \(org?.name ?? "any")")
                }
            }
            #expect(
                try await attempt(other.user.username, org: other.org, password: TestServer.password).contains(
                    "sessionId"
                )
            )
            #expect(
                try await attempt(other.user.username, org: nil, password: TestServer.password).contains("sessionId")
            )
            try await server.change { connection in
                var settings = OAuthOIDCSettings()
                settings.blockOAuthUserPasswordFlow = true
                let document = MetadataComponent(fullName: "", content: .oauthOIDCSettings(settings))
                try OrgSettings.save(document, org: other.org.id, by: .server, now: TestServer.start, on: connection)
            }
            for password in ["wrong", TestServer.password] {
                try await server.change { try $0.execute("DELETE FROM sign_in_failures") }
                let answer = try await attempt(other.user.username, org: nil, password: password)
                #expect(answer.contains("INVALID_LOGIN") && !answer.contains("blocked"))
                #expect(try await failures() == 3)
            }
            for name in names {
                #expect(try await attempt(name, org: other.org).contains("FUNCTIONALITY_NOT_ENABLED"))
            }
        }
    }

    /// Checks an ID token as a relying party that knows the login host alone.
    private func requireVerifies(_ token: String, audience: String, at login: Client) async throws {
        let segments = try #require(CompactSegments(token))
        let kid = try JSONScanner.object(try #require(segments.header))["kid"]?.string
        let published = try await login.get("/id/keys").json["keys"]?.array?.compactMap(\.object) ?? []
        let key = try #require(published.first { $0["kid"]?.string == kid })
        func number(_ name: String) throws -> [UInt8] {
            try #require(key[name]?.string.flatMap { Base64URL.decode($0) })
        }
        let isValid = try _RSA.Signing.PublicKey(n: number("n"), e: number("e")).isValidSignature(
            _RSA.Signing.RSASignature(rawRepresentation: try #require(segments.signature)),
            for: SHA256.hash(data: Array(segments.signingInput)),
            padding: .insecurePKCS1v1_5
        )
        #expect(isValid)
        #expect(try Client.claims(token)["aud"]?.array?.contains(.string(audience)) == true)
    }

    @Test(
        "app-model 0: at the login host, too, what one org issued is good for nothing of another",
        arguments: TestDatabase.available
    )
    func isolation(driver: TestDatabase) async throws {
        try await run(on: driver, second: TestOrg.app.global("isIntrospectAllTokens", "true")) { server, other, login in
            let code = try #require(try await login.authorize()["code"])
            #expect(try await login.redeem(code, basic: other.basic).error == "invalid_grant")
            let tokens = try await login.redeem(code)
            let access = try tokens.string("access_token")
            let refresh = try tokens.string("refresh_token")
            for token in [access, refresh] {
                let found = try await login.post("/services/oauth2/introspect", [("token", token)], basic: other.basic)
                #expect(found.body == #"{"active":false}"#)
            }
            let grant = [("grant_type", "refresh_token"), ("refresh_token", refresh)]
            #expect(try await login.token(grant, basic: other.basic).error == "invalid_grant")
            let paths = [
                "/id/\(other.org.id.rawValue)/\(other.user.id.rawValue)",
                "/id/\(server.org.id.rawValue)/\(other.user.id.rawValue)",
            ]
            for path in paths {
                let answer = try await login.get(path, bearer: access)
                #expect(
                    [403, 404].contains(answer.status) && !answer.body.contains(TestOrg.username),
                    "\(answer.body)"
                )
            }
            let strangers = try await login.authorizationPage(username: TestOrg.username)
            #expect(strangers.status == 200 && strangers.body.contains("check your username"))
            #expect(try await login.token(grant).status == 200)
        }
    }

    @Test(
        "OpenID Connect Discovery section 3: the login host is an issuer of its own, with the ID-token keys of all orgs and without client credentials",
        arguments: TestDatabase.available
    )
    func discovery(driver: TestDatabase) async throws {
        try await run(on: driver) { server, other, login in
            let document = try await login.get("/.well-known/openid-configuration").json
            #expect(document["issuer"]?.string == Self.origin)
            #expect(document["authorization_endpoint"]?.string == Self.origin + "/services/oauth2/authorize")
            #expect(document["token_endpoint"]?.string == Self.origin + "/services/oauth2/token")
            #expect(document["jwks_uri"]?.string == Self.origin + "/id/keys")
            #expect(document["end_session_endpoint"] == nil)
            let grants = document["grant_types_supported"]?.array?.compactMap(\.string) ?? []
            #expect(grants.contains("authorization_code") && !grants.contains("client_credentials"))
            let published = try await login.get("/id/keys").json["keys"]?.array?.compactMap {
                $0.object?["kid"]?.string
            }
            let kept = try await server.database.read { connection in
                try [server.org.id, other.org.id].flatMap { try SigningKeys.all(org: $0, on: connection) }
            }
            #expect(Set(published ?? []) == Set(kept.filter { $0.purpose == "idToken" }.map(\.kid)))
        }
    }

    @Test(
        "flows 1.1, 5.5: client credentials are refused at the login host, after the client is known and with the org's own host",
        arguments: TestDatabase.available
    )
    func clientCredentials(driver: TestDatabase) async throws {
        try await run(on: driver) { _, other, login in
            let refused = try await login.token([("grant_type", "client_credentials")], basic: other.basic)
            #expect(refused.status == 400 && refused.error == "invalid_grant")
            #expect(refused.text?.hasPrefix("request not supported on this domain") == true)
            #expect(refused.text?.contains("https://globex.example/services/oauth2/token") == true)
            let wrong = try await login.token([("grant_type", "client_credentials")], basic: (TestOrg.key, "wrong"))
            #expect(wrong.error == "invalid_client" && !wrong.body.contains("globex"))
            let unknown = try await login.token([("grant_type", "client_credentials")], basic: ("3MVG9none", "x"))
            #expect(unknown.error == "invalid_client_id")
            let nobody = try await login.token([("grant_type", "client_credentials")], basic: nil)
            #expect(nobody.error == "invalid_request")
        }
    }

    @Test(
        "flows 5.4: a JWT bearer assertion at the login host may name the login host, and is of the org of its app",
        arguments: TestDatabase.available
    )
    func jwtBearer(driver: TestDatabase) async throws {
        let app = try AppMother.preauthorized
        try await run(on: driver, first: app) { server, _, login in
            for audience in [
                Self.origin, Self.origin + "/services/oauth2/token", TestServer.issuer, "https://login.salesforce.com",
            ] {
                let assertion = try AssertionMother.bearer().claim("aud", "\"\(audience)\"").text()
                let grant = [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion)]
                for client in [login, login.at(nil)] {
                    let answer = try await client.token(grant, basic: nil)
                    #expect(answer.status == 200, "\(audience): \(answer.body)")
                    #expect(answer.json["instance_url"]?.string == TestServer.issuer)
                }
            }
            for (claim, value, error) in [
                ("aud", "\"https://globex.example\"", "invalid_grant"), ("iss", "\"3MVG9none\"", "invalid_client_id"),
                ("sub", "\"\(TestOrg.username)\"", "invalid_grant"),
            ] {
                let assertion = try AssertionMother.bearer().claim(claim, value).text()
                let grant = [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion)]
                #expect(try await login.token(grant, basic: nil).error == error, "\(claim)")
            }
        }
    }

    @Test(
        "flows 1.1: at the login host a session is good for the apps of its org alone, and no other user signs in to them",
        arguments: TestDatabase.available
    )
    func sessions(driver: TestDatabase) async throws {
        try await run(on: driver) { server, other, login in
            var browser = Browser(client: login)
            let own = try await browser.get(Client.authorization())
            #expect(own.body.contains("Acme"))
            let signedIn = try await browser.submit(
                "sign-in",
                own,
                [("username", "ann@acme.example"), ("password", TestServer.password)]
            )
            #expect(signedIn.body.contains("decision"))
            let home = try await browser.get("/")
            #expect(home.status == 200 && home.body.contains("ann@acme.example"))
            let foreign = try await browser.get(Client.authorization(["client_id": TestOrg.key]))
            #expect(foreign.status == 200 && foreign.body.contains("Globex") && foreign.body.contains("password"))
            #expect(!foreign.body.contains("ann@acme.example"))
            let refused = try await browser.submit(
                "sign-in",
                foreign,
                [("username", "ann@acme.example"), ("password", TestServer.password)]
            )
            #expect(refused.status == 200 && refused.headers[values: .setCookie].allSatisfy { !$0.contains("session") })
        }
    }

    @Test(
        "security 1.19: at the login host a form must come from the login host, and a page of another browser or host is refused"
    )
    func forms() async throws {
        try await run(on: .sqlite) { _, _, login in
            var browser = Browser(client: login)
            let page = try await browser.get(Client.authorization())
            let fields = [
                ("transaction", try Browser.transaction(page)), ("username", "ann@acme.example"),
                ("password", TestServer.password),
            ]
            for origin in [TestServer.issuer, "https://globex.example", "https://evil.example"] {
                let answer = try await login.send(
                    .post,
                    "/services/oauth2/authorize/sign-in",
                    headers: [.origin: origin],
                    body: Client.encoded(fields)
                )
                #expect(answer.status == 400 && answer.body.contains("another site"), "\(origin)")
            }
            let stolen = try await login.send(
                .post,
                "/services/oauth2/authorize/sign-in",
                headers: [.origin: Self.origin],
                body: Client.encoded(fields)
            )
            #expect(stolen.status == 400 && stolen.body.contains("another browser"))
            let unknown = try await login.get(Client.authorization(["client_id": "3MVG9none"]))
            #expect(unknown.status == 400 && unknown.body.contains("invalid_client_id"))
        }
    }

    @Test("flows 12: no origin may read what the login host answers, though an org lists it")
    func cors() async throws {
        try await run(on: .sqlite, corsOrigins: ["https://app.example"]) { server, _, login in
            for (method, path) in server.routes where method != .head {
                let answer = try await login.send(method, path, headers: [.origin: "https://app.example"])
                #expect(answer.headers[.accessControlAllowOrigin] == nil, "\(method) \(path)")
            }
        }
    }

    @Test("flows 1.1: what is not part of signing in and tokens is for the host of an org, and the refusal says so")
    func otherResources() async throws {
        try await run(on: .sqlite) { _, _, login in
            for path in ["/services/data", "/services/data/v66.0/limits", "/.well-known/auth-configuration"] {
                let answer = try await login.get(path)
                #expect(
                    answer.status == 421 && answer.restText?.contains("My Domain") == true,
                    "\(path) \(answer.body)"
                )
            }
            #expect(try await login.get("/services/oauth2/userinfo", bearer: "00D000000000000!AQxxx").status == 401)
            #expect(try await login.get("/services/oauth2/userinfo", bearer: "x.y.z").status == 401)
        }
    }
}

extension Client {
    /// The page after somebody has tried to sign in to the app of the first org.
    fileprivate func authorizationPage(username: String) async throws -> Answer {
        var browser = Browser(client: self)
        let page = try await browser.get(Self.authorization())
        return try await browser.submit("sign-in", page, [("username", username), ("password", TestServer.password)])
    }
}
