import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("JWT bearer grant")
struct JWTBearerTests {
    private func bearer(_ client: Client, _ assertion: String, _ more: [(String, String)] = []) async throws
        -> Client.Answer
    {
        try await client.token(
            [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion)] + more,
            basic: nil
        )
    }

    @Test(
        "RFC 7523 section 2.1, flows 5.4: a signed assertion gets a token of the app's scopes, without a refresh token",
        arguments: TestDatabase.available
    )
    func granted(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother.preauthorized)
            let answer = try await bearer(client, AssertionMother.bearer().text())
            #expect(answer.status == 200)
            #expect(answer.json["scope"]?.string == "api openid")
            #expect(answer.json["refresh_token"] == nil)
            #expect(answer.json["instance_url"]?.string == TestServer.issuer)
            #expect(answer.json["id"]?.string?.hasSuffix(server.user.id.rawValue) == true)
            let token = try answer.string("access_token")
            #expect(try Client.claims(token)["sub"]?.string == "uid:\(server.user.id.rawValue)")
            #expect(try await client.get("/services/oauth2/userinfo", bearer: token).status == 200)
        }
    }

    @Test(
        "flows 5.4: the forms that real clients send are taken: old audiences, prn, exp as text, in milliseconds or just past",
        arguments: TestDatabase.available
    )
    func deviations(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother.preauthorized)
            let mother = try AssertionMother.bearer()
            let expiry = TestServer.start.seconds + 300
            let taken = [
                mother.claim("aud", #""https://login.salesforce.com""#),
                mother.claim("aud", #""https://test.salesforce.com""#),
                mother.claim("aud", #"["\#(TestServer.issuer)"]"#),
                mother.claim("aud", #""\#(TestServer.issuer)/services/oauth2/token""#),
                mother.claim("exp", "\"\(expiry)\""), mother.claim("exp", "\(expiry).5"),
                mother.claim("exp", "\(expiry * 1_000)"), mother.claim("exp", "\(TestServer.start.seconds)"),
                mother.claim("sub", #""nobody@acme.example""#).claim("prn", #""ann@acme.example""#),
                mother.claim("iat", "1").claim("nbf", "\(TestServer.start.seconds)"),
                mother.header("typ", nil), mother.header("kid", #""any""#),
            ]
            for assertion in taken {
                #expect(try await bearer(client, assertion.text()).status == 200, "\(assertion.claims)")
            }
            #expect(try await bearer(client, mother.text(), [("client_id", AppMother.key)]).status == 200)
        }
    }

    @Test(
        "RFC 7523 section 3: an assertion that is bent in one place is refused, in words that say which",
        arguments: TestDatabase.available
    )
    func bent(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother.preauthorized)
            let mother = try AssertionMother.bearer()
            let header = "its header must have alg RS256 and no crit"
            let audience =
                "Audience validation failed: audience is invalid; aud must be one of https://localhost, "
                + "https://localhost/services/oauth2/token, https://login.salesforce.com, https://test.salesforce.com."
            let signature =
                "its signature does not verify with the app's certificate; sign with that certificate's private key"
            let past = "it has expired; make a new one with exp within 3 minutes"
            let noExpiry = "exp is missing; it is the time in seconds since 1970"
            let noUser = "sub is missing; it is the username"
            let now = TestServer.start.seconds
            let bent: [(AssertionMother, String)] = [
                (mother.header("alg", #""none""#), header), (mother.header("alg", #""HS256""#), header),
                (mother.header("alg", #""ES256""#), header), (mother.header("alg", nil), header),
                (mother.header("crit", #"["exp"]"#), header),
                (mother.claim("iss", nil), "iss is missing; it is the consumer key of the app"),
                (try mother.signedByAnother, signature),
                (mother.claim("exp", nil), noExpiry), (mother.claim("exp", "null"), noExpiry),
                (mother.claim("exp", "0"), noExpiry), (mother.claim("exp", #""soon""#), noExpiry),
                (mother.claim("exp", "\(now - 180)"), past), (mother.claim("exp", "1"), past),
                (
                    mother.claim("exp", "\(now + 86_401)"), "exp is too far ahead; keep it within 3 minutes"
                ),
                (mother.claim("nbf", "\(now + 181)"), "nbf lies ahead; check the clock of the client"),
                (mother.claim("sub", nil), noUser), (mother.claim("sub", #""""#), noUser),
            ]
            for (assertion, reason) in bent {
                let answer = try await bearer(client, assertion.text())
                #expect(answer.status == 400)
                #expect(answer.error == "invalid_grant")
                #expect(answer.text == "invalid assertion: \(reason).")
            }
            for value in [
                nil, #""https://evil.example""#, #""https://localhost/""#, #"["https://localhost","x"]"#, "[]", "1",
            ] {
                let answer = try await bearer(client, mother.claim("aud", value).text())
                #expect(answer.error == "invalid_grant")
                #expect(answer.text == audience)
            }
        }
    }

    @Test(
        "RFC 7515 section 5.2, RFC 7519 section 4: what is no compact JWT, or says a thing twice, is refused before any look-up",
        arguments: TestDatabase.available
    )
    func malformed(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother.preauthorized)
            let mother = try AssertionMother.bearer()
            let text = try mother.text()
            for broken in ["x", "a.b", text + ".x", text + "=", String(repeating: "a", count: 20_000)] {
                let answer = try await bearer(client, broken)
                #expect(answer.error == "invalid_grant")
                #expect(answer.text == "invalid assertion: it is not a JWT in compact form.")
            }
            let twice = #"{"iss":"\#(AppMother.key)","iss":"\#(AppMother.key)"}"#
            for claims in ["[]", "null", "{", twice] {
                let answer = try await bearer(client, mother.text(claimsText: claims))
                #expect(answer.text == "invalid assertion: its claims are not a JSON object.")
            }
            #expect(try await bearer(client, "").error == "invalid_request")
        }
    }

    @Test(
        "flows 10.2: an unknown app, one that is off, one without a certificate and another client_id have codes of their own",
        arguments: TestDatabase.available
    )
    func apps(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let mother = try AssertionMother.bearer()
            let unknown = try await bearer(client, mother.claim("iss", #""3MVG9nobody""#).text())
            #expect(unknown.error == "invalid_client_id")
            #expect(unknown.text == "client identifier invalid")
            let bare = try await bearer(client, mother.text())
            #expect(bare.error == "invalid_grant")
            #expect(
                bare.text
                    == "invalid assertion: the app has no certificate; its developer uploads one to switch on the JWT bearer flow."
            )
            try await server.deploy(AppMother.preauthorized)
            let other = try await bearer(client, mother.text(), [("client_id", "3MVG9other")])
            #expect(other.error == "invalid_request")
            var off = try AppMother.preauthorized
            off.appPolicies["isEnabled"] = "false"
            try await server.deploy(off)
            #expect(try await bearer(client, mother.text()).error == "app_blocked")
        }
    }

    @Test(
        "flows 5.4: who has not allowed the app, or is not approved for it, gets no token; an approval without more is none",
        arguments: TestDatabase.available
    )
    func approval(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let mother = try AssertionMother.bearer()
            func refusal(_ assertion: AssertionMother) async throws -> [String?] {
                let answer = try await bearer(client, assertion.text())
                #expect(answer.status == 400)
                return [answer.error, answer.text]
            }
            let notAllowed = ["invalid_grant", "user hasn't approved this consumer"]
            try await server.deploy(AppMother.withCertificate)
            #expect(try await refusal(mother) == notAllowed)
            #expect(try await refusal(mother.claim("sub", #""nobody@acme.example""#)) == notAllowed)
            _ = try await client.codeTokens(["scope": "api"])
            #expect(try await refusal(mother) == notAllowed)
            _ = try await client.codeTokens(["scope": "refresh_token"])
            let other = try AppMother.preauthorized.policy("commaSeparatedProfile", "System Administrator")
            try await server.deploy(other)
            #expect(
                try await refusal(mother) == ["invalid_app_access", "user is not admin approved to access this app"]
            )
            var without = try AppMother.preauthorized
            without.scopes = "Api, OpenID"
            try await server.deploy(without)
            #expect(
                try await refusal(mother) == [
                    "invalid_request",
                    "refresh_token scope is required and the connected app should be installed and preauthorized",
                ]
            )
            var bare = try AppMother.preauthorized
            bare.scopes = "RefreshToken"
            try await server.deploy(bare)
            #expect(try await refusal(mother) == notAllowed)
        }
    }

    @Test(
        "flows 5.4: a user who allowed the app with a refresh token needs not be there again, for the scopes of then",
        arguments: TestDatabase.available
    )
    func earlierApproval(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother.withCertificate)
            _ = try await client.codeTokens(["scope": "api refresh_token"])
            let answer = try await bearer(client, AssertionMother.bearer().text())
            #expect(answer.status == 200)
            #expect(answer.json["scope"]?.string == "api")
        }
    }

    @Test(
        "flows 10.2: a frozen user gets inactive_user, and a token again when unfrozen",
        arguments: TestDatabase.available
    )
    func frozen(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother.preauthorized)
            let (user, now) = (server.user.id, server.now)
            try await server.change { try Users.setFrozen(user, true, by: .server, now: now, on: $0) }
            let answer = try await bearer(client, AssertionMother.bearer().text())
            #expect(answer.status == 400)
            #expect(answer.error == "inactive_user")
            #expect(answer.text == "The user is frozen; ask the admin of the org to unfreeze the user.")
            try await server.change { try Users.setFrozen(user, false, by: .server, now: now, on: $0) }
            #expect(try await bearer(client, AssertionMother.bearer().text()).status == 200)
        }
    }

    @Test(
        "app-model 8.1: what an app got by assertions for a user is dead in either form once the user's approval is gone",
        arguments: TestDatabase.available,
        ["true", "false"]
    )
    func withdrawn(driver: TestDatabase, isJWT: String) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother.withCertificate.global("isNamedUserJwtEnabled", isJWT))
            let consented = try await client.codeTokens(["scope": "api refresh_token"])
            let token = try await bearer(client, AssertionMother.bearer().text()).string("access_token")
            #expect(try await client.get("/services/data/v66.0/limits", bearer: token).status == 200)
            let refreshToken = try consented.string("refresh_token")
            #expect(
                try await client.post("/services/oauth2/revoke", [("token", refreshToken)], basic: nil).status == 200
            )
            #expect(try await client.get("/services/data/v66.0/limits", bearer: token).status == 401)
            // A new approval does not wake what the old one stood for.
            _ = try await client.codeTokens(["scope": "api refresh_token"])
            #expect(try await client.get("/services/data/v66.0/limits", bearer: token).status == 401)
            let again = try await bearer(client, AssertionMother.bearer().text()).string("access_token")
            #expect(try await client.get("/services/data/v66.0/limits", bearer: again).status == 200)
        }
    }

    @Test(
        "RFC 7523 section 3: a jti is good once, however many come at once and whatever became of the first",
        arguments: TestDatabase.available
    )
    func replay(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother.preauthorized)
            let mother = try AssertionMother.bearer()
            let assertion = try mother.claim("jti", #""a-1""#).text()
            let answers = try await withThrowingTaskGroup(of: Client.Answer.self) { group in
                for _ in 0..<10 { group.addTask { try await bearer(client, assertion) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.filter { $0.status == 200 }.count == 1)
            let refused = answers.filter { $0.status != 200 }
            #expect(refused.count == 9)
            for answer in refused {
                #expect(answer.status == 400)
                #expect(answer.error == "bad_jti_claim")
                #expect(
                    answer.text == "The jti of the assertion was used before; make a new assertion with a new jti."
                )
            }
            #expect(try await bearer(client, mother.claim("jti", #""a-2""#).text()).status == 200)
            // A jti may be as long as an assertion has room for; an index of the database may not have it.
            var randomness = SystemRandomNumberGenerator()
            let long = RandomText.text(9_000, of: .base62, using: &randomness)
            let large = try mother.claim("jti", "\"\(long)\"").text()
            #expect(try await bearer(client, large).status == 200)
            #expect(try await bearer(client, large).error == "bad_jti_claim")
            let unknown = try mother.claim("sub", #""nobody@acme.example""#).claim("jti", #""a-3""#).text()
            #expect(try await bearer(client, unknown).error == "invalid_grant")
            #expect(try await bearer(client, unknown).error == "bad_jti_claim")
        }
    }
}
