import HTTPTypes
import Hummingbird
import HummingbirdTesting
import OAuthTypes
import Orgs
import TestSupport
import Testing
import WebServer

@Suite("Requests that reach no endpoint")
struct RequestProblemTests {
    private static let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

    private func send(_ method: HTTPRequest.Method, _ path: String, accept: String?) async throws -> Client.Answer {
        let answer = Mutex2<Client.Answer?>(nil)
        try await TestServer.run(on: .sqlite) { _, client in
            answer.value = try await client.send(method, path, headers: accept.map { [.accept: $0] } ?? [:])
        }
        return try #require(answer.value)
    }

    @Test(
        "RFC 9110 section 12.5.1: a browser gets a page with the remedy, a client JSON, and both the same status",
        arguments: [
            (HTTPRequest.Method.get, "/nothing/here", 404, "go back to it and start again"),
            (.get, "/services/oauth2/authorize/sign-in", 405, "Go back to the app and start again"),
            (.get, "/services/oauth2/authorize/consent", 405, "Go back to the app and start again"),
            (.get, "/services/oauth2/token", 405, "shows nothing in a browser"),
            (.put, "/", 405, "shows nothing in a browser"),
            (.get, "/services/oauth2/revoke?token=%FF", 400, "UTF-8"),
        ] as [(HTTPRequest.Method, String, Int, String)]
    )
    func pages(_ method: HTTPRequest.Method, _ path: String, _ status: Int, _ words: String) async throws {
        let page = try await send(method, path, accept: Self.browser)
        #expect(page.status == status)
        #expect(page.headers[.contentType]?.hasPrefix("text/html") == true)
        #expect(page.body.contains(words))
        #expect(page.headers[.contentSecurityPolicy]?.contains("form-action 'none'") == true)
        for accept in [nil, "*/*", "application/json"] {
            let json = try await send(method, path, accept: accept)
            #expect(json.status == status)
            #expect(json.headers[.contentType]?.hasPrefix("application/json") == true)
            #expect(json.headers[.allow] == page.headers[.allow])
            #expect((json.headers[.allow] != nil) == (status == 405))
        }
    }

    @Test("security 1.12: the page for a host that is no org's names no other host, and has its style")
    func misdirected() async throws {
        try await TestServer.run(on: .sqlite) { server, client in
            func get(_ path: String) async throws -> Client.Answer {
                try await client.send(.get, path, headers: [.accept: Self.browser, .testHost: "other.example"])
            }
            let page = try await get("/")
            #expect(page.status == 421)
            #expect(page.headers[.contentType]?.hasPrefix("text/html") == true)
            #expect(!page.body.contains("localhost"))
            #expect(!page.body.contains(server.org.name))
            let start = try #require(page.body.firstRange(of: "/assets/signet-"))
            let style = String(page.body[start.lowerBound...].prefix { $0 != "\"" })
            #expect(try await get(style).headers[.contentType]?.hasPrefix("text/css") == true)
            #expect(try await get("/id/keys").status == 421)
        }
    }

    @Test("issue 2.4: browsers find the icon, by the page and by the name that they try")
    func icon() async throws {
        for path in ["/assets/signet.svg", "/favicon.ico"] {
            let icon = try await send(.get, path, accept: "image/*")
            #expect(icon.status == 200)
            #expect(icon.headers[.contentType] == "image/svg+xml")
            #expect(icon.body.hasPrefix("<svg"))
        }
        #expect(try await send(.get, "/", accept: Self.browser).body.contains("href=\"/assets/signet.svg\""))
    }
}
