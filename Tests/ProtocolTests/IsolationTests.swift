import ClientApps
import Foundation
import HTTPTypes
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

/// Two orgs on one server, and all that somebody of the first may hold when they come to the host of the second.
struct TwoOrgs: Sendable {
    let server: TestServer
    /// At the host of the first org.
    let home: Client
    /// The second org, at its host.
    let other: TestOrg

    /// What was issued by the first org: it must be good for nothing at the second, and stay good at home.
    let jwt: String
    let opaque: String
    /// The session id of a login by password.
    let login: String
    /// The id of a deployment that waits.
    let deployment: String
    let refresh: String
    let code: String
    let session: String
    let transaction: String
    /// A token of the second org that may do all that an admin may there.
    let foreign: String

    static let opaqueKey = "3MVG9opaque.key"

    init(_ server: TestServer, _ client: Client) async throws {
        (self.server, home) = (server, client)
        let caller = try await RESTCaller(server, client, permissions: RESTCaller.all.union([.apiEnabled]))
        jwt = caller.token
        var app = AppMother().global("consumerKey", Self.opaqueKey).global("isNamedUserJwtEnabled", nil)
        app.name = "Opaque"
        try await server.deploy(app)
        opaque = try await client.token(
            [("grant_type", "client_credentials")],
            basic: (Self.opaqueKey, AppMother.secret)
        ).string("access_token")
        let message =
            "<met:login><met:username>ann@acme.example</met:username><met:password>\(TestServer.password)</met:password></met:login>"
        let answer = try await client.send(
            .post,
            "/services/Soap/u/68.0",
            headers: [.contentType: "text/xml"],
            body: SOAPCaller.envelope(message, session: nil)
        )
        login = try #require(SOAPCaller.Answer(status: answer.status, text: answer.body).value("sessionId"))
        deployment = try await Self.deployment(on: server)
        let tokens = try await client.codeTokens()
        refresh = try tokens.string("refresh_token")
        var browser = Browser(client: client)
        let page = try await browser.get(Client.authorization(["prompt": "login"]))
        transaction = try Browser.transaction(page)
        _ = try await browser.submit(
            "sign-in",
            page,
            [("username", "ann@acme.example"), ("password", TestServer.password)]
        )
        code = try #require(try Client.redirect(try await browser.get(Client.authorization()))["code"])
        session = browser.cookies.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: "; ")
        other = try await TestOrg.make(on: server, client, app: TestOrg.app.global("isIntrospectAllTokens", "true"))
        let (org, profile) = (other.org.id, other.machine.profile)
        try await server.change { connection in
            let everything = Set(Permission.allCases).subtracting([.apiUserOnly])
            try Profiles.update(
                Profile(id: profile, org: org, name: Profile.standardUser, permissions: everything),
                by: .server,
                now: TestServer.start,
                on: connection
            )
            var settings = ExternalClientAppSettings()
            settings.enableClientSecretInRESTAPIAccess = true
            let document = MetadataComponent(fullName: "", content: .externalClientAppSettings(settings))
            try OrgSettings.save(document, org: org, by: .server, now: TestServer.start, on: connection)
        }
        foreign = try await other.client.token([("grant_type", "client_credentials")], basic: other.basic)
            .string("access_token")
    }

    private static func deployment(on server: TestServer) async throws -> String {
        let record = DeploymentRecord(
            id: DeploymentID(stored: "0Af000000000001AAA"),
            org: server.org.id,
            author: .init(user: server.user.id, name: server.user.displayName, source: nil),
            version: 68,
            options: "{}",
            archiveBytes: 0,
            createdAt: TestServer.start
        )
        try await server.database.write { try Deployments.insert(record, archive: [], on: $0) }
        return record.id.rawValue
    }

    /// What only the first org knows, and no answer of the second may say.
    var marks: [String] {
        [server.org.id.short, server.user.username, server.user.id.short, "Acme", jwt, refresh, code]
    }
}

@Suite("Isolation")
struct IsolationTests {
    /// One try to get at the first org by the host of the second.
    struct Attempt: Sendable {
        let what: String
        let method: HTTPRequest.Method
        /// As the table of routes has it.
        let pattern: String
        /// The path with what stands in its places, and a query.
        let path: String
        var headers: HTTPFields = [:]
        var body: String?
        /// The status that it must get.
        let status: Int
        /// What is sent in the path and the form, which an answer may repeat.
        let sent: String
        /// What the answer must have in it.
        var says = ""

