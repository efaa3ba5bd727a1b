import AuthorizationServer
import HTTPTypes
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

/// Policy is asked at every step, as it stands then (security section 1, row 10).
@Suite("Changes of policy")
struct PolicyChangeTests {
    private static let approved = AppMother().policy("permittedUsersPolicyType", "AdminApprovedPreAuthorized")

    private func refresh(_ client: Client, _ token: String) async throws -> Client.Answer {
        try await client.token([("grant_type", "refresh_token"), ("refresh_token", token)])
    }

    @Test(
        "app-model 8.1: a user whose approval is gone has no live token, opaque, JWT or refresh token",
        arguments: TestDatabase.available,
        [nil, "true"] as [String?]
    )
    func approvalGone(driver: TestDatabase, jwt: String?) async throws {
        try await TestServer.run(on: driver) { server, client in
            let app = Self.approved.global("isNamedUserJwtEnabled", jwt)
            try await server.deploy(app.policy("commaSeparatedProfile", "Standard User"))
            let tokens = try await client.codeTokens()
            let both = [try tokens.string("access_token"), try tokens.string("refresh_token")]
            func isActive(_ token: String) async throws -> Bool {
                try await client.post("/services/oauth2/introspect", [("token", token)]).json["active"] == .bool(true)
            }
            for token in both { #expect(try await isActive(token)) }
            try await server.deploy(app.policy("commaSeparatedProfile", "System Administrator"))
            for token in both { #expect(try await !isActive(token)) }
            #expect(try await client.get("/services/oauth2/userinfo", bearer: both[0]).status == 401)
            #expect(try await refresh(client, both[1]).error == "invalid_app_access")
        }
    }

    @Test(
        "flows 5.5: the run-as user that the admin named needs no other approval",
        arguments: TestDatabase.available
    )
    func runAsUser(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(Self.approved.policy("commaSeparatedProfile", "System Administrator"))
            let token = try await client.token([("grant_type", "client_credentials")]).string("access_token")
            #expect(try await client.get("/services/oauth2/userinfo", bearer: token).status == 200)
        }
    }

    @Test(
        "security 1.10: a code is worth no more than the app's scopes, callback URLs and PKCE switch are when it is redeemed",
        arguments: TestDatabase.available
    )
    func redemption(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let wide = try #require(try await client.authorize()["code"])
            var narrow = AppMother()
            narrow.scopes = "OpenID"
            try await server.deploy(narrow)
            let tokens = try await client.redeem(wide)
            #expect(tokens.json["scope"]?.string == "openid")
            #expect(tokens.json["refresh_token"] == nil)

            try await server.deploy(AppMother())
            let foreign = try #require(try await client.authorize(["scope": "api"])["code"])
            try await server.deploy(narrow)
            #expect(try await client.redeem(foreign).error == "invalid_grant")

            try await server.deploy(AppMother())
            let astray = try #require(try await client.authorize()["code"])
            try await server.deploy(AppMother().global("callbackUrl", "https://orders.example/other"))
            #expect(try await client.redeem(astray).error == "redirect_uri_mismatch")

            try await server.deploy(AppMother().global("isPkceRequired", "false"))
            let plain = try #require(try await client.authorize(["code_challenge": nil])["code"])
            try await server.deploy(AppMother().global("isPkceRequired", "true"))
            let refused = try await client.redeem(plain, verifier: nil)
            #expect(refused.error == "invalid_grant")
            #expect(refused.text?.contains("PKCE is required") == true)
        }
    }

