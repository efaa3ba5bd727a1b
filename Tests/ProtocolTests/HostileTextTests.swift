import Foundation
import HTTPTypes
import OAuthTypes
import TestSupport
import Testing

@Suite("Hostile text")
struct HostileTextTests {
    @Test(
        "RFC 6749 appendix A: U+0000 is refused wherever a client may write, and never answered with server_error",
        arguments: TestDatabase.available
    )
    func noNUL(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let grant = [("grant_type", "client_credentials"), ("client_secret", AppMother.secret)]
            let form = try await client.token(grant + [("client_id", AppMother.key + "\u{0}aaa")], basic: nil)
            #expect(form.error == "invalid_request")
            #expect(form.text?.contains("U+0000") == true)
            let header = try await client.token(grant, basic: (AppMother.key + "\u{0}", AppMother.secret))
            #expect(header.error == "invalid_client")
            let part = "--XX\r\nContent-Disposition: form-data; name=\"grant_type\"\r\n\r\nx\u{0}\r\n--XX--\r\n"
            let multipart = try await client.send(
                .post,
                "/services/oauth2/token",
                headers: [.contentType: "multipart/form-data; boundary=XX"],
                body: part
            )
            #expect(multipart.error == "invalid_request")
            let page = try await client.get(Client.authorization(["client_id": AppMother.key + "\u{0}"]))
            #expect(page.status == 400)
            #expect(page.headers[.location] == nil)
            for claim in [#""iss":"3MVG9orders.key\u0000""#, #""iss":"3MVG9orders.key","sub":"ann\u0000""#] {
                let text = [#"{"alg":"RS256"}"#, "{\(claim)}", "x"].map { Base64URL.encode(Array($0.utf8)) }
                let answer = try await client.token(
                    [
                        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
                        ("assertion", text.joined(separator: ".")),
                    ],
                    basic: nil
                )
                #expect(answer.error == "invalid_grant")
                #expect(answer.text?.contains("U+0000") == true)
            }
        }
    }

    @Test(
        "security 1.16: a text that can be no consumer key is not looked up",
        arguments: [
            "", "3MVG9orders.key ", "3MVG9orders\u{2E}\u{6B}\u{65}\u{79}\u{301}", String(repeating: "a", count: 257),
        ]
    )
    func implausibleKeys(key: String) async throws {
        try await TestServer.run(on: .sqlite) { server, client in
            try await server.deploy(AppMother())
            let answer = try await client.token(
                [("grant_type", "client_credentials"), ("client_id", key), ("client_secret", AppMother.secret)],
                basic: nil
            )
            #expect(answer.error == (key.isEmpty ? "invalid_request" : "invalid_client_id"))
        }
    }
}
