import HTTPTypes
import OAuthTypes
import Storage
import TestSupport
import Testing

@Suite("Hosts and headers")
struct HostAndHeaderTests {
    /// What every answer has, whatever it says (security: row 20).
    private func expectSecure(_ answer: Client.Answer, _ what: String) {
        let headers = answer.headers
        #expect(headers[.xContentTypeOptions] == "nosniff", "\(what)")
        #expect(headers[.referrer] == "no-referrer", "\(what)")
        #expect(headers[.frameOptions] == "DENY", "\(what)")
        #expect(headers[.robots] == "none", "\(what)")
        #expect(headers[.strictTransportSecurity] == "max-age=63072000; includeSubDomains", "\(what)")
        #expect(headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true, "\(what)")
        #expect(headers[.contentSecurityPolicy]?.contains("frame-ancestors 'none'") == true, "\(what)")
        #expect(headers[.requestID]?.isEmpty == false, "\(what)")
        #expect(headers[.server] == nil, "\(what)")
        #expect(headers[values: .setCookie].allSatisfy { $0.contains("Secure") && $0.contains("HttpOnly") }, "\(what)")
    }

    @Test(
        "RFC 9110 section 15.5.20, security 1.12: a request for a host that is not the issuer's is answered 421 and nothing else",
        arguments: TestDatabase.available
    )
    func foreignHost(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let hosts = [
                "evil.example", "localhost.evil.example", "evil-localhost", "localhost:8443", "localhost@evil.example",
                "localhost.", "", "[::1]:8443", "127.0.0.2",
            ]
            let paths = ["/", "/.well-known/openid-configuration", "/id/keys", Client.authorization(), "/nothing"]
            for host in hosts {
                for path in paths {
                    let answer = try await client.send(.get, path, headers: [.testHost: host])
                    #expect(answer.status == 421, "\(host) \(path)")
                    #expect(answer.body.contains("MISDIRECTED_REQUEST"))
                    #expect(!answer.body.contains(TestServer.issuer))
                    #expect(answer.headers[.setCookie] == nil)
                    expectSecure(answer, "421 for \(host)")
                }
                let token = try await client.send(
                    .post,
                    "/services/oauth2/token",
                    headers: [.testHost: host],
                    body: "grant_type=client_credentials&client_id=\(AppMother.key)&client_secret=\(AppMother.secret)"
                )
                #expect(token.status == 421)
            }
            for host in ["localhost", "LOCALHOST", "localhost:443", "127.0.0.1", "[::1]:443"] {
                let answer = try await client.send(.get, "/id/keys", headers: [.testHost: host])
                #expect(answer.status == 200, "\(host)")
            }
        }
    }

    @Test("security 1.12: the issuer in documents is the configured one, whatever the request calls the server")
    func issuer() async throws {
        try await TestServer.run(on: .sqlite) { _, client in
            for host in ["localhost", "127.0.0.1", "[::1]:443"] {
                let answer = try await client.send(
                    .get,
                    "/.well-known/openid-configuration",
                    headers: [.testHost: host]
                )
                #expect(answer.json["issuer"]?.string == TestServer.issuer)
                #expect(answer.json["jwks_uri"]?.string == TestServer.issuer + "/id/keys")
            }
        }
    }

    @Test("security 1.20: every route, by every method that it knows, answers with the security headers")
    func everyRoute() async throws {
        try await TestServer.run(on: .sqlite) { server, client in
            try await server.deploy(AppMother())
            #expect(server.routes.count > 60)
            for (method, path) in server.routes {
                let answer = try await client.send(method, path, body: method == .post ? "" : nil)
                expectSecure(answer, "\(method) \(path) \(answer.status)")
            }
        }
    }

    @Test("security 1.20: every kind of error answers with the security headers, and keeps out of caches")
    func everyError() async throws {
        try await TestServer.run(on: .sqlite) { server, client in
            try await server.deploy(AppMother().global("isNamedUserJwtEnabled", nil))
            let opaque = try await client.token([("grant_type", "client_credentials")]).string("access_token")
            var narrow = AppMother().global("consumerKey", "3MVG9narrow.key")
            (narrow.name, narrow.scopes) = ("Narrow", "OpenID")
            try await server.deploy(narrow)
            let noScope = try await client.token(
                [("grant_type", "client_credentials")],
                basic: ("3MVG9narrow.key", AppMother.secret)
            ).string("access_token")
            let kinds: [(Int, Client.Answer)] = [
                (400, try await client.token([("grant_type", "nothing")])),
                (
                    400,
                    try await client.send(
                        .post,
                        "/services/oauth2/token",
                        headers: [.contentType: "text/plain"],
                        body: "x"
                    )
                ),
                (400, try await client.get("/services/oauth2/authorize")),
                (400, try await client.send(.post, "/services/oauth2/authorize/sign-in", body: "transaction=x")),
                (401, try await client.token([("grant_type", "client_credentials")], basic: (AppMother.key, "wrong"))),
                (401, try await client.get("/services/oauth2/userinfo")),
                (401, try await client.get("/services/data/v66.0/limits", bearer: "x")),
                (403, try await client.get("/services/data/v66.0/limits", bearer: noScope)),
                (403, try await client.get("/id/x/y")),
                (404, try await client.get("/nothing")), (404, try await client.get("/services/data/v66.0/nothing")),
                (405, try await client.get("/services/oauth2/token")),
                (405, try await client.send(.delete, "/id/keys")),
                (421, try await client.send(.get, "/", headers: [.testHost: "evil.example"])),
            ]
            for (status, answer) in kinds {
                #expect(answer.status == status, "\(answer.body)")
                expectSecure(answer, "\(status) \(answer.body)")
                #expect(answer.headers[.cacheControl] == "no-store", "\(status) \(answer.body)")
            }
            try await server.database.write { _ = try $0.execute("DROP TABLE opaque_tokens") }
            let broken = try await client.get("/services/oauth2/userinfo", bearer: opaque)
            #expect(broken.status == 500)
            #expect(broken.error == "server_error")
            #expect(broken.text?.contains(broken.headers[.requestID] ?? "-") == true)
            #expect(!broken.body.contains("opaque_tokens"))
            expectSecure(broken, "500")
            #expect(broken.headers[.cacheControl] == "no-store")
        }
    }
}
