import ClientApps
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("Custom scopes")
struct CustomScopeTests {
    private func define(_ name: String, _ description: String, isPublic: Bool, _ server: TestServer) async throws {
        var scope = OAuthCustomScope()
        (scope.developerName, scope.masterLabel, scope.description) = (name, name, description)
        (scope.isPublic, scope.isProtected) = (isPublic, false)
        let component = MetadataComponent(fullName: name, content: .customScope(scope))
        let id = OrgDocumentID(stored: "0CS00000000000\(isPublic ? 1 : 2)AAA")
        let (org, now) = (server.org.id, server.now)
        try await server.change {
            try OrgDocuments.save(component, id: id, org: org, by: .server, now: now, on: $0)
        }
    }

    @Test(
        "app-model 8.5: a scope that the org defines and its admin assigns is granted, in tokens and on the consent page",
        arguments: TestDatabase.available
    )
    func granted(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother().policy("commaSeparatedCustomScopes", "orders_read"))
            let early = try await client.token([("grant_type", "client_credentials")])
            #expect(try !early.string("scope").contains("orders_read"))
            try await define("orders_read", "Read the orders", isPublic: false, server)
            let answer = try await client.token([("grant_type", "client_credentials")])
            #expect(try answer.string("scope").split(separator: " ").contains("orders_read"))
            let live = try await client.post(
                "/services/oauth2/introspect",
                [("token", try answer.string("access_token"))]
            )
            #expect(live.json["scope"]?.string == (try answer.string("scope")))
            var browser = Browser(client: client)
            let page = try await browser.get(Client.authorization(["scope": "api orders_read"]))
            let consent = try await browser.submit(
                "sign-in",
                page,
                [("username", server.user.username), ("password", TestServer.password)]
            )
            #expect(consent.body.contains("Read the orders"))
        }
    }

    @Test(
        "app-model 8.5: a scope that is not assigned is refused as one that does not exist",
        arguments: TestDatabase.available
    )
    func notAssigned(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            try await define("orders_read", "Read the orders", isPublic: false, server)
            #expect(try await client.authorize(["scope": "api orders_read"])["error"] == "invalid_scope")
        }
    }

    @Test(
        "app-model 1.10: a public custom scope is listed in discovery, another is not",
        arguments: TestDatabase.available
    )
    func discovery(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await define("orders_read", "Read the orders", isPublic: true, server)
            try await define("orders_write", "Change the orders", isPublic: false, server)
            let document = try await client.get("/.well-known/openid-configuration")
            let scopes = document.json["scopes_supported"]?.array?.compactMap(\.string) ?? []
            #expect(scopes.contains("orders_read") && !scopes.contains("orders_write"))
        }
    }
}
