import ClientApps
import HTTPTypes
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("UI bridge")
struct UIBridgeTests {
    private static let page = "/services/oauth2/authorize?client_id=x"

    private static var app: AppMother {
        var app = AppMother()
        app.scopes = "Api, Web, RefreshToken, OpenID"
        return app
    }

    private static var opaqueApp: AppMother { app.global("isNamedUserJwtEnabled", nil) }

    private static func token(_ client: Client, _ scope: String = "web refresh_token openid") async throws -> String {
        try await client.codeTokens(["scope": scope]).string("access_token")
    }

    /// The path of the address that a token gets.
    private static func address(_ client: Client, _ token: String, path: String? = nil) async throws -> String {
        let query = path.map { "?redirect_uri=" + PercentEncoding.encode($0) } ?? ""
        let answer = try await client.get("/services/oauth2/singleaccess" + query, bearer: token)
        #expect(answer.status == 200, "\(answer.body)")
        let address = try answer.string("frontdoor_uri")
        #expect(address.hasPrefix(TestServer.issuer + "/secur/frontdoor.jsp?otp="))
        return String(address.dropFirst(TestServer.issuer.count))
    }

    /// Opens an address as a browser does that its user or a program opens.
    private static func enter(_ client: Client, _ address: String) async throws -> (Browser, Client.Answer) {
        var browser = Browser(client: client)
        let answer = try await browser.get(address)
        return (browser, answer)
    }

    private static func isSignedIn(_ browser: Browser, as name: String = "ann@acme.example") async throws -> Bool {
        var browser = browser
        return try await browser.get("/").body.contains(name)
    }

