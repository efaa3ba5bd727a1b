import HTTPTypes
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("Steps at a browser")
struct BrowserStepTests {
    @Test(
        "RFC 9700 section 4.5: a consent page is answered once, and no code comes of a second answer",
        arguments: TestDatabase.available,
        [["allow", "allow"], ["deny", "allow"]]
    )
    func consentOnce(driver: TestDatabase, decisions: [String]) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            var browser = Browser(client: client)
            let start = try await browser.get(Client.authorization())
            let fields = [("username", "ann@acme.example"), ("password", TestServer.password)]
            let page = try await browser.submit("sign-in", start, fields)
            #expect(try await browser.submit("consent", page, [("decision", decisions[0])]).status == 303)
            let other = try await browser.submit("consent", page, [("decision", "switch")])
            #expect(other.status == 400)
            let again = try await browser.submit("consent", page, [("decision", decisions[1])])
            #expect(again.status == 400)
            #expect(again.body.contains("answered already"))
            let codes = try await server.database.read { try $0.rows("SELECT digest FROM authorization_codes").count }
            #expect(codes == (decisions[0] == "allow" ? 1 : 0))
        }
    }

    @Test(
        "flows 10.2: a locked org is inactive_org at every step, before a password is looked at",
        arguments: TestDatabase.available
    )
    func lockedOrg(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            var browser = Browser(client: client)
            let start = try await browser.get(Client.authorization())
            let org = server.org
            let locked = Org(
                id: org.id,
                name: org.name,
                edition: org.edition,
                issuer: org.issuer,
                isActive: false,
                createdAt: org.createdAt
            )
            try await server.change { try OrgRecords.update(locked, by: .server, now: TestServer.start, on: $0) }
            #expect(try await browser.get(Client.authorization()).body.contains("inactive_org"))
            for password in [TestServer.password, "wrong"] {
                let fields = [("username", "ann@acme.example"), ("password", password)]
                let answer = try await browser.submit("sign-in", start, fields)
                #expect(answer.status == 400)
                #expect(answer.body.contains("inactive_org"))
            }
            let failures = try await server.database.read { try $0.rows("SELECT 1 FROM sign_in_failures").count }
            #expect(failures == 0)
        }
    }

    @Test(
        "RFC 9700 section 4.5: of eight answers to one consent page at the same time one makes a code",
        arguments: TestDatabase.available
    )
    func consentRace(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            var browser = Browser(client: client)
            let start = try await browser.get(Client.authorization())
            let fields = [("username", "ann@acme.example"), ("password", TestServer.password)]
            let page = try await browser.submit("sign-in", start, fields)
            let ready = browser
            let redirects = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var browser = ready
                        return try await browser.submit("consent", page, [("decision", "allow")]).status
                    }
                }
                return try await group.reduce(into: 0) { count, status in count += status == 303 ? 1 : 0 }
            }
            #expect(redirects == 1)
        }
    }

    /// How many sessions there are after one request of a browser that has one.
    private func sessions(
        after method: HTTPRequest.Method,
        _ path: String,
        _ headers: [(HTTPField.Name, String)],
        driver: TestDatabase
    ) async throws -> (count: Int, body: String) {
        let result = Mutex2<(count: Int, body: String)>((0, ""))
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            var browser = Browser(client: client)
            let start = try await browser.get(Client.authorization())
            let fields = [("username", "ann@acme.example"), ("password", TestServer.password)]
            _ = try await browser.submit("sign-in", start, fields)
            var all: HTTPFields = [
                .cookie: browser.cookies.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: "; ")
            ]
            for (name, value) in headers { all[name] = value }
            let answer = try await client.send(method, path, headers: all, body: method == .post ? "" : nil)
            #expect(answer.status == 200)
            let count = try await server.database.read { try $0.rows("SELECT digest FROM sessions").count }
            #expect(answer.headers[values: .setCookie].isEmpty == (count == 1))
            result.value = (count, answer.body)
        }
        return result.value
    }

    @Test(
        "OpenID Connect RP-Initiated Logout section 2: what does not come from our own page ends no session, and asks the person",
        arguments: ["/secur/logout.jsp", "/services/auth/idp/oidc/logout"]
    )
    func foreignSignOut(path: String) async throws {
        let foreign: [(HTTPRequest.Method, [(HTTPField.Name, String)])] = [
            (.get, []), (.get, [(.secFetchSite, "cross-site")]), (.get, [(.secFetchSite, "none")]),
            (.post, [(.secFetchSite, "cross-site")]), (.post, [(.origin, "https://evil.example")]),
        ]
        for (method, headers) in foreign {
            let (count, body) = try await sessions(after: method, path, headers, driver: .sqlite)
            #expect(count == 1 && body.contains("Sign out of Acme?"), "\(method) \(headers)")
        }
        let (count, _) = try await sessions(after: .head, path, [(.secFetchSite, "same-origin")], driver: .sqlite)
        #expect(count == 1)
    }

    @Test(
        "OpenID Connect RP-Initiated Logout section 2: our own page ends the session",
        arguments: TestDatabase.available
    )
    func ownSignOut(driver: TestDatabase) async throws {
        let own: [(HTTPRequest.Method, [(HTTPField.Name, String)])] = [
            (.get, [(.secFetchSite, "same-origin")]), (.post, [(.secFetchSite, "same-origin")]),
            (.post, [(.origin, TestServer.issuer)]), (.post, []),
        ]
        for (method, headers) in own {
            let (count, body) = try await sessions(after: method, "/secur/logout.jsp", headers, driver: driver)
            #expect(count == 0 && body.contains("You are signed out"), "\(method) \(headers)")
        }
    }

    @Test(
        "RFC 6749 section 4.1.2.1: a state, nonce or login hint that the pages cannot carry is refused by name",
        arguments: [("state", 8_192), ("nonce", 1_024), ("login_hint", 256)]
    )
    func lengths(name: String, limit: Int) async throws {
        try await TestServer.run(on: .sqlite) { server, client in
            try await server.deploy(AppMother())
            let longest = String(repeating: "x", count: limit)
            #expect(try await client.get(Client.authorization([name: longest])).status == 200)
            let answer = try await client.get(Client.authorization([name: longest + "x"]))
            let redirect = try Client.redirect(answer)
            #expect(redirect["error"] == "invalid_request")
            #expect(redirect["error_description"]?.contains("'\(name)' is longer than \(limit) bytes") == true)
        }
    }

    @Test(
        "RFC 9110 section 15.5.14: a body over the limit is answered 413 with the remedy, and the connection ends",
        arguments: ["/services/oauth2/token", "/services/oauth2/introspect", "/services/oauth2/authorize/sign-in"]
    )
    func largeBody(path: String) async throws {
        try await TestServer.run(on: .sqlite) { _, client in
            let answer = try await client.send(.post, path, body: String(repeating: "x", count: 131_073))
            #expect(answer.status == 413)
            #expect(answer.error == "invalid_request")
            #expect(answer.text?.contains("131072 bytes") == true)
            #expect(answer.headers[.connection] == "close")
        }
    }
}