        init(
            _ what: String,
            _ method: HTTPRequest.Method,
            _ pattern: String,
            _ values: [String: String] = [:],
            query: String = "",
            headers: HTTPFields = [:],
            form: [(String, String)]? = nil,
            json: String? = nil,
            xml: String? = nil,
            _ status: Int,
            says: String = ""
        ) {
            (self.what, self.method, self.pattern, self.status, self.says) = (what, method, pattern, status, says)
            let filled = values.reduce(pattern) { $0.replacingOccurrences(of: "{\($1.key)}", with: $1.value) }
            path = filled.replacingOccurrences(of: "**", with: values["**"] ?? "") + query
            self.headers = headers
            body = form.map(Client.encoded) ?? json ?? xml
            sent = path + (form ?? []).map(\.1).joined(separator: " ")
            if xml != nil { self.headers[.contentType] = "text/xml" }
            if json != nil { self.headers[.contentType] = "application/json" }
        }
    }

    /// Routes that are the same for everybody and read nothing of an org but its own public facts.
    private static let open: Set<String> = [
        "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server",
        "/.well-known/auth-configuration", "/id/keys", "/services/oauth2/id/keys", "/services/data", "/favicon.ico",
        "/livez", "/readyz",
    ]

    private static func isOpen(_ pattern: String) -> Bool { open.contains(pattern) || pattern.hasPrefix("/assets/") }

    @Test(
        "app-model 0, security 2: at every route of an org, all that another org issued is refused, and stays good at home",
        arguments: TestDatabase.available
    )
    func everyRoute(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let orgs = try await TwoOrgs(server, client)
            let attempts = try await attempts(orgs)
            try await requireWhole(attempts, orgs)
            for attempt in attempts {
                let answer = try await orgs.other.client.send(
                    attempt.method,
                    attempt.path,
                    headers: attempt.headers,
                    body: attempt.body
                )
                let what = "\(attempt.what): \(attempt.method) \(attempt.path): \(answer.status) \(answer.body)"
                #expect(answer.status == attempt.status, "\(what)")
                #expect(attempt.says.isEmpty || answer.body.contains(attempt.says), "\(what)")
                let told = answer.body + (answer.headers[.location] ?? "")
                for mark in orgs.marks where !attempt.sent.contains(mark) {
                    #expect(!told.contains(mark), "\(mark) in \(what)")
                }
                let sessions = answer.headers[values: .setCookie].filter { $0.contains("session") }
                #expect(sessions.allSatisfy { $0.contains("session=; Path=/; Max-Age=0") }, "\(what)")
            }
            try await requireUntouched(orgs)
            for (method, pattern) in orgs.server.patterns where method == .get && Self.isOpen(pattern) {
                for headers in [bearer(orgs.jwt), bearer(orgs.opaque), [.cookie: orgs.session]] {
                    let answer = try await orgs.other.client.send(.get, pattern, headers: headers)
                    #expect(answer.status == 200, "\(pattern) \(answer.body)")
                    for mark in orgs.marks { #expect(!answer.body.contains(mark), "\(mark) in \(pattern)") }
                }
            }
        }
    }