    @Test(
        "tokens 8: the revocation of a refresh token takes the approval along, and the codes that wait",
        arguments: TestDatabase.available
    )
    func revokedApproval(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            for app in [AppMother(), Self.approved.policy("commaSeparatedProfile", "Standard User")] {
                try await server.deploy(app)
                let token = try await client.codeTokens().string("refresh_token")
                let code = try #require(try await client.authorize()["code"])
                let revoked = try await client.post("/services/oauth2/revoke", [("token", token)], basic: nil)
                #expect(revoked.status == 200)
                #expect(try await client.redeem(code).error == "invalid_grant")
                // Nor does a new approval bring the old code back.
                _ = try await client.authorize()
                #expect(try await client.redeem(code).error == "invalid_grant")
            }
        }
    }

    @Test(
        "security 1.10: a code whose consent was taken back since is refused",
        arguments: TestDatabase.available
    )
    func consentGone(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let app = try await server.deploy(AppMother()).id
            let code = try #require(try await client.authorize()["code"])
            let user = server.user.id
            try await server.change { try Consents.delete(app: app, user: user, on: $0) }
            let answer = try await client.redeem(code)
            #expect(answer.error == "invalid_grant")
            #expect(answer.text?.contains("approval") == true)
        }
    }

    @Test(
        "RFC 9700 section 4.14.2: a rotated token revokes its family though a policy refuses its user, too",
        arguments: TestDatabase.available
    )
    func reuseBeforePolicy(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let app = AppMother().global("isRefreshTokenRotationEnabled", "true")
            let id = server.user.id
            let bent: [(AppMother, isFrozen: Bool)] = [
                (app, true), (app.policy("refreshTokenPolicyType", "Zero"), false),
                (app.policy("permittedUsersPolicyType", "AdminApprovedPreAuthorized"), false),
            ]
            for (changed, isFrozen) in bent {
                try await server.deploy(app)
                let first = try await client.codeTokens().string("refresh_token")
                let second = try await refresh(client, first).string("refresh_token")
                try await server.deploy(changed)
                let now = server.now
                try await server.change { try Users.setFrozen(id, isFrozen, by: .server, now: now, on: $0) }
                #expect(try await refresh(client, first).text?.contains("used again") == true)
                try await server.deploy(app)
                try await server.change { try Users.setFrozen(id, false, by: .server, now: now, on: $0) }
                #expect(try await refresh(client, second).error == "invalid_grant")
            }
        }
    }

    @Test(
        "RFC 9700 section 4.14.2: a rotated token is dead though the clock that sees it again is behind",
        arguments: TestDatabase.available
    )
    func clockBehind(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother().global("isRefreshTokenRotationEnabled", "true"))
            let first = try await client.codeTokens().string("refresh_token")
            server.advance(.seconds(10))
            #expect(try await refresh(client, first).status == 200)
            server.advance(.seconds(-1))
            #expect(try await refresh(client, first).text?.contains("used again") == true)
        }
    }

    @Test(
        "security 1.8: a node that its database does not answer trusts no JWT and issues none after five seconds",
        arguments: TestDatabase.available
    )
    func blindNode(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let token = try await client.token([("grant_type", "client_credentials")]).string("access_token")
            let identity = "/id/\(server.org.id.rawValue)/\(server.integration.id.rawValue)"
            let paths = ["/services/oauth2/userinfo", identity, "/services/data/v68.0/limits"]
            for path in paths { #expect(try await client.get(path, bearer: token).status == 200) }
            try await server.database.close()
            await #expect(throws: (any Error).self) { try await server.server.directory.refresh(now: server.now) }
            server.advance(.seconds(5))
            #expect(try await client.get(paths[0], bearer: token).status == 200)
            server.advance(.seconds(1))
            for path in paths { #expect(try await client.get(path, bearer: token).status == 503) }
            let answer = try await client.token([("grant_type", "client_credentials")])
            #expect(answer.status == 503)
            #expect(answer.error == "temporarily_unavailable")
        }
    }

    @Test(
        "RFC 6749 section 4.1.2.1: what needs a database that is gone is temporarily_unavailable from the first moment, with Retry-After",
        arguments: TestDatabase.available
    )
    func outage(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let token = try await client.codeTokens().string("refresh_token")
            try await server.database.close()
            let answer = try await client.token([
                ("grant_type", "refresh_token"), ("refresh_token", token),
            ])
            #expect(answer.status == 503)
            #expect(answer.error == "temporarily_unavailable")
            #expect(answer.headers[.retryAfter] == "2")
            #expect(try await client.get("/readyz").status == 503)
        }
    }

    @Test(
        "app-model 8.3: where the developer caps idle time, a lifetime policy keeps its period and the cap applies, too",
        arguments: TestDatabase.available
    )
    func idleCap(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let app = AppMother().global("isEnforceRefreshTokenTTL", "true")
                .policy("refreshTokenPolicyType", "SpecificLifetime")
                .policy("refreshTokenValidityPeriod", "60").policy("refreshTokenValidityUnit", "Days")
            try await server.deploy(app)
            let idle = try await client.codeTokens().string("refresh_token")
            server.advance(.days(30))
            #expect(try await refresh(client, idle).error == "invalid_grant")
            let used = try await client.codeTokens().string("refresh_token")
            for _ in 0..<2 {
                server.advance(.days(29))
                #expect(try await refresh(client, used).status == 200)
            }
            server.advance(.days(2))
            #expect(try await refresh(client, used).error == "invalid_grant")
        }
    }

    @Test(
        "flows 5.5: a permission set makes a user API Only as the user's own mark does",
        arguments: TestDatabase.available
    )
    func apiOnly(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let (org, profile, now) = (server.org.id, server.user.profile, server.now)
            try await server.change { connection in
                var randomness = SystemRandomNumberGenerator()
                let set = PermissionSet(
                    id: PermissionSetID.make(prefix: PermissionSet.idPrefix, now: now, using: &randomness),
                    org: org,
                    name: "Machines",
                    label: "Machines",
                    permissions: [.apiUserOnly]
                )
                let robot = User(
                    id: UserID.make(prefix: User.idPrefix, now: now, using: &randomness),
                    org: org,
                    username: "robot@acme.example",
                    email: "robot@acme.example",
                    lastName: "Robot",
                    nickname: "robot",
                    profile: profile,
                    permissionSets: [set.id],
                    createdAt: now - .days(1),
                    updatedAt: now
                )
                try PermissionSets.insert(set, by: .server, now: TestServer.start, on: connection)
                try Users.insert(robot, passwordHash: nil, by: .server, on: connection)
            }
            try await server.deploy(AppMother().policy("clientCredentialsFlowUser", "robot@acme.example"))
            #expect(try await client.token([("grant_type", "client_credentials")]).status == 200)
        }
    }
}
