import HTTPTypes
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("Forms of the identity")
struct IdentityFormTests {
    private static let header = HTTPField.Name("X-PrettyPrint")

    /// The two addresses that tell who a token's user is.
    private static func paths(_ server: TestServer) -> [String] {
        ["/services/oauth2/userinfo", "/id/\(server.org.id.rawValue)/\(server.user.id.rawValue)"]
    }

    private static func withToken(
        _ body: @escaping @Sendable (Client, _ paths: [String], _ token: String) async throws -> Void
    ) async throws {
        try await TestServer.run(on: .sqlite) { server, client in
            try await server.deploy(AppMother())
            try await body(client, paths(server), client.codeTokens().string("access_token"))
        }
    }

    @Test("flows 8.1: the addresses have a place for the version, the one that is asked for, or the latest")
    func version() async throws {
        try await Self.withToken { client, paths, token in
            for path in paths {
                for (query, shown) in [("", "{version}"), ("?version=61.0", "61.0"), ("?version=latest", "68.0")] {
                    let answer = try await client.get(path + query, bearer: token)
                    let urls = answer.json["urls"]?.object
                    #expect(urls?["sobjects"]?.string == "https://localhost/services/data/v\(shown)/sobjects/")
                }
                for wrong in ["61.0.0", "latest%22", "6e1"] {
                    let answer = try await client.get("\(path)?version=\(wrong)", bearer: token)
                    #expect(answer.status == 400)
                    #expect(answer.body.contains("version must be a number"))
                }
            }
        }
    }

    @Test("flows 8.1: format=xml and Accept ask for XML, a callback for a script, and the parameter beats the header")
    func formats() async throws {
        try await Self.withToken { client, paths, token in
            let xml: HTTPFields = [.authorization: "Bearer \(token)", .accept: "application/xml"]
            for path in paths {
                let parameter = try await client.get(path + "?format=xml", bearer: token)
                #expect(parameter.headers[.contentType]?.hasPrefix("application/xml") == true)
                #expect(parameter.body.contains("<email>ann@acme.example</email>"))
                #expect(try await client.send(.get, path, headers: xml).body == parameter.body)
                let json = try await client.send(.get, path + "?format=json", headers: xml)
                #expect(json.json["email"]?.string == "ann@acme.example")
                let script = try await client.get(path + "?callback=show", bearer: token)
                #expect(script.body.hasPrefix("/**/show({") && script.body.hasSuffix("});"))
                #expect(script.headers[.contentType]?.hasPrefix("text/javascript") == true)
                for wrong in ["?format=yaml", "?callback=a(b)"] {
                    #expect(try await client.get(path + wrong, bearer: token).status == 400)
                }
            }
        }
    }

    @Test("flows 8.2: X-PrettyPrint: 1 lays the same JSON out in lines")
    func pretty() async throws {
        try await Self.withToken { client, paths, token in
            var headers: HTTPFields = [.authorization: "Bearer \(token)"]
            headers[try #require(Self.header)] = "1"
            for path in paths {
                let plain = try await client.get(path, bearer: token)
                let pretty = try await client.send(.get, path, headers: headers)
                #expect(pretty.json == plain.json)
                #expect(pretty.body.contains("\n  \"email\": \"ann@acme.example\",\n"))
                #expect(!plain.body.contains("\n"))
            }
        }
    }

    @Test("flows 8.1: a post with the token and the format in its body is answered as a get is")
    func post() async throws {
        try await Self.withToken { client, paths, token in
            for path in paths {
                let form = [("oauth_token", token), ("format", "xml")]
                let posted = try await client.post(path, form, basic: nil)
                #expect(posted.body == (try await client.get(path + "?format=xml", bearer: token)).body)
                #expect(try await client.post(path + "?format=json", form, basic: nil).status == 400)
            }
        }
    }
}
