import Foundation
import HTTPTypes
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("Authorization code flow")
struct CodeFlowTests {
    @Test(
        "RFC 6749 section 4.1, RFC 9207: a user signs in and allows; the code comes with state and iss, and is redeemed",
        arguments: TestDatabase.available
    )
    func happyPath(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let reply = try await client.authorize()
            #expect(reply["state"] == "s t&1")
            #expect(reply["iss"] == TestServer.issuer)
            let tokens = try await client.redeem(try #require(reply["code"]))
            #expect(tokens.status == 200)
            #expect(tokens.json["scope"]?.string == "api refresh_token openid")
            #expect(tokens.json["refresh_token"]?.string?.hasPrefix("5Aep861") == true)
            let id = try Client.claims(tokens.string("id_token"))
            #expect(id["iss"]?.string == TestServer.issuer)
            #expect(id["sub"]?.string == tokens.json["id"]?.string)
            #expect(id["aud"] == .string(AppMother.key) || id["aud"] == .array([.string(AppMother.key)]))
            #expect(id["nonce"]?.string == "n-1")
            #expect(id["auth_time"]?.integer == TestServer.start.seconds)
            #expect(id["exp"]?.integer == TestServer.start.seconds + 120)
            #expect(id["at_hash"]?.string != nil)
            let userInfo = try await client.get("/services/oauth2/userinfo", bearer: tokens.string("access_token"))
            #expect(userInfo.json["sub"] == id["sub"])
        }
    }

