import Crypto
import Foundation
import HTTPTypes
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("Token endpoint")
struct TokenEndpointTests {
    @Test(
        "tokens 2.1 and 3: client credentials of a JWT app answer every member, and the claims of the samples",
        arguments: TestDatabase.available
    )
    func clientCredentials(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let answer = try await client.token([("grant_type", "client_credentials")])
            #expect(answer.status == 200)
            #expect(answer.headers[.cacheControl] == "no-store")
            #expect(answer.json["token_type"]?.string == "Bearer")
            #expect(answer.json["token_format"]?.string == "jwt")
            #expect(answer.json["scope"]?.string == "api openid")
            #expect(answer.json["instance_url"]?.string == TestServer.issuer)
            #expect(answer.json["issued_at"]?.string == "1795566722000")
            #expect(answer.json["refresh_token"] == nil)
            #expect(answer.json["id_token"] == nil)
            let identity = "\(TestServer.issuer)/id/\(server.org.id.rawValue)/\(server.integration.id.rawValue)"
            #expect(answer.json["id"]?.string == identity)
            let mac = HMAC<SHA256>.authenticationCode(
                for: Data((identity + "1795566722000").utf8),
                using: SymmetricKey(data: Data(AppMother.secret.utf8))
            )
            #expect(answer.json["signature"]?.string == Data(mac).base64EncodedString())
            let token = try answer.string("access_token")
            #expect(token.hasPrefix("eyJ0bmsi"))
            let claims = try Client.claims(token)
            #expect(claims["sub"]?.string == "uid:\(server.integration.id.rawValue)")
            #expect(claims["scp"]?.string == "api openid")
            #expect(claims["aud"] == .array([.string(TestServer.issuer)]))
            #expect(claims["iat"]?.integer == 1_795_566_722)
            #expect(claims["nbf"]?.integer == 1_795_566_707)
            #expect(claims["exp"]?.integer == 1_795_567_322)
            #expect(claims["client_id"]?.string == AppMother.key)
            #expect(claims["mty"]?.string == "oauth")
            #expect(claims["roles"] == .array([]))
            #expect(claims["hsc"] == .bool(false))
            #expect(claims["sfi"]?.string?.count == 64)
        }
    }

    @Test("tokens 4: without the switch the same request answers an opaque token", arguments: TestDatabase.available)
    func opaque(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother().global("isNamedUserJwtEnabled", nil))
            let answer = try await client.token([("grant_type", "client_credentials")])
            let token = try answer.string("access_token")
            #expect(token.hasPrefix("\(server.org.id.short)!"))
            #expect(answer.json["token_format"] == nil)
            #expect(try await client.get("/services/oauth2/userinfo", bearer: token).status == 200)
        }
    }

    @Test(
        "tokens 4: the life of an opaque token slides with use and ends without it",
        arguments: TestDatabase.available
    )
    func sliding(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(
                AppMother().global("isNamedUserJwtEnabled", nil).policy("sessionTimeoutInMinutes", "60")
            )
            let token = try await client.token([("grant_type", "client_credentials")]).string("access_token")
            for _ in 0..<3 {
                server.advance(.minutes(50))
                #expect(try await client.get("/services/oauth2/userinfo", bearer: token).status == 200)
            }
            server.advance(.minutes(61))
            #expect(try await client.get("/services/oauth2/userinfo", bearer: token).status == 401)
        }
    }

    @Test(
        "RFC 6749 section 5.2: each mistake of a client has its code, and 401 with a challenge where Basic was used",
        arguments: TestDatabase.available
    )
    func clientErrors(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let grant = [("grant_type", "client_credentials")]
            let wrong = try await client.token(grant, basic: (AppMother.key, "wrong"))
            #expect(wrong.status == 401)
            #expect(wrong.error == "invalid_client")
            #expect(wrong.headers[.wwwAuthenticate]?.hasPrefix("Basic") == true)
            let unknown = try await client.token(grant + [("client_id", "nobody"), ("client_secret", "x")], basic: nil)
            #expect(unknown.status == 400)
            #expect(unknown.error == "invalid_client_id")
            #expect(try await client.token(grant, basic: nil).error == "invalid_request")
            #expect(
                try await client.token(grant + [("client_id", AppMother.key)], basic: nil).error == "invalid_client"
            )
            #expect(try await client.token([("grant_type", "magic")]).error == "unsupported_grant_type")
            #expect(try await client.token([]).error == "invalid_request")
            #expect(try await client.token(grant + grant).error == "invalid_request")
            #expect(try await client.token(grant + [("x", "1"), ("x", "1")]).error == "invalid_request")
            #expect(
                try await client.token(grant + [("scope", "api")]).text?.hasPrefix("scope parameter not supported")
                    == true
            )
            #expect(try await client.get("/services/oauth2/token").status == 405)
            let json = try await client.send(
                .post,
                "/services/oauth2/token",
                headers: [.contentType: "application/json"],
                body: "{}"
            )
            #expect(json.error == "invalid_request")
        }
    }

    @Test(
        "flows 5.5: client credentials need both switches, a run-as user who is API Only and usable, and a scope",
        arguments: TestDatabase.available
    )
    func clientCredentialsPolicies(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let grant = [("grant_type", "client_credentials")]
            let bent: [(AppMother, String)] = [
                (AppMother().global("isClientCredentialsFlowEnabled", "false"), "developer"),
                (AppMother().policy("isClientCredentialsFlowEnabled", "false"), "admin"),
                (AppMother().policy("clientCredentialsFlowUser", nil), "run-as user"),
                (AppMother().policy("clientCredentialsFlowUser", "ann@acme.example"), "API Only"),
            ]
            for (app, word) in bent {
                try await server.deploy(app)
                let answer = try await client.token(grant)
                #expect(answer.error == "invalid_grant")
                #expect(answer.text?.hasPrefix("no client credentials user enabled") == true)
                #expect(answer.text?.contains(word) == true)
            }
            var scopeless = AppMother()
            scopeless.scopes = "Full, RefreshToken, Web"
            try await server.deploy(scopeless)
            #expect(try await client.token(grant).text?.hasPrefix("no valid scopes defined") == true)
            try await server.deploy(AppMother())
            let (id, now) = (server.integration.id, server.now)
            try await server.change { try Users.setFrozen(id, true, by: .server, now: now, on: $0) }
            #expect(try await client.token(grant).error == "inactive_user")
            var disabled = AppMother()
            disabled.appPolicies["isEnabled"] = "false"
            try await server.deploy(disabled)
            #expect(try await client.token(grant).error == "app_blocked")
        }
    }

    @Test("flows 5.1: format asks for urlencoded or XML; multipart bodies are read", arguments: TestDatabase.available)
    func formats(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let grant = [("grant_type", "client_credentials")]
            let xml = try await client.token(grant + [("format", "xml")])
            #expect(xml.headers[.contentType]?.hasPrefix("application/xml") == true)
            #expect(xml.body.contains("<token_type>Bearer</token_type>"))
            let form = try await client.token(grant + [("format", "urlencoded")])
            #expect(form.body.contains("token_type=Bearer"))
            #expect(try await client.token(grant + [("format", "yaml")]).error == "invalid_request")
            let parts = [
                ("grant_type", "client_credentials"), ("client_id", AppMother.key), ("client_secret", AppMother.secret),
            ]
            .map { "--XX\r\nContent-Disposition: form-data; name=\"\($0.0)\"\r\n\r\n\($0.1)\r\n" }.joined()
            let multipart = try await client.send(
                .post,
                "/services/oauth2/token",
                headers: [.contentType: "multipart/form-data; boundary=XX"],
                body: parts + "--XX--\r\n"
            )
            #expect(multipart.status == 200)
            let broken = try await client.send(
                .post,
                "/services/oauth2/token",
                headers: [.contentType: "multipart/form-data; boundary=XX"],
                body: "--XX\r\n"
            )
            #expect(broken.error == "invalid_request")
        }
    }

    @Test(
        "tokens 2.1: a scope of the API platform adds its audience, another does not",
        arguments: TestDatabase.available
    )
    func platformAudience(_ driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { test, client in
            for (scopes, isForPlatform) in [("Api", false), ("Api, SFApiPlatform", true), ("MCP", true)] {
                var app = AppMother()
                app.scopes = scopes
                try await test.deploy(app)
                let answer = try await client.token([("grant_type", "client_credentials")])
                let audiences = try Client.claims(answer.string("access_token"))["aud"]?.array?.compactMap(\.string)
                let expected = [TestServer.issuer] + (isForPlatform ? ["https://api.salesforce.com"] : [])
                #expect(audiences == expected)
            }
        }
    }

    @Test("tokens 11.5: expires_in is answered, and left out as the original does where the operator asks for it")
    func expiresIn() async throws {
        for isSent in [true, false] {
            try await TestServer.run(on: .sqlite, sendsExpiresIn: isSent) { server, client in
                try await server.deploy(AppMother())
                let answer = try await client.token([("grant_type", "client_credentials")])
                #expect(answer.json["expires_in"]?.integer == (isSent ? 600 : nil))
            }
        }
    }
}
