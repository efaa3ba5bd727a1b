import ClientApps
import Foundation
import HTTPTypes
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("Refresh, revocation, introspection")
struct RefreshAndRevocationTests {
    private func refresh(_ client: Client, _ token: String, _ more: [(String, String)] = []) async throws
        -> Client.Answer
    {
        try await client.token([("grant_type", "refresh_token"), ("refresh_token", token)] + more)
    }

    @Test(
        "flows 5.6: without rotation the refresh token stays and none is answered; scopes may narrow and never grow",
        arguments: TestDatabase.available
    )
    func plain(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let token = try await client.codeTokens().string("refresh_token")
            for _ in 0..<2 {
                let answer = try await refresh(client, token)
                #expect(answer.status == 200)
                #expect(answer.json["refresh_token"] == nil)
                #expect(answer.json["id"]?.string != nil)
            }
            #expect(try await refresh(client, token, [("scope", "api")]).json["scope"]?.string == "api")
            #expect(try await refresh(client, token, [("scope", "api full")]).error == "invalid_scope")
            #expect(
                try await client.token(
                    [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", AppMother.key)],
                    basic: nil
                ).error == "invalid_client"
            )
            #expect(try await refresh(client, "5Aep861nothing").error == "invalid_grant")
        }
    }

    @Test("RFC 9700 section 4.14.2: a rotated token used again revokes the family", arguments: TestDatabase.available)
    func rotation(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother().global("isRefreshTokenRotationEnabled", "true"))
            let first = try await client.codeTokens().string("refresh_token")
            let answer = try await refresh(client, first)
            let second = try answer.string("refresh_token")
            #expect(second != first)
            let access = try answer.string("access_token")
            #expect(try await client.get("/services/oauth2/userinfo", bearer: access).status == 200)
            #expect(try await refresh(client, first).error == "invalid_grant")
            #expect(try await refresh(client, second).error == "invalid_grant")
            #expect(try await client.get("/services/oauth2/userinfo", bearer: access).status == 401)
        }
    }

    @Test(
        "security 1.3: within the grace the previous token is answered with the same successor; an older one revokes",
        arguments: TestDatabase.available
    )
    func grace(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver, grace: .seconds(30)) { server, client in
            try await server.deploy(AppMother().global("isRefreshTokenRotationEnabled", "true"))
            let first = try await client.codeTokens().string("refresh_token")
            let second = try await refresh(client, first).string("refresh_token")
            server.advance(.seconds(29))
            #expect(try await refresh(client, first).string("refresh_token") == second)
            let third = try await refresh(client, second).string("refresh_token")
            #expect(third != second)
            #expect(try await refresh(client, first).error == "invalid_grant")
            #expect(try await refresh(client, third).error == "invalid_grant")
        }
    }

    @Test(
        "security 1.3: of twenty uses of one rotating token at once exactly one wins",
        arguments: TestDatabase.available
    )
    func race(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother().global("isRefreshTokenRotationEnabled", "true"))
            let token = try await client.codeTokens().string("refresh_token")
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<20 { group.addTask { try await refresh(client, token).status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == 200 }.count == 1)
        }
    }

    @Test("app-model 8.3: each refresh token policy ends a token when it says", arguments: TestDatabase.available)
    func policies(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother().policy("refreshTokenPolicyType", "Zero"))
            #expect(try await client.codeTokens().json["refresh_token"] == nil)
            let timed = AppMother().policy("refreshTokenValidityPeriod", "10").policy(
                "refreshTokenValidityUnit",
                "Hours"
            )
            try await server.deploy(timed.policy("refreshTokenPolicyType", "SpecificInactivity"))
            let idle = try await client.codeTokens().string("refresh_token")
            for _ in 0..<2 {
                server.advance(.hours(9))
                #expect(try await refresh(client, idle).status == 200)
            }
            server.advance(.hours(10))
            #expect(try await refresh(client, idle).error == "invalid_grant")
            try await server.deploy(timed.policy("refreshTokenPolicyType", "SpecificLifetime"))
            let fixed = try await client.codeTokens().string("refresh_token")
            server.advance(.hours(9))
            #expect(try await refresh(client, fixed).status == 200)
            server.advance(.hours(1))
            #expect(try await refresh(client, fixed).error == "invalid_grant")
        }
    }

    @Test("flows 11: a sixth authorization of one user and app ends the oldest", arguments: TestDatabase.available)
    func five(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            var tokens: [String] = []
            for _ in 0..<6 {
                tokens.append(try await client.codeTokens().string("refresh_token"))
                server.advance(.seconds(1))
            }
            #expect(try await refresh(client, tokens[0]).error == "invalid_grant")
            for token in tokens.dropFirst() { #expect(try await refresh(client, token).status == 200) }
        }
    }

    @Test(
        "RFC 7009, tokens 8: an access token ends alone, a refresh token with all that came of it",
        arguments: TestDatabase.available
    )
    func revoke(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let tokens = try await client.codeTokens()
            let (access, token) = (try tokens.string("access_token"), try tokens.string("refresh_token"))
            let other = try await refresh(client, token).string("access_token")
            let revoked = try await client.post("/services/oauth2/revoke", [("token", access)], basic: nil)
            #expect(revoked.status == 200)
            #expect(revoked.body.isEmpty)
            #expect(try await client.get("/services/oauth2/userinfo", bearer: access).status == 401)
            #expect(try await client.get("/services/oauth2/userinfo", bearer: other).status == 200)
            #expect(try await client.get("/services/oauth2/revoke?token=\(token)").status == 200)
            #expect(try await client.get("/services/oauth2/userinfo", bearer: other).status == 401)
            #expect(try await refresh(client, token).error == "invalid_grant")
            let again = try await client.post("/services/oauth2/revoke", [("token", token)], basic: nil)
            #expect(again.status == 400)
            #expect(again.error == "invalid_token")
            #expect(
                try await client.get("/services/oauth2/revoke?token=x&callback=f").body
                    == #"/**/f({"error":"invalid_token"});"#
            )
            #expect(try await client.get("/services/oauth2/revoke?token=x&callback=f(1)").error == "invalid_request")
        }
    }

    @Test(
        "RFC 7662 section 2.2, tokens 7: an app sees its own tokens, others are inactive and nothing else",
        arguments: TestDatabase.available
    )
    func introspect(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            var other = AppMother().global("consumerKey", "3MVG9other.key")
            other.name = "Other"
            try await server.deploy(other)
            let tokens = try await client.codeTokens()
            let access = try tokens.string("access_token")
            let path = "/services/oauth2/introspect"
            let seen = try await client.post(path, [("token", access)])
            #expect(seen.json["active"] == .bool(true))
            #expect(seen.json["token_type"]?.string == "access_token")
            #expect(seen.json["username"]?.string == "ann@acme.example")
            #expect(seen.json["sub"]?.string == tokens.json["id"]?.string)
            #expect(seen.json["exp"]?.integer == Int64(1_795_567_322))
            let refreshSeen = try await client.post(
                path,
                [("token", try tokens.string("refresh_token")), ("token_type_hint", "refresh_token")]
            )
            #expect(refreshSeen.json["token_type"]?.string == "refresh_token")
            #expect(
                try await client.post(path, [("token", access)], basic: ("3MVG9other.key", AppMother.secret)).body
                    == #"{"active":false}"#
            )
            #expect(try await client.post(path, [("token", "nonsense")]).body == #"{"active":false}"#)
            #expect(
                try await client.post(path, [("token", access), ("client_id", AppMother.key)], basic: nil).error
                    == "invalid_client"
            )
            try await server.deploy(AppMother().global("isIntrospectAllTokens", "true"))
            server.advance(.minutes(10))
            #expect(try await client.post(path, [("token", access)]).body == #"{"active":false}"#)
        }
    }

    @Test(
        "security 1.8: cut-offs of user, app and org kill what was issued before and nothing after",
        arguments: TestDatabase.available
    )
    func cutOffs(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let app = try await server.deploy(AppMother()).id
            for holder in try await server.holders(of: server.integration, app) {
                let before = try await client.token([("grant_type", "client_credentials")]).string("access_token")
                #expect(try await client.get("/services/oauth2/userinfo", bearer: before).status == 200)
                server.advance(TimeSpan(milliseconds: 1))
                let now = server.now
                try await server.change { try TokenCutOff.revoke(holder, by: .server, clock: { now }, on: $0) }
                #expect(try await client.get("/services/oauth2/userinfo", bearer: before).status == 401)
                server.advance(TimeSpan(milliseconds: 1))
                let after = try await client.token([("grant_type", "client_credentials")]).string("access_token")
                #expect(try await client.get("/services/oauth2/userinfo", bearer: after).status == 200)
            }
        }
    }

    @Test(
        "clients 5.4, flows 8.2: userinfo, identity URL and REST say in their own words that a token is dead",
        arguments: TestDatabase.available
    )
    func deadTokens(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let token = try await client.token([("grant_type", "client_credentials")]).string("access_token")
            let identity = "/id/\(server.org.id.rawValue)/\(server.integration.id.rawValue)"
            #expect(
                try await client.get(identity, bearer: token).json["user_id"]?.string == server.integration.id.rawValue
            )
            #expect(try await client.send(.post, identity + "?oauth_token=\(token)").status == 200)
            #expect(
                try await client.get(
                    "/services/data/v68.0/sobjects/Organization/\(server.org.id.rawValue)",
                    bearer: token
                ).json["IsSandbox"] == .bool(false)
            )
            server.advance(.minutes(10))
            let dead = try await client.get(identity, bearer: token)
            #expect(dead.status == 403)
            #expect(dead.body == "Bad_OAuth_Token")
            let rest = try await client.get("/services/data/v68.0/limits", bearer: token)
            #expect(rest.status == 401)
            #expect(rest.body == #"[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]"#)
            let userInfo = try await client.get("/services/oauth2/userinfo", bearer: token)
            #expect(userInfo.headers[.wwwAuthenticate]?.contains(#"error="invalid_token""#) == true)
        }
    }

    @Test(
        "RFC 8414 section 2, OpenID Connect Discovery section 3: both documents agree with the issuer, and anybody may read them",
        arguments: TestDatabase.available
    )
    func discovery(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            for path in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"] {
                let answer = try await client.send(.get, path, headers: [.origin: "https://spa.example"])
                #expect(answer.json["issuer"]?.string == TestServer.issuer)
                #expect(answer.json["jwks_uri"]?.string == TestServer.issuer + "/id/keys")
                #expect(answer.headers[.accessControlAllowOrigin] == "*")
                #expect(answer.headers[.accessControlAllowCredentials] == nil)
            }
            let keys = try await client.get("/id/keys")
            #expect(keys.json["keys"]?.array?.count == 2)
            #expect(!keys.body.contains("\"d\""))
            #expect(try await client.get("/services/oauth2/id/keys").body == keys.body)
        }
    }
}

