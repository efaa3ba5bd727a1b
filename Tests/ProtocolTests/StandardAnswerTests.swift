import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("Standard answers")
struct StandardAnswerTests {
    /// Switches them for the app of ``AppMother``, as a command beside the server does.
    private func set(_ isOn: Bool, _ server: TestServer) async throws {
        let (org, now) = (server.org, server.now)
        try await server.change { connection in
            let app = try #require(try AppRecords.find(developerName: "Orders", org: org.id, on: connection))
            try AppLifecycle(org: org, actor: .operator(command: "app set")) { now }
                .setStandardAnswers(isOn, app, on: connection)
        }
    }

    @Test(
        "facts clients section 6, RFC 7662 section 2.2: token_type is the original's, and for an app with standard answers a type of RFC 6749",
        arguments: TestDatabase.available,
        [nil, "true"] as [String?]
    )
    func introspection(driver: TestDatabase, jwt: String?) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother().global("isNamedUserJwtEnabled", jwt))
            let tokens = try await client.codeTokens()
            func type(_ kind: String) async throws -> String? {
                let seen = try await client.post("/services/oauth2/introspect", [("token", try tokens.string(kind))])
                #expect(seen.json["active"] == .bool(true))
                return seen.json["token_type"]?.string
            }
            #expect(try await type("access_token") == "access_token")
            #expect(try await type("refresh_token") == "refresh_token")
            try await set(true, server)
            #expect(try await type("access_token") == "Bearer")
            #expect(try await type("refresh_token") == nil)
            try await set(false, server)
            #expect(try await type("access_token") == "access_token")
        }
    }

    @Test(
        "facts clients section 6, OpenID Connect Core section 5.1: updated_at is the original's text, and for an app with standard answers seconds",
        arguments: TestDatabase.available,
        [nil, "true"] as [String?]
    )
    func userInfo(driver: TestDatabase, jwt: String?) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother().global("isNamedUserJwtEnabled", jwt))
            let token = try await client.codeTokens().string("access_token")
            func updatedAt() async throws -> JSONValue? {
                try await client.get("/services/oauth2/userinfo", bearer: token).json["updated_at"]
            }
            let text = try #require(try await updatedAt()?.string)
            #expect(text.contains("T") && text.hasSuffix("Z"))
            try await set(true, server)
            #expect(try await updatedAt()?.integer == server.user.updatedAt.seconds)
        }
    }

    @Test(
        "issue 3, audit: standard answers of an app are a change that the trail has, and the same again is none",
        arguments: TestDatabase.available
    )
    func audit(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, _ in
            try await server.deploy(AppMother())
            await #expect(throws: AppLifecycle.Refusal.self) { try await set(false, server) }
            try await set(true, server)
            await #expect(throws: AppLifecycle.Refusal.self) { try await set(true, server) }
            let org = server.org.id
            let entries = try await server.database.read { try AuditTrail.entries(org: org, limit: 100, on: $0) }
            #expect(entries.filter { $0.content.contains("hasStandardAnswers") }.count == 1)
        }
    }
}
