import AuthorizationServer
import HTTPTypes
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("Introspection and revocation")
struct IntrospectionAndRevocationTests {
    @Test(
        "RFC 7662 section 2.1: the hint says what to look for first, and the search goes on",
        arguments: TestDatabase.available
    )
    func hints(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            for jwt in [nil, "true"] as [String?] {
                try await server.deploy(AppMother().global("isNamedUserJwtEnabled", jwt))
                let tokens = try await client.codeTokens()
                for kind in ["access_token", "refresh_token"] {
                    for hint in ["access_token", "refresh_token", "saml2"] {
                        let seen = try await client.post(
                            "/services/oauth2/introspect",
                            [("token", try tokens.string(kind)), ("token_type_hint", hint)]
                        )
                        #expect(seen.json["active"] == .bool(true))
                        #expect(seen.json["token_type"]?.string == kind)
                    }
                }
            }
        }
    }

    @Test(
        "RFC 7662 section 2.2: exp of a refresh token is when its policy ends it, and is left out where nothing does",
        arguments: TestDatabase.available
    )
    func refreshTokenExpiry(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            func seen(_ app: AppMother) async throws -> JSONObject {
                try await server.deploy(app)
                let token = try await client.codeTokens().string("refresh_token")
                return try await client.post("/services/oauth2/introspect", [("token", token)]).json
            }
            let endless = try await seen(AppMother())
            #expect(endless["active"] == .bool(true))
            #expect(endless["exp"] == nil)
            let ending = AppMother().policy("refreshTokenPolicyType", "SpecificLifetime")
                .policy("refreshTokenValidityPeriod", "10").policy("refreshTokenValidityUnit", "Hours")
            #expect(try await seen(ending)["exp"]?.integer == TestServer.start.seconds + 36_000)
        }
    }

    @Test(
        "tokens 10.11: the operator learns why introspection calls a token inactive, the caller does not",
        arguments: TestDatabase.available
    )
    func reasons(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            var other = AppMother().global("consumerKey", "3MVG9other.key")
            other.name = "Other"
            try await server.deploy(other)
            let tokens = try await client.codeTokens()
            func answer(_ token: String, by key: String = AppMother.key) async throws -> IntrospectionEndpoint.Answer {
                try await server.server.introspectionEndpoint.answer(
                    fields: FormFields([.init(name: "token", value: token)]),
                    basic: BasicCredentials(consumerKey: key, secret: Secret(AppMother.secret)),
                    org: OrgState(org: server.org, notBefore: Timestamp(milliseconds: 0)),
                    now: server.now
                )
            }
            let (access, refresh) = (try tokens.string("access_token"), try tokens.string("refresh_token"))
            #expect(try await answer(access).death == nil)
            #expect(try await answer(access, by: "3MVG9other.key").death == .otherApp)
            #expect(try await answer(refresh, by: "3MVG9other.key").death == .otherApp)
            let id = server.user.id
            let now = server.now
            try await server.change { try Users.setFrozen(id, true, by: .server, now: now, on: $0) }
            #expect(try await answer(refresh).death == .userUnusable)
            server.advance(.minutes(30))
            let dead = try await answer(access)
            #expect(dead.death == .expired)
            #expect(String(decoding: dead.body, as: UTF8.self) == #"{"active":false}"#)
        }
    }

    @Test(
        "RFC 7009 section 2.2: an unknown token type hint is ignored",
        arguments: TestDatabase.available
    )
    func unknownHint(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let token = try await client.codeTokens().string("access_token")
            let form = [("token", token), ("token_type_hint", "saml2")]
            #expect(try await client.post("/services/oauth2/revoke", form, basic: nil).status == 200)
            #expect(try await client.get("/services/oauth2/userinfo", bearer: token).status == 401)
        }
    }

    @Test(
        "RFC 7009 section 2.1: the token of a frozen user or a disabled app is revoked and does not come back with them",
        arguments: TestDatabase.available,
        [nil, "true"] as [String?]
    )
    func revokedWhileAsleep(driver: TestDatabase, jwt: String?) async throws {
        try await TestServer.run(on: driver) { server, client in
            let app = AppMother().global("isNamedUserJwtEnabled", jwt)
            var disabled = app
            disabled.appPolicies["isEnabled"] = "false"
            let (id, now) = (server.user.id, server.now)
            for (changed, isFrozen) in [(app, true), (disabled, false)] {
                try await server.deploy(app)
                let token = try await client.codeTokens().string("access_token")
                try await server.deploy(changed)
                try await server.change { try Users.setFrozen(id, isFrozen, by: .server, now: now, on: $0) }
                #expect(try await client.post("/services/oauth2/revoke", [("token", token)], basic: nil).status == 200)
                try await server.deploy(app)
                try await server.change { try Users.setFrozen(id, false, by: .server, now: now, on: $0) }
                #expect(try await client.get("/services/oauth2/userinfo", bearer: token).status == 401)
                let again = try await client.post("/services/oauth2/revoke", [("token", token)], basic: nil)
                #expect(again.error == "invalid_token")
            }
        }
    }

    @Test(
        "tokens 10.15: the access tokens of the authorization that a sixth one ends are dead at once",
        arguments: TestDatabase.available
    )
    func sixth(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let first = try await client.codeTokens().string("access_token")
            for _ in 0..<5 {
                #expect(try await client.get("/services/oauth2/userinfo", bearer: first).status == 200)
                server.advance(.seconds(1))
                _ = try await client.codeTokens()
            }
            #expect(try await client.get("/services/oauth2/userinfo", bearer: first).status == 401)
        }
    }
}