extension TestServer {
    /// A user, an app and the org, each of which has tokens that can be ended at once.
    fileprivate func holders(of user: User, _ app: AppID) async throws -> [TokenCutOff.Holder] {
        let stored = try #require(try await database.read { try AppRecords.find(id: app, on: $0) })
        return [.user(user), .app(stored), .org(org)]
    }
}

@Suite("Cut-offs at redemption")
struct CutOffAtRedemptionTests {
    @Test(
        "security 1.10: a code and a refresh token from before a cut-off of user, app or org are dead",
        arguments: TestDatabase.available
    )
    func codesAndRefreshTokens(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let app = try await server.deploy(AppMother()).id
            for holder in try await server.holders(of: server.user, app) {
                let token = try await client.codeTokens().string("refresh_token")
                let code = try #require(try await client.authorize()["code"])
                server.advance(TimeSpan(milliseconds: 1))
                let now = server.now
                try await server.change { try TokenCutOff.revoke(holder, by: .server, clock: { now }, on: $0) }
                server.advance(TimeSpan(milliseconds: 1))
                #expect(try await client.redeem(code).error == "invalid_grant")
                let refreshed = try await client.token([("grant_type", "refresh_token"), ("refresh_token", token)])
                #expect(refreshed.error == "invalid_grant")
            }
        }
    }

    @Test("RFC 9700 section 4.11: an app that was switched off gets no redirect", arguments: TestDatabase.available)
    func disabledApp(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            var app = AppMother()
            app.appPolicies["isEnabled"] = "false"
            try await server.deploy(app)
            let answer = try await client.get(Client.authorization())
            #expect(answer.status == 400)
            #expect(answer.headers[.location] == nil)
            #expect(answer.body.contains("app is disabled"))
        }
    }

    @Test(
        "RFC 9700 section 4.14.2: a rotated token with another mistake beside it still revokes the family",
        arguments: TestDatabase.available
    )
    func reuseFirst(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother().global("isRefreshTokenRotationEnabled", "true"))
            let first = try await client.codeTokens().string("refresh_token")
            func refresh(_ token: String, _ scope: String?) async throws -> Client.Answer {
                let scope = scope.map { [("scope", $0)] } ?? []
                return try await client.token([("grant_type", "refresh_token"), ("refresh_token", token)] + scope)
            }
            #expect(try await refresh(first, "full").error == "invalid_scope")
            let second = try await refresh(first, nil).string("refresh_token")
            #expect(try await refresh(first, "full").error == "invalid_grant")
            #expect(try await refresh(second, nil).error == "invalid_grant")
        }
    }
}