    @Test("RFC 9700 section 2.1.1, RFC 7636: every way to get PKCE wrong is refused", arguments: TestDatabase.available)
    func pkce(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let missing = try await client.authorize(["code_challenge": nil])
            #expect(missing["error"] == "invalid_request")
            #expect(missing["error_description"]?.contains("PKCE is required for this app") == true)
            #expect(try await client.authorize(["code_challenge_method": "plain"])["error"] == "invalid_request")
            #expect(try await client.authorize(["code_challenge": "short"])["error"] == "invalid_request")
            let code = try #require(try await client.authorize()["code"])
            #expect(
                try await client.redeem(code, verifier: String(repeating: "a", count: 43)).error == "invalid_request"
            )
            #expect(try await client.redeem(code, verifier: nil).error == "invalid_grant")
            #expect(try await client.redeem(code).status == 200)
            try await server.deploy(AppMother().global("isPkceRequired", "false"))
            let plain = try #require(try await client.authorize(["code_challenge": nil])["code"])
            #expect(try await client.redeem(plain).error == "invalid_grant")
            #expect(try await client.redeem(plain, verifier: nil).status == 200)
        }
    }

    @Test(
        "RFC 6749 section 4.1.2: a code used twice is refused, and everything that came of it is dead",
        arguments: TestDatabase.available
    )
    func replay(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let code = try #require(try await client.authorize()["code"])
            let tokens = try await client.redeem(code)
            let access = try tokens.string("access_token")
            #expect(try await client.get("/services/oauth2/userinfo", bearer: access).status == 200)
            #expect(try await client.redeem(code).error == "invalid_grant")
            #expect(try await client.get("/services/oauth2/userinfo", bearer: access).status == 401)
            let refreshed = try await client.token([
                ("grant_type", "refresh_token"), ("refresh_token", try tokens.string("refresh_token")),
            ])
            #expect(refreshed.error == "invalid_grant")
        }
    }

    @Test(
        "RFC 6749 section 4.1.3, flows 11: a code is bound to its app and redirect URI, and lives 15 minutes",
        arguments: TestDatabase.available
    )
    func binding(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            var other = AppMother().global("consumerKey", "3MVG9other.key")
            other.name = "Other"
            try await server.deploy(other)
            let code = try #require(try await client.authorize()["code"])
            #expect(
                try await client.redeem(code, redirectURI: AppMother.callback + "/").error == "redirect_uri_mismatch"
            )
            let form = [
                ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", AppMother.callback),
                ("code_verifier", Client.verifier),
            ]
            #expect(try await client.token(form, basic: ("3MVG9other.key", AppMother.secret)).error == "invalid_grant")
            server.advance(.minutes(15))
            #expect(try await client.redeem(code).error == "invalid_grant")
        }
    }

    @Test("security 1.3: of twenty redemptions of one code at once exactly one wins", arguments: TestDatabase.available)
    func race(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let code = try #require(try await client.authorize()["code"])
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<20 { group.addTask { try await client.redeem(code).status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == 200 }.count == 1)
            #expect(statuses.count == 20)
        }
    }

    @Test(
        "RFC 9700 section 4.1.3: a redirect URI that is not registered to the byte gets a page and no redirect",
        arguments: [
            nil, "https://orders.example/callback/", "https://orders.example/Callback",
            "https://orders.example/callback?x=1",
            "https://orders.example/callback#f", "https://orders.example.evil.example/callback",
            "https://orders.example@evil.example/callback",
            "https://evil.example/?https://orders.example/callback", "http://orders.example/callback",
            "https://orders.example:443/callback",
            "https://orders.example/%63allback", "javascript:alert(1)", "//orders.example/callback",
            "https://orders.example/callback/../x",
        ] as [String?]
    )
    func redirects(uri: String?) async throws {
        try await TestServer.run(on: .sqlite) { server, client in
            try await server.deploy(AppMother())
            let answer = try await client.get(Client.authorization(["redirect_uri": uri]))
            #expect(answer.status == 400)
            #expect(answer.headers[.location] == nil)
            #expect(answer.headers[.contentType]?.hasPrefix("text/html") == true)
        }
    }

    @Test(
        "RFC 6749 section 4.1.2.1: what is wrong with the rest is told to the app, with state and iss",
        arguments: TestDatabase.available
    )
    func redirectedErrors(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            for (changes, code) in [
                (["response_type": "token"], "unsupported_response_type"), (["scope": "full"], "invalid_scope"),
                (["prompt": "none"], "login_required"), (["prompt": "none login"], "invalid_request"),
                (["prompt": "dance"], "invalid_request"),
                (["immediate": "true"], "immediate_unsuccessful"), (["request": "x"], "invalid_request"),
                (["max_age": "-1"], "invalid_request"),
                (["response_type": nil], "invalid_request"),
            ] as [([String: String?], String)] {
                let reply = try Client.redirect(try await client.get(Client.authorization(changes)))
                #expect(reply["error"] == code)
                #expect(reply["error_description"]?.isEmpty == false)
                #expect(reply["state"] == "s t&1")
                #expect(reply["iss"] == TestServer.issuer)
            }
            let repeated = try Client.redirect(try await client.get(Client.authorization() + "&nonce=2"))
            #expect(repeated["error"] == "invalid_request")
            #expect(try await client.get(Client.authorization() + "&client_id=x").status == 400)
            #expect(try await client.get(Client.authorization(["client_id": "nobody"])).status == 400)
        }
    }

    @Test(
        "RFC 8252 section 8.6: a client without a secret at a port of its own choice is asked for each time",
        arguments: TestDatabase.available
    )
    func anybodysPort(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let fixed = "http://127.0.0.1:1717/back"
            let app = AppMother().global("callbackUrl", "http://127.0.0.1/back\n\(fixed)")
            let approved = app.policy("permittedUsersPolicyType", "AdminApprovedPreAuthorized")
                .policy("commaSeparatedProfile", Profile.standardUser)
            for (app, isPublic, port) in [
                (app, true, "4711"), (app, false, "4711"), (app, true, "1717"), (approved, true, "4711"),
                (approved, false, "4711"),
            ] {
                try await server.deploy(app.global("isConsumerSecretOptional", "\(isPublic)"))
                let callback = "http://127.0.0.1:\(port)/back"
                #expect(try await client.authorize(["redirect_uri": callback], callback: callback)["code"] != nil)
                var browser = Browser(client: client)
                let page = try await browser.get(Client.authorization(["redirect_uri": callback]))
                let again = try await browser.submit(
                    "sign-in",
                    page,
                    [("username", "ann@acme.example"), ("password", TestServer.password)]
                )
                #expect(again.body.contains("decision") == (isPublic && callback != fixed), "\(isPublic) \(port)")
                let silent = try await browser.get(
                    Client.authorization(["redirect_uri": callback, "prompt": "none"])
                )
                let answer = try Client.redirect(silent, callback)
                #expect((answer["code"] == nil) == (isPublic && callback != fixed), "\(answer)")
            }
        }
    }

    @Test("flows 4: consent is asked once and remembered; denial is access_denied", arguments: TestDatabase.available)
    func consent(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let denied = try await client.authorize(decision: "deny")
            #expect(denied["error"] == "access_denied")
            #expect(denied["error_description"] == "end-user denied authorization")
            #expect(try await client.authorize()["code"] != nil)
            var browser = Browser(client: client)
            let page = try await browser.get(Client.authorization())
            let direct = try await browser.submit(
                "sign-in",
                page,
                [("username", "ann@acme.example"), ("password", TestServer.password)]
            )
            #expect(try Client.redirect(direct)["code"] != nil)
            let silent = try await browser.get(Client.authorization(["prompt": "none"]))
            #expect(try Client.redirect(silent)["code"] != nil)
            #expect(try await browser.get(Client.authorization(["prompt": "login"])).status == 200)
            #expect(try await browser.get(Client.authorization(["prompt": "consent"])).body.contains("decision"))
            server.advance(.seconds(61))
            #expect(
                try Client.redirect(try await browser.get(Client.authorization(["prompt": "none", "max_age": "60"])))[
                    "error"
                ] == "login_required"
            )
        }
    }

    @Test(
        "app-model 8.1: an app for approved users refuses the others and asks no consent of these",
        arguments: TestDatabase.available
    )
    func adminApproved(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let approved = AppMother().policy("permittedUsersPolicyType", "AdminApprovedPreAuthorized")
            try await server.deploy(approved.policy("commaSeparatedProfile", "System Administrator"))
            #expect(try await client.authorize()["error"] == "invalid_app_access")
            try await server.deploy(approved.policy("commaSeparatedProfile", "Standard User"))
            #expect(try await client.authorize()["code"] != nil)
        }
    }

    @Test(
        "security 1.11 and 1.19: a page's form does nothing in another browser, from another site, or too late",
        arguments: TestDatabase.available
    )
    func transactions(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            var victim = Browser(client: client)
            var attacker = Browser(client: client)
            let page = try await victim.get(Client.authorization())
            _ = try await attacker.get(Client.authorization())
            let fields = [("username", "ann@acme.example"), ("password", TestServer.password)]
            #expect(try await attacker.submit("sign-in", page, fields).status == 400)
            let form = Client.encoded([("transaction", try Browser.transaction(page))] + fields)
            let cookies = victim.cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
            let foreign = try await client.send(
                .post,
                "/services/oauth2/authorize/sign-in",
                headers: [.cookie: cookies, .origin: "https://evil.example"],
                body: form
            )
            #expect(foreign.status == 400)
            server.advance(.minutes(30))
            #expect(try await victim.submit("sign-in", page, fields).status == 400)
        }
    }

    @Test(
        "security 1.15: a wrong password, an unknown user and a frozen one read the same; ten failures lock the account for 15 minutes",
        arguments: TestDatabase.available
    )
    func guessing(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            func problem(_ username: String, _ password: String) async throws -> String {
                var browser = Browser(client: client)
                let page = try await browser.get(Client.authorization())
                let answer = try await browser.submit(
                    "sign-in",
                    page,
                    [("username", username), ("password", password)]
                )
                guard let start = answer.body.firstRange(of: #"role="alert""#)?.upperBound else { return "none" }
                return String(answer.body[start...].drop { $0 != ">" }.prefix { $0 != "<" })
            }
            let wrong = try await problem("ann@acme.example", "wrong")
            #expect(wrong != "none")
            #expect(try await problem("nobody@acme.example", "wrong") == wrong)
            for _ in 0..<9 { _ = try await problem("ANN@acme.example", "wrong") }
            #expect(try await problem("ann@acme.example", TestServer.password).contains("Too many"))
            server.advance(.minutes(16))
            #expect(try await problem("ann@acme.example", TestServer.password) == "none")
            #expect(try await problem("integration@acme.example", TestServer.password).contains("API Only"))
            let (id, now) = (server.user.id, server.now)
            try await server.change { try Users.setFrozen(id, true, by: .server, now: now, on: $0) }
            #expect(try await problem("ann@acme.example", TestServer.password) == wrong)
        }
    }
}