    @Test(
        "flows 5.14: a token of either form with web gets an address that signs a browser in, once, and sends it to the path",
        arguments: TestDatabase.available,
        [true, false]
    )
    func bridge(driver: TestDatabase, isJWT: Bool) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(isJWT ? Self.app : Self.opaqueApp)
            let token = try await Self.token(client)
            let address = try await Self.address(client, token, path: Self.page)
            let (browser, answer) = try await Self.enter(client, address)
            #expect(answer.status == 303)
            #expect(answer.headers[.location] == TestServer.issuer + Self.page)
            #expect(try await Self.isSignedIn(browser))
            let (second, again) = try await Self.enter(client, address)
            #expect(again.status == 400)
            #expect(again.body.contains("used already"))
            #expect(try await !Self.isSignedIn(second))
            let late = try await Self.address(client, token)
            server.advance(.seconds(61))
            #expect(try await Self.enter(client, late).1.status == 400)
        }
    }

    @Test(
        "flows 5.14: post is taken as get is, and a path may come without its first slash or with the origin of the host"
    )
    func forms() async throws {
        try await TestServer.run(on: .sqlite) { server, client in
            try await server.deploy(Self.opaqueApp)
            let token = try await Self.token(client)
            let posted = try await client.send(
                .post,
                "/services/oauth2/singleaccess",
                headers: [.authorization: "Bearer \(token)"],
                body: "redirect_uri=lightning%2Fpage%2Fhome"
            )
            let address = String(try posted.string("frontdoor_uri").dropFirst(TestServer.issuer.count))
            #expect(
                try await Self.enter(client, address).1.headers[.location] == TestServer.issuer + "/lightning/page/home"
            )
            for asked in ["/id/keys?a=b#c", TestServer.issuer + "/id/keys?a=b#c", "id/keys?a=b#c"] {
                let form = [("sid", token), ("retURL", asked), ("directBridge2", "true")]
                let answer = try await client.post("/secur/frontdoor.jsp", form, basic: nil)
                #expect(answer.headers[.location] == TestServer.issuer + "/id/keys?a=b#c", "\(answer.body)")
            }
            let plain = try await Self.enter(client, "/secur/frontdoor.jsp?sid=\(PercentEncoding.encode(token))")
            #expect(plain.1.headers[.location] == TestServer.issuer + "/")
            #expect(try await Self.isSignedIn(plain.0))
        }
    }

    @Test("app-model 11.6, flows 5.14: refusals of the bridge are 403 with one of its words")
    func refusals() async throws {
        try await TestServer.run(on: .sqlite) { server, client in
            try await server.deploy(Self.opaqueApp)
            let good = try await Self.token(client)
            let path = "/services/oauth2/singleaccess"
            func refused(_ query: String = "", token: String?, _ word: String) async throws {
                let answer = try await client.get(path + query, bearer: token)
                #expect(answer.status == 403, "\(word): \(answer.body)")
                #expect(answer.body.hasPrefix(word), "\(answer.body)")
                #expect(answer.headers[.contentType]?.hasPrefix("text/plain") == true)
            }
            try await refused(token: nil, "Missing_OAuth_Token")
            try await refused(token: "00D!nothing", "Bad_OAuth_Token")
            try await refused(token: try await Self.token(client, "api refresh_token"), "Invalid_Scope")
            let machine = try await client.token([("grant_type", "client_credentials")]).string("access_token")
            try await refused(token: machine, "Bad_OAuth_Token")
            for outside in [
                "https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a b",
            ] {
                try await refused("?redirect_uri=" + PercentEncoding.encode(outside), token: good, "Invalid_Param")
            }
            try await refused("?redirect_uri=/a&redirect_uri=/b", token: good, "Invalid_Param")
            _ = try await client.post("/services/oauth2/revoke", [("token", good)], basic: nil)
            try await refused(token: good, "Bad_OAuth_Token")
        }
    }

    @Test("flows 5.14, RFC 9700 section 4.11: the door opens for no JWT, for no dead token, and towards no other site")
    func closedDoor() async throws {
        try await TestServer.run(on: .sqlite) { server, client in
            try await server.deploy(Self.app)
            let jwt = try await Self.token(client)
            let address = try await Self.address(client, jwt)
            func refused(_ query: String, _ text: String) async throws {
                let (browser, answer) = try await Self.enter(client, "/secur/frontdoor.jsp?" + query)
                #expect(answer.status == 400)
                #expect(answer.body.contains(text), "\(answer.body)")
                #expect(try await !Self.isSignedIn(browser))
            }
            try await refused("", "otp")
            try await refused("otp=nothing", "used already")
            try await refused("sid=\(jwt)", "singleaccess")
            try await refused("sid=\(server.org.id.short)!nothing", "expired, revoked")
            let ticket = try #require(address.firstMatch(of: /otp=(\w+)/)).output.1
            for outside in [
                "https://evil.example/", "//evil.example", "/\\evil.example", "https://localhost.evil.example/",
            ] {
                try await refused("otp=\(ticket)&startURL=" + PercentEncoding.encode(outside), "must be a path")
            }
            #expect(try await Self.enter(client, address).1.status == 303)
            try await server.deploy(AppMother().global("isNamedUserJwtEnabled", nil))
            let narrow = try await Self.token(client, "api refresh_token")
            try await refused("sid=\(PercentEncoding.encode(narrow))", "Invalid_Scope")
        }
    }

    @Test("clients 1: the session id of a login by password opens the door, as long as it lives")
    func sessionID() async throws {
        try await TestServer.run(on: .sqlite) { _, client in
            let message =
                "<met:login><met:username>ann@acme.example</met:username><met:password>\(TestServer.password)</met:password></met:login>"
            let answer = try await client.send(
                .post,
                "/services/Soap/u/68.0",
                headers: [.contentType: "text/xml"],
                body: SOAPCaller.envelope(message, session: nil)
            )
            let session = try #require(SOAPCaller.Answer(status: answer.status, text: answer.body).value("sessionId"))
            let (browser, opened) = try await Self.enter(
                client,
                "/secur/frontdoor.jsp?sid=\(PercentEncoding.encode(session))"
            )
            #expect(opened.status == 303)
            #expect(try await Self.isSignedIn(browser))
            let ended = try await client.send(
                .post,
                "/services/Soap/u/68.0",
                headers: [.contentType: "text/xml"],
                body: SOAPCaller.envelope("<met:logout/>", session: session)
            )
            #expect(ended.status == 200, "\(ended.body)")
            #expect(try await !Self.isSignedIn(browser))
        }
    }

    @Test("RFC 9110 section 9.2.1: HEAD, as previews of links ask, uses no ticket up")
    func head() async throws {
        try await TestServer.run(on: .sqlite) { server, client in
            try await server.deploy(Self.opaqueApp)
            let address = try await Self.address(client, try await Self.token(client))
            let looked = try await client.send(.head, address)
            #expect(looked.headers[.setCookie] == nil)
            #expect(try await Self.enter(client, address).1.status == 303)
        }
    }

    @Test(
        "security: login CSRF: a browser that another site sends is asked first, and so is one that somebody else uses"
    )
    func asking() async throws {
        try await TestServer.run(on: .sqlite) { server, client in
            try await server.deploy(Self.opaqueApp)
            let token = try await Self.token(client)
            func come(_ address: String, from site: String, origin: String? = nil, body: String? = nil) async throws
                -> Client.Answer
            {
                var headers = HTTPFields()
                headers[try #require(HTTPField.Name("Sec-Fetch-Site"))] = site
                headers[.origin] = origin
                return try await client.send(body == nil ? .get : .post, address, headers: headers, body: body)
            }
            for site in ["cross-site", "same-site"] {
                let address = try await Self.address(client, token, path: Self.page)
                let asked = try await come(address, from: site)
                #expect(asked.status == 200)
                #expect(asked.body.contains("Continue as ann@acme.example?"))
                #expect(asked.headers[.setCookie] == nil)
                let ticket = try #require(asked.body.firstMatch(of: /name="otp" value="(\w+)"/)).output.1
                let form = Client.encoded([
                    ("otp", String(ticket)), ("startURL", Self.page), ("decision", "continue"),
                ])
                let forged = try await come(
                    "/secur/frontdoor.jsp",
                    from: site,
                    origin: "https://evil.example",
                    body: form
                )
                #expect(forged.status == 200)
                #expect(forged.headers[.setCookie] == nil)
                let agreed = try await come(
                    "/secur/frontdoor.jsp",
                    from: "same-origin",
                    origin: TestServer.issuer,
                    body: form
                )
                #expect(agreed.status == 303)
                #expect(agreed.headers[.location] == TestServer.issuer + Self.page)
                #expect(agreed.headers[.setCookie] != nil)
            }
            #expect(try await come(try await Self.address(client, token), from: "none").status == 303)
        }
    }

    @Test(
        "security: a browser of somebody else is asked and keeps its session until it agrees; one of the same user keeps it"
    )
    func others() async throws {
        try await TestServer.run(on: .sqlite) { server, client in
            try await server.deploy(Self.opaqueApp)
            let token = try await Self.token(client)
            var bob = try await Self.bob(server, client)
            let asked = try await bob.get(try await Self.address(client, token))
            #expect(asked.status == 200)
            #expect(asked.body.contains("bob@acme.example"))
            #expect(asked.body.contains("Continue as ann@acme.example?"))
            #expect(try await Self.isSignedIn(bob, as: "bob@acme.example"))
            var (ann, _) = try await Self.enter(client, try await Self.address(client, token))
            let session = ann.cookies
            #expect(try await ann.get(try await Self.address(client, token)).status == 303)
            #expect(ann.cookies == session)
        }
    }

    /// A browser in which another user of the org has signed in.
    private static func bob(_ server: TestServer, _ client: Client) async throws -> Browser {
        let org = server.org
        let profiles = try await server.database.read { try Profiles.all(org: org.id, on: $0) }
        let bob = try TestServer.user("bob@acme.example", org, profiles, isAPIOnly: false)
        let hash = try await server.database.read {
            try Users.passwordHash(username: "ann@acme.example", org: org.id, on: $0)
        }
        let encoded = try #require(hash?.hash)
        try await server.change { try Users.insert(bob, passwordHash: encoded, by: .server, on: $0) }
        var browser = Browser(client: client)
        let page = try await browser.get(Client.authorization())
        let person = [("username", "bob@acme.example"), ("password", TestServer.password)]
        _ = try await browser.submit("sign-in", page, person)
        return browser
    }

    /// What ends a session that an app opened.
    enum End: String, CaseIterable, Sendable {
        case accessToken, refreshToken, app, user, deletedApp, disabledApp, lostScope, frozen
    }

    @Test(
        "flows 5.14: a session ends, and so does a ticket, with what the app has of the user",
        arguments: TestDatabase.available,
        End.allCases
    )
    func ends(driver: TestDatabase, end: End) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(Self.app)
            let tokens = try await client.codeTokens(["scope": "web refresh_token"])
            let token = try tokens.string("access_token")
            let (browser, _) = try await Self.enter(client, try await Self.address(client, token))
            #expect(try await Self.isSignedIn(browser))
            let waiting = try await Self.address(client, token)
            server.advance(.seconds(2))
            try await Self.perform(end, tokens, server, client)
            #expect(try await !Self.isSignedIn(browser), "\(end)")
            let (late, answer) = try await Self.enter(client, waiting)
            #expect(answer.status == 400, "\(end)")
            #expect(try await !Self.isSignedIn(late), "\(end)")
        }
    }

    private static func perform(_ end: End, _ tokens: Client.Answer, _ server: TestServer, _ client: Client)
        async throws
    {
        let (org, user, now) = (server.org.id, server.user, server.now)
        let stored = try #require(
            try await server.database.read { try AppRecords.all(org: org, on: $0) }.first {
                $0.kind == .externalClientApp
            }
        )
        switch end {
        case .accessToken, .refreshToken:
            let name = end == .accessToken ? "access_token" : "refresh_token"
            let form = [("token", try tokens.string(name))]
            #expect(try await client.post("/services/oauth2/revoke", form, basic: nil).status == 200)
        case .app:
            try await server.change { try TokenCutOff.revoke(.app(stored), by: .server, clock: { now }, on: $0) }
        case .user:
            try await server.change { try TokenCutOff.revoke(.user(user), by: .server, clock: { now }, on: $0) }
        case .deletedApp:
            let owner = server.org
            try await server.change { connection in
                _ = try AppLifecycle(org: owner, actor: .server) { now }.delete(stored, on: connection)
            }
        case .disabledApp:
            var app = Self.app
            app.appPolicies["isEnabled"] = "false"
            try await server.deploy(app)
        case .lostScope:
            var app = Self.app
            app.scopes = "Api, RefreshToken, OpenID"
            try await server.deploy(app)
        case .frozen:
            try await server.change { try Users.setFrozen(user.id, true, by: .server, now: now, on: $0) }
        }
    }

    @Test(
        "flows 5.14, app-model 7.4: an admin who ends what users have of an app ends the sessions that it opened, also where no refresh token is",
        arguments: TestDatabase.available,
        ["user", "app"]
    )
    func endedByAdmin(driver: TestDatabase, what: String) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client, app: Self.app)
            let token = try await Self.token(client, "web")
            let (browser, _) = try await Self.enter(client, try await Self.address(client, token))
            let waiting = try await Self.address(client, token)
            #expect(try await Self.isSignedIn(browser))
            let (app, user, other) = (caller.app.rawValue, server.user.id.rawValue, server.integration.id.rawValue)
            #expect(try await caller.send(.delete, "usage/\(app)/\(other)/tokens").status == 204)
            #expect(try await Self.isSignedIn(browser))
            let path = what == "app" ? "usage/\(app)/tokens" : "usage/\(app)/\(user)/tokens"
            #expect(try await caller.send(.delete, path).status == 204)
            #expect(try await !Self.isSignedIn(browser))
            #expect(try await Self.enter(client, waiting).1.status == 400)
            let org = server.org.id
            let entries = try await server.database.read { try AuditTrail.entries(org: org, limit: 99, on: $0) }
            let noted = entries.filter { $0.content.contains("tokensRevoked") }
            #expect(noted.count == 1)
            #expect(noted.first?.content.contains("browser sessions") == true)
        }
    }

    @Test(
        "RFC 7009 section 2: a JWT that another node has revoked gets no ticket, though this node has not heard of it",
        arguments: TestDatabase.available,
        ["jti", "sfi"]
    )
    func revokedElsewhere(driver: TestDatabase, claim: String) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(Self.app)
            let token = try await Self.token(client)
            let subject = try #require(try Client.claims(token)[claim]?.string)
            let (org, now) = (server.org.id, server.now)
            try await server.database.write { connection in
                try Revocations.insert(subject, org: org, now: now, until: now + .hours(1), on: connection)
            }
            #expect(try await client.get("/services/oauth2/userinfo", bearer: token).status == 200)
            let refused = try await client.get("/services/oauth2/singleaccess", bearer: token)
            #expect(refused.status == 403 && refused.body == "Bad_OAuth_Token")
            let stored = try await server.database.read { connection in
                var row = try connection.row("SELECT COUNT(*) FROM sessions WHERE app_id IS NOT NULL")
                return try row?.int()
            }
            #expect(stored == 0)
        }
    }

    @Test(
        "security 1.8: a cut-off of the app or the org that another process made lets no token have a ticket, though the node has not heard of it",
        arguments: TestDatabase.available,
        [true, false]
    )
    func cutOffElsewhere(driver: TestDatabase, isApp: Bool) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(Self.app)
            let token = try await Self.token(client)
            server.advance(.seconds(1))
            let (org, now) = (server.org, server.now)
            try await server.database.write { connection in
                let app = try #require(try AppRecords.find(developerName: "Orders", org: org.id, on: connection))
                let holder = isApp ? TokenCutOff.Holder.app(app) : .org(org)
                try TokenCutOff.revoke(holder, by: .server, clock: { now }, on: connection)
            }
            let refused = try await client.get("/services/oauth2/singleaccess", bearer: token)
            #expect(refused.status == 403 && refused.body == "Bad_OAuth_Token")
        }
    }

    @Test("flows 5.14, app-model 7.3: a session ends, and so does a ticket, with the pair that its token names")
    func deletedPair() async throws {
        try await TestServer.run(on: .sqlite) { server, client in
            let caller = try await RESTCaller(server, client, app: Self.app)
            let token = try await Self.token(client)
            let (browser, _) = try await Self.enter(client, try await Self.address(client, token))
            let staged = try await caller.stage()
            #expect(try await caller.send(.patch, staged.path, body: #"{"command":"rotate"}"#).status == 200)
            #expect(try await Self.isSignedIn(browser))
            let waiting = try await Self.address(client, token)
            #expect(try await caller.send(.delete, staged.path).status == 204)
            #expect(try await !Self.isSignedIn(browser))
            #expect(try await Self.enter(client, waiting).1.status == 400)
        }
    }

    @Test(
        "OpenID Connect Core section 2: auth_time of a session that an app opened is when the user signed in, also for max_age"
    )
    func authTime() async throws {
        try await TestServer.run(on: .sqlite) { server, client in
            try await server.deploy(Self.app)
            let tokens = try await client.codeTokens(["scope": "web refresh_token openid"])
            server.advance(.hours(3))
            let refreshed = try await client.token([
                ("grant_type", "refresh_token"), ("refresh_token", try tokens.string("refresh_token")),
            ])
            let token = try refreshed.string("access_token")
            var (browser, _) = try await Self.enter(client, try await Self.address(client, token))
            let scope = ["scope": "web refresh_token openid"] as [String: String?]
            let silent = try await browser.get(Client.authorization(scope))
            let code = try #require(try Client.redirect(silent)["code"])
            let id = try Client.claims(try await client.redeem(code).string("id_token"))
            #expect(id["auth_time"]?.integer == TestServer.start.seconds)
            let asked = try await browser.get(Client.authorization(scope.merging(["max_age": "3600"]) { $1 }))
            #expect(asked.status == 200)
            #expect(asked.body.contains("name=\"password\""))
        }
    }
}
