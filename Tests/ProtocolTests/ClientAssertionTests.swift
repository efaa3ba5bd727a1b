import OAuthTypes
import TestSupport
import Testing

@Suite("Client assertions")
struct ClientAssertionTests {
    private static let type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    private func credentials(
        _ client: Client,
        _ assertion: String,
        _ more: [(String, String)] = [],
        type: String? = type
    )
        async throws -> Client.Answer
    {
        var form = [("grant_type", "client_credentials"), ("client_assertion", assertion)] + more
        if let type { form.append(("client_assertion_type", type)) }
        return try await client.token(form, basic: nil)
    }

    @Test(
        "RFC 7523 section 2.2: an assertion stands for the secret at every grant, with client_id beside it or without",
        arguments: TestDatabase.available
    )
    func accepted(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother.withCertificate)
            #expect(try await credentials(client, AssertionMother.client(id: "1").text()).status == 200)
            let named = try await credentials(
                client,
                AssertionMother.client(id: "2").text(),
                [("client_id", AppMother.key)]
            )
            #expect(named.status == 200)
            let toEndpoint = try AssertionMother.client(id: "3")
                .claim("aud", #""\#(TestServer.issuer)/services/oauth2/token""#)
            #expect(try await credentials(client, toEndpoint.text()).status == 200)
            let code = try #require(try await client.authorize()["code"])
            let tokens = try await client.token(
                [
                    ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", AppMother.callback),
                    ("code_verifier", Client.verifier), ("client_assertion_type", Self.type),
                    ("client_assertion", try AssertionMother.client(id: "4").text()),
                ],
                basic: nil
            )
            let refreshed = try await client.token(
                [
                    ("grant_type", "refresh_token"), ("refresh_token", try tokens.string("refresh_token")),
                    ("client_assertion_type", Self.type),
                    ("client_assertion", try AssertionMother.client(id: "5").text()),
                ],
                basic: nil
            )
            #expect(refreshed.status == 200)
        }
    }

    @Test(
        "RFC 7523 section 3: an assertion that is bent in one place is invalid_client, in words that say which",
        arguments: TestDatabase.available
    )
    func bent(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother.withCertificate)
            let mother = try AssertionMother.client(id: "1")
            let subject = "iss and sub must both be the client_id"
            let header = "its header must have alg RS256 and no crit"
            let bent: [(AssertionMother, String)] = [
                (mother.claim("sub", nil), subject), (mother.claim("sub", #""ann@acme.example""#), subject),
                (mother.claim("jti", nil), "jti is missing; send a new one with each assertion"),
                (mother.claim("exp", nil), "exp is missing; it is the time in seconds since 1970"),
                (
                    mother.claim("exp", "\(TestServer.start.seconds - 180)"),
                    "it has expired; make a new one with exp within 3 minutes"
                ),
                (
                    try mother.signedByAnother,
                    "its signature does not verify with the app's certificate; sign with that certificate's private key"
                ),
                (mother.header("alg", #""none""#), header), (mother.header("alg", #""HS256""#), header),
                (mother.header("crit", #"["b64"]"#), header),
            ]
            for (assertion, reason) in bent {
                let answer = try await credentials(client, assertion.text())
                #expect(answer.status == 400)
                #expect(answer.error == "invalid_client")
                #expect(answer.text == "invalid client credentials: invalid assertion: \(reason).")
            }
            for value in [nil, #""https://evil.example""#, "[]", #"["https://localhost","https://evil.example"]"#] {
                let answer = try await credentials(client, mother.claim("aud", value).text())
                #expect(answer.error == "invalid_client")
                #expect(
                    answer.text?.hasPrefix(
                        "invalid client credentials: Audience validation failed: audience is invalid; aud must be one of https://localhost"
                    ) == true
                )
            }
            let other = try await credentials(client, mother.text(), [("client_id", "3MVG9other")])
            #expect(other.error == "invalid_client")
            #expect(other.text == "invalid client credentials: invalid assertion: \(subject).")
        }
    }

    @Test(
        "flows 3: another assertion type is invalid_assertion_type, and an app without a certificate cannot use any",
        arguments: TestDatabase.available
    )
    func types(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother.withCertificate)
            let assertion = try AssertionMother.client(id: "1").text()
            for type in [nil, "urn:ietf:params:oauth:client-assertion-type:saml2-bearer", "", Self.type + " "] {
                let answer = try await credentials(client, assertion, type: type)
                #expect(answer.status == 400)
                #expect(answer.error == "invalid_assertion_type")
                #expect(answer.text == "client_assertion_type must be \(Self.type) (RFC 7523 section 2.2).")
            }
            let unknown = try AssertionMother.client(id: "2").claim("iss", #""3MVG9x""#).claim("sub", #""3MVG9x""#)
            #expect(try await credentials(client, unknown.text()).error == "invalid_client_id")
        }
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let answer = try await credentials(client, AssertionMother.client(id: "1").text())
            #expect(answer.error == "invalid_client")
            #expect(
                answer.text
                    == "invalid client credentials: invalid assertion: the app has no certificate; its developer "
                    + "uploads one to switch on the JWT bearer flow."
            )
        }
    }

    @Test(
        "flows 3: a secret that is sent with an assertion is what counts, and a wrong one is refused",
        arguments: TestDatabase.available
    )
    func secretBeside(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother.withCertificate)
            let wrong = try await credentials(
                client,
                AssertionMother.client(id: "1").text(),
                [("client_id", AppMother.key), ("client_secret", "wrong")]
            )
            #expect(wrong.error == "invalid_client")
            #expect(wrong.text == "invalid client credentials")
        }
    }

    @Test(
        "RFC 7523 section 3: of ten uses of one jti at once exactly one wins; the same jti in a bearer grant is another",
        arguments: TestDatabase.available
    )
    func replay(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother.preauthorized)
            let assertion = try AssertionMother.client(id: "a-1").text()
            let answers = try await withThrowingTaskGroup(of: Client.Answer.self) { group in
                for _ in 0..<10 { group.addTask { try await credentials(client, assertion) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.filter { $0.status == 200 }.count == 1)
            let refused = answers.filter { $0.status != 200 }
            #expect(refused.count == 9)
            for answer in refused {
                #expect(answer.error == "invalid_client")
                #expect(
                    answer.text == "invalid client credentials: invalid assertion: its jti was used before; send a new "
                        + "one with each assertion."
                )
            }
            let bearer = try AssertionMother.bearer().claim("jti", #""a-1""#).text()
            let grant = [
                ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", bearer),
            ]
            #expect(try await client.token(grant, basic: nil).status == 200)
        }
    }
}
