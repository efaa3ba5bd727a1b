import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing
import Tokens

@testable import AuthorizationServer

@Suite("Gates of users and scopes")
struct GateTests {
    @Test(
        "app-model 8.5: an app that requires high assurance lets nobody in by any flow while there is no second factor",
        arguments: TestDatabase.available
    )
    func highAssurance(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let tokens = try await client.codeTokens()
            let refreshToken = try tokens.string("refresh_token")
            let code = try #require(try await client.authorize()["code"])
            let live = try tokens.string("access_token")
            try await server.deploy(AppMother().global("isNamedUserJwtEnabled", "false"))
            let opaque = try await client.codeTokens().string("access_token")
            for token in [live, opaque] {
                #expect(try await client.get("/services/oauth2/userinfo", bearer: token).status == 200)
            }
            for action in ["Block", "RaiseSessionLevel", nil] {
                let app = AppMother().policy("requiredSessionLevel", "HIGH_ASSURANCE").policy("policyAction", action)
                try await server.deploy(app)
                let reply = try await client.authorize()
                #expect(reply["error"] == "invalid_session_level")
                #expect(reply["error_description"]?.contains("STANDARD") == true)
                #expect(try await client.redeem(code).error == "invalid_session_level")
                for token in [live, opaque] {
                    #expect(try await client.get("/services/oauth2/userinfo", bearer: token).status == 401)
                    let answer = try await client.post("/services/oauth2/introspect", [("token", token)])
                    #expect(answer.body == #"{"active":false}"#)
                }
                for form in [
                    [("grant_type", "refresh_token"), ("refresh_token", refreshToken)],
                    [("grant_type", "client_credentials")],
                ] {
                    #expect(try await client.token(form).error == "invalid_session_level")
                }
            }
            try await server.deploy(
                AppMother().policy("requiredSessionLevel", "STANDARD").policy("policyAction", "Block")
            )
            #expect(try await client.redeem(code).status == 200)
        }
    }

    @Test(
        "RFC 9700 section 4.14: lasting access counts for the scopes it was shown with, and is asked for again for others",
        arguments: TestDatabase.available
    )
    func offlineConsent(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            _ = try await client.codeTokens(["scope": "openid refresh_token"])
            _ = try await client.codeTokens(["scope": "api"])
            var browser = Browser(client: client)
            let page = try await browser.get(Client.authorization(["scope": "api"]))
            let fields = [("username", "ann@acme.example"), ("password", TestServer.password)]
            #expect(try await browser.submit("sign-in", page, fields).status == 303)
            for (scope, isSeen) in [("api", true), ("openid refresh_token", true), ("api refresh_token", false)] {
                let silent = ["scope": scope, "prompt": "none"]
                let reply = try Client.redirect(try await browser.get(Client.authorization(silent)))
                #expect((reply["code"] != nil) == isSeen)
                #expect((reply["error"] == "interaction_required") == !isSeen)
            }
        }
    }

    @Test(
        "flows 5.5: an opaque token of client credentials dies with the flow's switches, its run-as user and its pair",
        arguments: TestDatabase.available
    )
    func clientCredentials(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let app = AppMother().global("isNamedUserJwtEnabled", "false")
            try await server.deploy(app)
            let token = try await client.token([("grant_type", "client_credentials")]).string("access_token")
            let path = "/services/data/v66.0/limits"
            #expect(try await client.get(path, bearer: token).status == 200)
            for off in [
                app.policy("isClientCredentialsFlowEnabled", "false"),
                app.global("isClientCredentialsFlowEnabled", "false"),
            ] {
                try await server.deploy(off)
                #expect(try await client.get(path, bearer: token).status == 401)
                try await server.deploy(app)
                #expect(try await client.get(path, bearer: token).status == 200)
            }
        }
    }

    @Test(
        "app-model 8.2: the consent step asks the same gates as the endpoint, and says access_denied for an address outside",
        arguments: TestDatabase.available
    )
    func consentStep(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let (org, now) = (server.org.id, server.now)
            let hash = try await server.database.read { connection in
                try Users.passwordHash(username: "ann@acme.example", org: org, on: connection)?.hash
            }
            try await server.change { connection in
                var randomness = SystemRandomNumberGenerator()
                let profile = Profile(
                    id: ProfileID.make(prefix: Profile.idPrefix, now: now, using: &randomness),
                    org: org,
                    name: "Office",
                    permissions: [],
                    loginIPRanges: ["192.0.2.0/24"].compactMap { IPRange(cidr: $0) }
                )
                try Profiles.insert(profile, by: .server, now: TestServer.start, on: connection)
                let bob = User(
                    id: UserID.make(prefix: User.idPrefix, now: now, using: &randomness),
                    org: org,
                    username: "bob@acme.example",
                    email: "bob@acme.example",
                    lastName: "Bob",
                    nickname: "bob",
                    profile: profile.id,
                    createdAt: now,
                    updatedAt: now
                )
                try Users.insert(bob, passwordHash: hash, by: .server, on: connection)
            }
            try await server.deploy(AppMother())
            #expect(try await client.authorize(username: "bob@acme.example")["error"] == "access_denied")
            try await server.deploy(AppMother().policy("ipRelaxationPolicyType", "Bypass"))
            var browser = Browser(client: client)
            let signIn = try await browser.get(Client.authorization())
            let fields = [("username", "bob@acme.example"), ("password", TestServer.password)]
            let consent = try await browser.submit("sign-in", signIn, fields)
            try await server.deploy(AppMother())
            let outside = try await browser.submit("consent", consent, [("decision", "allow")])
            #expect(try Client.redirect(outside)["error"] == "access_denied")
            try await server.deploy(
                AppMother().policy("ipRelaxationPolicyType", "Bypass").policy("requiredSessionLevel", "HIGH_ASSURANCE")
            )
            let raised = try await browser.submit("consent", consent, [("decision", "allow")])
            #expect(try Client.redirect(raised)["error"] == "invalid_session_level")
        }
    }

    @Test(
        "app-model 8.2 and 9.4: the trusted ranges of an app relax the IP ranges of org and profile for the web server flow alone",
        arguments: TestDatabase.available
    )
    func trustedRanges(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, _ in
            let (org, user) = (server.org, server.user)
            let bound = Org(
                id: org.id,
                name: org.name,
                edition: org.edition,
                issuer: org.issuer,
                trustedIPRanges: ["192.0.2.0/24"].compactMap { IPRange(cidr: $0) },
                createdAt: org.createdAt
            )
            let account = try #require(try await server.database.read { try Users.account(user.id, on: $0) })
            let inside = try #require(IPAddress("198.51.100.7"))
            let outside = try #require(IPAddress("198.51.100.8"))
            let flows: [UserGate.Flow] = [.webServer, .refresh, .machine]
            for (relaxation, trusted) in [
                ("Bypass_2factor", [true, true, false]), ("Enforce_RelaxRefresh", [false, true, false]),
                ("Bypass", [true, true, true]), ("Enforce", [false, false, false]),
            ] {
                let id = try await server.deploy(
                    AppMother().policy("ipRelaxationPolicyType", relaxation).trusting("198.51.100.7")
                ).id
                let stored = try #require(try await server.database.read { try AppRecords.find(id: id, on: $0) })
                let app = try await server.database.read { try AppRecords.state(stored, org: org, on: $0).app }
                func passes(_ source: IPAddress, _ flow: UserGate.Flow) -> Bool {
                    do {
                        try UserGate.requireAllowed(account, app, org: bound, source: source, flow: flow)
                        return true
                    } catch { return false }
                }
                #expect(flows.map { passes(inside, $0) } == trusted, "\(relaxation)")
                if relaxation == "Bypass_2factor" { #expect(flows.allSatisfy { !passes(outside, $0) }) }
            }
        }
    }

    @Test(
        "app-model 3: a scope that another one includes can be asked for, granted and refreshed",
        arguments: TestDatabase.available
    )
    func impliedScopes(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let tokens = try await client.codeTokens(["scope": "chatter_api refresh_token"])
            #expect(tokens.json["scope"]?.string == "chatter_api refresh_token")
            let refresh = [("grant_type", "refresh_token"), ("refresh_token", try tokens.string("refresh_token"))]
            #expect(try await client.token(refresh).json["scope"]?.string == "chatter_api refresh_token")
            #expect(try await client.token(refresh + [("scope", "api")]).error == "invalid_scope")
            #expect(try await client.authorize(["scope": "visualforce"])["error"] == "invalid_scope")
        }
    }

    @Test("RFC 8707 section 2: resource may be repeated at both endpoints; other parameters may not")
    func resources() async throws {
        try await TestServer.run(on: .sqlite) { server, client in
            try await server.deploy(AppMother())
            let resources = [("resource", "https://a.example"), ("resource", "https://b.example")]
            let query = Client.authorization() + "&" + Client.encoded(resources)
            #expect(try await client.get(query).status == 200)
            let form = [("grant_type", "client_credentials")] + resources
            #expect(try await client.token(form).status == 200)
            #expect(try await client.token(form + [("audience", "a"), ("audience", "b")]).error == "invalid_request")
        }
    }

    @Test("flows 4: select_account shows who is signed in, and lets another user sign in, though consent was given")
    func selectAccount() async throws {
        try await TestServer.run(on: .sqlite) { server, client in
            try await server.deploy(AppMother())
            var browser = Browser(client: client)
            let page = try await browser.get(Client.authorization())
            let fields = [("username", "ann@acme.example"), ("password", TestServer.password)]
            let consent = try await browser.submit("sign-in", page, fields)
            _ = try await browser.submit("consent", consent, [("decision", "allow")])
            #expect(try await browser.get(Client.authorization()).status == 303)
            let chooser = try await browser.get(Client.authorization(["prompt": "select_account"]))
            #expect(chooser.body.contains("ann@acme.example"))
            #expect(try await browser.submit("consent", chooser, [("decision", "switch")]).body.contains("password"))
            #expect(
                try Client.redirect(try await browser.submit("consent", chooser, [("decision", "allow")]))["code"]
                    != nil
            )
        }
    }

    @Test("RFC 9700 section 4.1.3: a redirect URI that only reads the same is another one at the token endpoint, too")
    func kelvin() async throws {
        try await TestServer.run(on: .sqlite) { server, client in
            let callback = "https://orders.example/K"
            try await server.deploy(AppMother().global("callbackUrl", callback))
            let code = try #require(
                try await client.authorize(["redirect_uri": callback], callback: callback)["code"]
            )
            let lookalike = "https://orders.example/\u{212A}"
            #expect(lookalike == callback)
            #expect(try await client.redeem(code, redirectURI: lookalike).error == "redirect_uri_mismatch")
            #expect(try await client.redeem(code, redirectURI: callback).status == 200)
        }
    }

    @Test(
        "OpenID Connect Core section 5.3.2: userinfo leaves out a first name that there is not, and has no empty claim"
    )
    func emptyClaims() async throws {
        try await TestServer.run(on: .sqlite) { server, client in
            try await server.deploy(AppMother().global("idTokenConfig", nil))
            let tokens = try await client.codeTokens()
            let answer = try await client.get("/services/oauth2/userinfo", bearer: tokens.string("access_token"))
            #expect(answer.json["given_name"] == nil)
            #expect(answer.json["family_name"]?.string == "ann@acme.example")
            #expect(answer.json["locale"]?.string == "en_US")
            #expect(answer.json["photos"]?.object?["picture"] == answer.json["picture"])
            #expect(answer.json.members.allSatisfy { $0.value.string?.isEmpty != true })
            #expect(Set(answer.json.members.map(\.name)).count == answer.json.members.count)
        }
    }

    @Test(
        "flows 8.1: utcOffset is the time zone's offset from UTC in milliseconds, in summer as in winter",
        arguments: [
            ("Europe/Paris", 3_600_000), ("America/Los_Angeles", -28_800_000), ("Asia/Kathmandu", 20_700_000),
            ("Etc/UTC", 0), ("Nowhere/Land", 0),
        ]
    )
    func utcOffset(_ zone: String, _ expected: Int64) {
        let user = User(
            id: UserID(stored: "005000000000001AAA"),
            org: OrgID(stored: "00D000000000001AAA"),
            username: "ann@acme.example",
            email: "ann@acme.example",
            lastName: "Ann",
            nickname: "ann",
            profile: ProfileID(stored: "00e000000000001AAA"),
            timeZone: zone,
            createdAt: Timestamp(seconds: 0),
            updatedAt: Timestamp(seconds: 0)
        )
        // 15 January and 15 July 2026.
        for seconds in [1_768_435_200, 1_784_073_600] as [Int64] {
            #expect(user.utcOffset(now: Timestamp(seconds: seconds)) == expected)
        }
    }

    @Test("OpenID Connect Discovery section 3: what is published is what there is")
    func discovery() async throws {
        try await TestServer.run(on: .sqlite) { _, client in
            let document = try await client.get("/.well-known/openid-configuration").json
            let scopes = document["scopes_supported"]?.array?.compactMap(\.string) ?? []
            #expect(Set(scopes) == Set(OAuthScopeName.scopes.scopes.map(\.name)))
            #expect(scopes.count == Set(scopes).count)
            let claims = document["claims_supported"]?.array?.compactMap(\.string) ?? []
            #expect(claims.contains("given_name"))
            #expect(!claims.contains { $0.hasPrefix("phone_number") })
        }
    }
}
