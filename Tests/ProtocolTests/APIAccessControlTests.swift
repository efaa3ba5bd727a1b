import ClientApps
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("API access control")
struct APIAccessControlTests {
    private func control(_ isOn: Bool, _ server: TestServer) async throws {
        let org = server.org.id
        try await server.change { connection in
            var settings = ConnectedAppSettings()
            settings.enableAdminApprovedAppsOnly = isOn
            let document = MetadataComponent(fullName: "ConnectedApp", content: .connectedAppSettings(settings))
            _ = try OrgSettings.save(document, org: org, by: .server, now: TestServer.start, on: connection)
        }
    }

    /// Gives everybody of the standard profile some permissions.
    private func grant(_ permissions: Set<Permission>, _ server: TestServer) async throws {
        let (org, now) = (server.org.id, server.now)
        try await server.change { connection in
            let all = try Profiles.all(org: org, on: connection)
            let before = try #require(all.first { $0.name == Profile.standardUser })
            let after = Profile(
                id: before.id,
                org: org,
                name: before.name,
                permissions: permissions,
                sessionTimeoutMinutes: before.sessionTimeoutMinutes,
                loginIPRanges: before.loginIPRanges
            )
            try Profiles.update(after, by: .server, now: now, on: connection)
        }
    }

    private static func code(_ client: Client) async throws -> Client.Answer {
        let reply = try await client.authorize(["code_challenge": nil])
        return try await client.redeem(try #require(reply["code"]), verifier: nil)
    }

    @Test(
        "app-model 1.10, 4.2 and 6.3: with API access control a connected app that no admin approved is refused by every flow and with every token, but to Use Any API Client",
        arguments: TestDatabase.available,
        [TokenFormat.jwt, .opaque]
    )
    func refused(driver: TestDatabase, format: TokenFormat) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(ConnectedAppMother.issuing(format))
            let tokens = try await Self.code(client)
            let (token, refresh) = (try tokens.string("access_token"), try tokens.string("refresh_token"))
            let forms = [
                [("grant_type", "client_credentials")], [("grant_type", "refresh_token"), ("refresh_token", refresh)],
            ]
            try await control(true, server)
            let reply = try await client.authorize(["code_challenge": nil])
            #expect(reply["error"] == "invalid_app_access")
            #expect(reply["error_description"]?.contains("Use Any API Client") == true)
            #expect(try await client.get("/services/oauth2/userinfo", bearer: token).status == 401)
            for form in forms { #expect(try await client.token(form).error == "invalid_app_access") }

            try await grant([.useAnyAPIClient], server)
            #expect(try await client.get("/services/oauth2/userinfo", bearer: token).status == 200)
            for form in forms { #expect(try await client.token(form).status == 200) }

            try await grant([], server)
            #expect(try await client.token(forms[0]).error == "invalid_app_access")
            try await control(false, server)
            #expect(try await client.token(forms[0]).status == 200)
        }
    }

    @Test(
        "app-model 6.3: API access control lets admin-approved connected apps and all external client apps in",
        arguments: TestDatabase.available
    )
    func allowed(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await control(true, server)
            var approved = try ConnectedAppMother.issuing(.jwt)
            approved.oauth.append(("isAdminApproved", "true"))
            approved.top = "<profileName>\(Profile.standardUser)</profileName>"
            try await server.deploy(approved)
            #expect(try await Self.code(client).status == 200)
            #expect(try await client.token([("grant_type", "client_credentials")]).status == 200)
        }
        try await TestServer.run(on: driver) { server, client in
            try await control(true, server)
            try await server.deploy(AppMother())
            #expect(try await client.codeTokens().status == 200)
        }
    }
}