    /// The table is whole: each route with each method that it takes is in it.
    private func requireWhole(_ attempts: [Attempt], _ orgs: TwoOrgs) async throws {
        let tried = Set(attempts.map { "\($0.method) \($0.pattern)" })
        let methods: [HTTPRequest.Method] = [.get, .post, .put, .patch, .delete]
        for (method, pattern) in orgs.server.patterns where methods.contains(method) && !Self.isOpen(pattern) {
            let path = pattern.replacing(/\{\w+\}/, with: "x")
            let answer = try await orgs.other.client.send(method, path, body: method == .get ? nil : "")
            #expect(
                answer.status == 405 || tried.contains("\(method) \(pattern)"),
                "\(method) \(pattern) is a route without an attempt on another org: add one to the table"
            )
        }
        #expect(tried.count > 30)
    }

    /// Nothing of the attempts has had an effect at home.
    private func requireUntouched(_ orgs: TwoOrgs) async throws {
        let limits = "/services/data/v66.0/limits"
        for token in [orgs.jwt, orgs.opaque] { #expect(try await orgs.home.get(limits, bearer: token).status == 200) }
        let signedIn = try await orgs.home.send(.get, "/", headers: [.cookie: orgs.session])
        #expect(signedIn.body.contains("ann@acme.example"))
        #expect(try await orgs.home.redeem(orgs.code).status == 200)
        let refreshed = try await orgs.home.token([("grant_type", "refresh_token"), ("refresh_token", orgs.refresh)])
        #expect(refreshed.status == 200, "\(refreshed.body)")
        let org = orgs.server.org.id
        let staged = try await orgs.server.database.read { connection in
            try AppRecords.all(org: org, on: connection).flatMap(\.consumers).count { $0.state != .active }
        }
        #expect(staged == 0)
        let waiting = try await orgs.server.database.read { try DeploymentArchives.waiting(org: org, on: $0).count }
        #expect(waiting == 1)
        #expect(try await orgs.home.get(limits, bearer: orgs.login).status == 200)
    }

    private func attempts(_ orgs: TwoOrgs) async throws -> [Attempt] {
        try await signInAttempts(orgs) + tokenAttempts(orgs) + identityAttempts(orgs) + resourceAttempts(orgs)
            + soapAttempts(orgs)
    }

    private func bearer(_ token: String) -> HTTPFields { [.authorization: "Bearer \(token)"] }

    private func basic(_ key: String, _ secret: String) -> HTTPFields {
        [.authorization: "Basic " + Data("\(key):\(secret)".utf8).base64EncodedString()]
    }

    // MARK: Pages

    private func signInAttempts(_ orgs: TwoOrgs) async throws -> [Attempt] {
        let oauth = "/services/oauth2/authorize"
        let cookie: HTTPFields = [.cookie: orgs.session, .origin: "https://globex.example"]
        func query(_ key: String) -> String { String(Client.authorization(["client_id": key]).dropFirst(oauth.count)) }
        func form(_ key: String) throws -> [(String, String)] {
            try FormFields(urlEncoded: Array(query(key).dropFirst().utf8)).fields.map { ($0.name, $0.value) }
        }
        var browser = Browser(client: orgs.other.client)
        let page = try await browser.get(Client.authorization(["client_id": TestOrg.key]))
        let own = try Browser.transaction(page)
        var ownCookie: HTTPFields = [.origin: "https://globex.example"]
        ownCookie[.cookie] = browser.cookies.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: "; ")
        let person = [("username", "ann@acme.example"), ("password", TestServer.password)]
        var attempts: [Attempt] = []
        for pattern in [oauth, oauth + "/{brand}"] {
            let brand = ["brand": "acme"]
            attempts += [
                Attempt("its app", .get, pattern, brand, query: query(AppMother.key), 400, says: "invalid_client_id"),
                Attempt(
                    "its session",
                    .get,
                    pattern,
                    brand,
                    query: query(TestOrg.key),
                    headers: cookie,
                    200,
                    says: "password"
                ),
                Attempt(
                    "its app",
                    .post,
                    pattern,
                    brand,
                    form: try form(AppMother.key),
                    400,
                    says: "invalid_client_id"
                ),
                Attempt(
                    "its session",
                    .post,
                    pattern,
                    brand,
                    headers: cookie,
                    form: try form(TestOrg.key),
                    200,
                    says: "password"
                ),
            ]
        }
        return attempts + [
            Attempt(
                "its page",
                .post,
                oauth + "/sign-in",
                headers: cookie,
                form: [("transaction", orgs.transaction)] + person,
                400
            ),
            Attempt(
                "its user",
                .post,
                oauth + "/sign-in",
                headers: ownCookie,
                form: [("transaction", own)] + person,
                200,
                says: "check your username"
            ),
            Attempt(
                "its page",
                .post,
                oauth + "/consent",
                headers: cookie,
                form: [("transaction", orgs.transaction), ("decision", "allow")],
                400
            ),
            Attempt("its session", .get, "/", headers: cookie, 200),
            Attempt("its session", .post, "/secur/logout.jsp", headers: cookie, 200),
            Attempt("its session", .get, "/secur/logout.jsp", headers: cookie, 200),
            Attempt("its session", .post, "/services/auth/idp/oidc/logout", headers: cookie, 200),
            Attempt("its session", .get, "/services/auth/idp/oidc/logout", headers: cookie, 200),
        ]
    }

    // MARK: Tokens

    private func tokenAttempts(_ orgs: TwoOrgs) throws -> [Attempt] {
        let (token, introspect, revoke) = (
            "/services/oauth2/token", "/services/oauth2/introspect", "/services/oauth2/revoke"
        )
        let (its, own) = (basic(AppMother.key, AppMother.secret), basic(TestOrg.key, TestOrg.secret))
        let code = [
            ("grant_type", "authorization_code"), ("code", orgs.code), ("redirect_uri", AppMother.callback),
            ("code_verifier", Client.verifier),
        ]
        let refresh = [("grant_type", "refresh_token"), ("refresh_token", orgs.refresh)]
        let machine = [("grant_type", "client_credentials")]
        func bearer(_ assertion: AssertionMother) throws -> [(String, String)] {
            [
                ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
                ("assertion", try assertion.claim("aud", "\"https://globex.example\"").text()),
            ]
        }
        let assertion = [
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", try AssertionMother.client(id: "1").claim("aud", "\"https://globex.example\"").text()),
        ]
        var attempts = [
            Attempt("its app", .post, token, headers: its, form: machine, 401, says: "invalid_client_id"),
            Attempt("its code", .post, token, headers: its, form: code, 401, says: "invalid_client_id"),
            Attempt("its code", .post, token, headers: own, form: code, 400, says: "invalid_grant"),
            Attempt("its refresh token", .post, token, headers: its, form: refresh, 401, says: "invalid_client_id"),
            Attempt("its refresh token", .post, token, headers: own, form: refresh, 400, says: "invalid_grant"),
            Attempt("its assertion", .post, token, form: try bearer(.bearer()), 400, says: "invalid_client_id"),
            Attempt("its assertion", .post, token, form: machine + assertion, 400, says: "invalid_client_id"),
            Attempt(
                "its app",
                .post,
                introspect,
                headers: its,
                form: [("token", orgs.foreign)],
                401,
                says: "invalid_client_id"
            ),
        ]
        for issued in [orgs.jwt, orgs.opaque, orgs.refresh] {
            attempts += [
                Attempt(
                    "its token",
                    .post,
                    introspect,
                    headers: own,
                    form: [("token", issued)],
                    200,
                    says: #"{"active":false}"#
                ),
                Attempt("its token", .post, revoke, form: [("token", issued)], 400, says: "invalid_token"),
                Attempt(
                    "its token",
                    .get,
                    revoke,
                    query: "?token=\(PercentEncoding.encode(issued))",
                    400,
                    says: "invalid_token"
                ),
            ]
        }
        return attempts
    }

    // MARK: Identity

    private func identityAttempts(_ orgs: TwoOrgs) -> [Attempt] {
        let (info, identity) = ("/services/oauth2/userinfo", "/id/{org}/{user}")
        let its = ["org": orgs.server.org.id.rawValue, "user": orgs.server.user.id.rawValue]
        let own = ["org": orgs.other.org.id.rawValue, "user": orgs.other.user.id.rawValue]
        let mixed = ["org": orgs.other.org.id.rawValue, "user": orgs.server.user.id.rawValue]
        let bridge = "/services/oauth2/singleaccess"
        let door = "/secur/frontdoor.jsp"
        var attempts: [Attempt] = []
        for token in [orgs.opaque, orgs.login] {
            let query = "?sid=\(PercentEncoding.encode(token))"
            attempts += [
                Attempt("its token", .get, door, query: query, 400, says: "not of this org"),
                Attempt("its token", .post, door, form: [("sid", token)], 400, says: "not of this org"),
            ]
        }
        for method in [HTTPRequest.Method.get, .post] {
            let form: [(String, String)]? = method == .post ? [] : nil
            for token in [orgs.jwt, orgs.opaque, orgs.login] {
                attempts.append(
                    Attempt(
                        "its token",
                        method,
                        bridge,
                        headers: bearer(token),
                        form: form,
                        403,
                        says: "Bad_OAuth_Token"
                    )
                )
            }
            for token in [orgs.jwt, orgs.opaque] {
                attempts += [
                    Attempt("its token", method, info, headers: bearer(token), form: form, 401),
                    Attempt(
                        "its token",
                        method,
                        identity,
                        its,
                        headers: bearer(token),
                        form: form,
                        403,
                        says: "Wrong_Org"
                    ),
                    Attempt(
                        "its token",
                        method,
                        identity,
                        own,
                        headers: bearer(token),
                        form: form,
                        403,
                        says: "Bad_OAuth_Token"
                    ),
                ]
            }
            attempts += [
                Attempt(
                    "its ids",
                    method,
                    identity,
                    its,
                    headers: bearer(orgs.foreign),
                    form: form,
                    403,
                    says: "Wrong_Org"
                ),
                Attempt(
                    "its user",
                    method,
                    identity,
                    mixed,
                    headers: bearer(orgs.foreign),
                    form: form,
                    404,
                    says: "Bad_Id"
                ),
            ]
        }
        return attempts
    }

    // MARK: SOAP

    private func soapAttempts(_ orgs: TwoOrgs) -> [Attempt] {
        let values = ["version": "68.0", "**": orgs.server.org.id.short]
        let isSOAP = { (route: (method: HTTPRequest.Method, path: String)) in
            route.method == .post && route.path.hasPrefix("/services/Soap/")
        }
        return orgs.server.patterns.filter(isSOAP).flatMap { _, pattern in
            let isMetadata = pattern.hasPrefix("/services/Soap/m/")
            let call =
                isMetadata
                ? "<met:describeMetadata><met:asOfVersion>68.0</met:asOfVersion></met:describeMetadata>"
                : "<met:getUserInfo/>"
            var attempts = [orgs.jwt, orgs.opaque, orgs.login].map { token in
                let message = SOAPCaller.envelope(call, session: token)
                return Attempt("its token", .post, pattern, values, xml: message, 500, says: "INVALID_SESSION_ID")
            }
            if !isMetadata {
                let login =
                    "<met:login><met:username>ann@acme.example</met:username><met:password>\(TestServer.password)</met:password></met:login>"
                let message = SOAPCaller.envelope(login, session: nil)
                attempts.append(Attempt("its user", .post, pattern, values, xml: message, 500, says: "INVALID_LOGIN"))
            }
            return attempts
        }
    }

    // MARK: REST

    /// A body that a resource would act on at home: a malformed one would be refused for its form, whatever it names.
    private func body(_ method: HTTPRequest.Method, _ pattern: String) -> String? {
        switch method {
        case .get, .delete: nil
        case .patch where pattern.contains("deployRequest/"): #"{"deployResult":{"status":"Canceling"}}"#
        case .patch where pattern.hasSuffix("/users/{user}"): #"{"isFrozen": true}"#
        case .patch: #"{"command": "rotate"}"#
        default: pattern.hasSuffix("/replacement") ? #"{"replace": ["secret"]}"# : "{}"
        }
    }

    private func resourceAttempts(_ orgs: TwoOrgs) async throws -> [Attempt] {
        let org = orgs.server.org.id
        let (app, pair, live) = try await orgs.server.database.read { connection in
            let app = try #require(try AppRecords.find(developerName: "Orders", org: org, on: connection))
            let pair = try #require(try Credentials.all(app: app.id, on: connection).first)
            let live = try Authorizations.live(app: app.id, user: orgs.server.user.id, on: connection).first
            return (app.id, pair, try #require(live))
        }
        let values = [
            "version": "v68.0", "type": "Organization", "id": org.rawValue, "app": app.rawValue,
            "user": orgs.server.user.id.rawValue,
            "consumer": pair.handle.rawValue, "pair": pair.handle.rawValue, "token": live.id.rawValue,
        ]
        let base = "/services/data/{version}"
        var attempts: [Attempt] = []
        for (method, pattern) in orgs.server.patterns
        where pattern.hasPrefix(base) && [.get, .post, .patch, .put, .delete].contains(method) {
            let isDeployment = pattern.contains("deployRequest/")
            let json = body(method, pattern)
            let values = isDeployment ? values.merging(["id": orgs.deployment]) { _, new in new } : values
            let probe = pattern.replacing(/\{\w+\}/, with: "x")
            guard try await orgs.other.client.send(method, probe, body: json).status != 405 else { continue }
            for token in [orgs.jwt, orgs.opaque, orgs.login] {
                attempts.append(
                    Attempt(
                        "its token",
                        method,
                        pattern,
                        values,
                        headers: bearer(token),
                        json: json,
                        401,
                        says: "INVALID_SESSION_ID"
                    )
                )
            }
            // What names no thing of an org cannot name one of another.
            if pattern.contains(/\{(id|app|user|consumer|pair|token)\}/) {
                attempts.append(
                    Attempt(
                        "its ids",
                        method,
                        pattern,
                        values,
                        headers: bearer(orgs.foreign),
                        json: json,
                        404,
                        says: "NOT_FOUND"
                    )
                )
            }
        }
        return attempts
    }
}
