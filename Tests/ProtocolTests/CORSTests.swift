import HTTPTypes
import OAuthTypes
import TestSupport
import Testing

@Suite("CORS")
struct CORSTests {
    private static let listed = ["https://app.example", "https://console.example:8443"]
    /// Origins that look like a listed one to a comparison that is not of the whole.
    private static let foreign = [
        "null", "https://app.example.evil.example", "https://evil-app.example", "https://evil.app.example",
        "https://app.exampl", "https://app.example:443", "https://app.example:8443", "http://app.example",
        "https://APP.example", "https://app.example/", "https://console.example", "https://console.example:844", "*",
        "",
        "https://evil.example,https://app.example", "https://app.example https://evil.example",
    ]

    private func ask(_ client: Client, _ method: HTTPRequest.Method, _ path: String, origin: String) async throws
        -> HTTPFields
    {
        let body = method == .post ? "grant_type=client_credentials" : nil
        return try await client.send(method, path, headers: [.origin: origin], body: body).headers
    }

    private static let endpoints: [(HTTPRequest.Method, String)] = [
        (.post, "/services/oauth2/token"), (.post, "/services/oauth2/introspect"), (.post, "/services/oauth2/revoke"),
        (.get, "/services/oauth2/userinfo"), (.get, "/services/data"), (.get, "/services/data/v66.0/limits"),
    ]

    @Test(
        "flows 12: a listed origin may read the token endpoints, its own name comes back, and never with credentials",
        arguments: TestDatabase.available
    )
    func allowed(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver, corsOrigins: Self.listed) { _, client in
            for (method, path) in Self.endpoints {
                for origin in Self.listed {
                    let headers = try await ask(client, method, path, origin: origin)
                    #expect(headers[.accessControlAllowOrigin] == origin, "\(path)")
                    #expect(headers[.vary] == "Origin")
                    #expect(headers[.accessControlAllowCredentials] == nil)
                    let preflight = try await client.send(.options, path, headers: [.origin: origin])
                    #expect(preflight.status == 204)
                    #expect(preflight.headers[.accessControlAllowOrigin] == origin, "\(path)")
                    #expect(preflight.headers[.accessControlAllowMethods] == "GET, POST, OPTIONS")
                    #expect(preflight.headers[.accessControlAllowHeaders] == "Authorization, Content-Type")
                    #expect(preflight.headers[.accessControlAllowCredentials] == nil)
                }
            }
        }
    }

    @Test(
        "security 1.9: null, a suffix, a prefix, another port, scheme or letter case of a listed origin are foreign",
        arguments: TestDatabase.available
    )
    func refused(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver, corsOrigins: Self.listed) { _, client in
            for (method, path) in Self.endpoints {
                for origin in Self.foreign {
                    let headers = try await ask(client, method, path, origin: origin)
                    #expect(headers[.accessControlAllowOrigin] == nil, "\(path) \(origin)")
                    #expect(headers[.vary] == "Origin")
                    let preflight = try await client.send(.options, path, headers: [.origin: origin])
                    #expect(preflight.headers[.accessControlAllowOrigin] == nil, "\(path) \(origin)")
                    #expect(preflight.headers[.accessControlAllowMethods] == nil)
                }
                #expect(try await client.send(.options, path).headers[.accessControlAllowOrigin] == nil)
            }
        }
    }

    @Test(
        "flows 12: discovery and keys are for everybody, pages for nobody, and the token endpoint not without the switch",
        arguments: TestDatabase.available
    )
    func rest(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { _, client in
            for path in [
                "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server",
                "/.well-known/auth-configuration", "/id/keys", "/services/oauth2/id/keys",
            ] {
                for origin in ["https://evil.example", "null"] {
                    let headers = try await ask(client, .get, path, origin: origin)
                    #expect(headers[.accessControlAllowOrigin] == "*", "\(path)")
                    #expect(headers[.accessControlAllowCredentials] == nil)
                }
            }
            let token = try await ask(client, .post, "/services/oauth2/token", origin: "https://app.example")
            #expect(token[.accessControlAllowOrigin] == nil)
        }
        try await TestServer.run(on: driver, corsOrigins: Self.listed) { _, client in
            for path in ["/", "/services/oauth2/authorize", "/secur/logout.jsp", "/services/auth/idp/oidc/logout"] {
                let headers = try await ask(client, .get, path, origin: "https://app.example")
                #expect(headers[.accessControlAllowOrigin] == nil, "\(path)")
                let preflight = try await client.send(.options, path, headers: [.origin: "https://app.example"])
                #expect(preflight.headers[.accessControlAllowOrigin] == nil, "\(path)")
            }
        }
    }
}
