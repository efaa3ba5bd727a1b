import Crypto
import CryptoExtras
import Foundation
import HTTPTypes
import OAuthTypes
import Orgs
import Storage
import SwiftASN1
import TestSupport
import Testing
import X509

/// An app's key and certificate, and what its client signs with them.
struct AssertionSigner: Sendable {
    let key: _RSA.Signing.PrivateKey
    let pem: String

    /// Makes a key and a certificate that is valid for ten days from a time.
    init(validFrom start: Timestamp) throws {
        key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let name = try DistinguishedName { CommonName("orders.example") }
        let begin = Date(timeIntervalSince1970: TimeInterval(start.seconds))
        let certificate = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: Certificate.PublicKey(key.publicKey),
            notValidBefore: begin,
            notValidAfter: begin + 864_000,
            issuer: name,
            subject: name,
            signatureAlgorithm: .sha256WithRSAEncryption,
            extensions: Certificate.Extensions(),
            issuerPrivateKey: Certificate.PrivateKey(key)
        )
        pem = try certificate.serializeAsPEM().pemString
    }

    /// A signed assertion with claims as JSON text each.
    func assertion(_ claims: [String: String?]) throws -> String {
        let members = claims.compactMap { name, value in value.map { "\"\(name)\":\($0)" } }.joined(separator: ",")
        let input = [#"{"alg":"RS256"}"#, "{\(members)}"].map { Base64URL.encode(Array($0.utf8)) }.joined(
            separator: "."
        )
        let signature = try key.signature(for: SHA256.hash(data: Data(input.utf8)), padding: .insecurePKCS1v1_5)
        return input + "." + Base64URL.encode(Array(signature.rawRepresentation))
    }
}

@Suite("Assertions")
struct AssertionTests {
    /// The claims of a bearer assertion that is granted, each as JSON text.
    private static func claims(_ now: Timestamp, _ changes: [String: String?] = [:]) -> [String: String?] {
        let claims: [String: String?] = [
            "iss": "\"\(AppMother.key)\"", "sub": "\"ann@acme.example\"", "aud": "\"\(TestServer.issuer)\"",
            "exp": "\(now.seconds + 180)",
        ]
        return claims.merging(changes) { $1 }
    }

    private static func bearer(
        _ client: Client,
        _ assertion: String,
        _ more: [(String, String)] = [],
        basic: (String, String)? = nil
    ) async throws -> Client.Answer {
        try await client.token(
            [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion)] + more,
            basic: basic
        )
    }

    /// Made once, since a key takes its time.
    private static let signer = Task { try AssertionSigner(validFrom: TestServer.start) }

    /// A server whose app has the signer's certificate and the user's consent.
    private static func run(
        on driver: TestDatabase,
        _ body: @escaping @Sendable (TestServer, Client, AssertionSigner) async throws -> Void
    ) async throws {
        let signer = try await Self.signer.value
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother().global("certificate", signer.pem))
            _ = try await client.codeTokens()
            try await body(server, client, signer)
        }
    }

    @Test(
        "RFC 7523 section 3: a bearer assertion is granted with times in every form that clients send",
        arguments: TestDatabase.available
    )
    func granted(driver: TestDatabase) async throws {
        try await Self.run(on: driver) { server, client, signer in
            let now = server.now
            let forms: [[String: String?]] = [
                [:], ["exp": "\"\(now.seconds + 60)\""], ["exp": "\(now.milliseconds + 60_000)"],
                ["exp": "\(now.seconds).5"], ["aud": "[\"https://login.salesforce.com\"]"],
                ["iat": "\(now.seconds)", "nbf": "\"\(now.seconds)\"", "jti": "\"one\""],
            ]
            for form in forms {
                let answer = try await Self.bearer(client, signer.assertion(Self.claims(now, form)))
                #expect(answer.status == 200, "\(form): \(answer.body)")
            }
        }
    }

    @Test("RFC 7523 section 3: an assertion that has expired, lies ahead or has an unreadable time or jti is refused")
    func untimely() async throws {
        let bent: [[String: String?]] = [
            ["exp": nil], ["exp": "\"soon\""], ["exp": "-1"], ["exp": "1795566000"], ["exp": "1795700000"],
            ["nbf": "1795567000"], ["nbf": "\"1795567000\""], ["nbf": "1795567000.5"], ["nbf": "1795567000000"],
            ["nbf": "\"later\""], ["iat": "1795567000"], ["iat": "true"], ["jti": "\"\""], ["jti": "7"],
        ]
        try await Self.run(on: .sqlite) { server, client, signer in
            for changes in bent {
                let answer = try await Self.bearer(client, signer.assertion(Self.claims(server.now, changes)))
                #expect(answer.error == "invalid_grant", "\(changes): \(answer.body)")
            }
        }
    }

    @Test(
        "flows 5.4: without approval nothing is told of the state of a user, nor, where users approve, that there is one",
        arguments: TestDatabase.available
    )
    func unapproved(driver: TestDatabase) async throws {
        try await Self.run(on: driver) { server, client, signer in
            let (integration, now) = (server.integration.id, server.now)
            func answers() async throws -> [String] {
                var bodies: [String] = []
                for name in ["nobody@acme.example", "integration@acme.example"] {
                    let assertion = try signer.assertion(Self.claims(server.now, ["sub": "\"\(name)\""]))
                    bodies.append(try await Self.bearer(client, assertion).body)
                }
                return bodies
            }
            let approved = AppMother().global("certificate", signer.pem)
                .policy("permittedUsersPolicyType", "AdminApprovedPreAuthorized")
                .policy("commaSeparatedProfile", "System Administrator")
            let unknown = "user hasn't approved this consumer"
            for (app, known) in [
                (AppMother().global("certificate", signer.pem), unknown),
                (approved, "user is not admin approved to access this app"),
            ] {
                try await server.deploy(app)
                for isFrozen in [false, true] {
                    try await server.change {
                        try Users.setFrozen(integration, isFrozen, by: .server, now: now, on: $0)
                    }
                    let bodies = try await answers()
                    #expect(bodies[0].contains(unknown))
                    #expect(bodies[1].contains(known))
                }
            }
        }
    }

    @Test(
        "RFC 5280 section 4.1.2.5: a certificate outside its validity proves nothing, for a grant and for a client",
        arguments: TestDatabase.available
    )
    func expiredCertificate(driver: TestDatabase) async throws {
        try await Self.run(on: driver) { server, client, signer in
            server.advance(.days(10))
            #expect(try await Self.bearer(client, signer.assertion(Self.claims(server.now))).status == 200)
            server.advance(.seconds(1))
            let expired = try await Self.bearer(client, signer.assertion(Self.claims(server.now)))
            #expect(expired.error == "invalid_grant")
            #expect(expired.text?.contains("certificate is not valid now") == true)
            let early = try AssertionSigner(validFrom: server.now + .days(1))
            try await server.deploy(AppMother().global("certificate", early.pem))
            #expect(try await Self.bearer(client, early.assertion(Self.claims(server.now))).error == "invalid_grant")
            let proof = try early.assertion(Self.claims(server.now, ["sub": "\"\(AppMother.key)\"", "jti": "\"1\""]))
            #expect(try await Self.clientCredentials(client, proof).error == "invalid_client")
        }
    }

    private static func clientCredentials(_ client: Client, _ assertion: String) async throws -> Client.Answer {
        try await client.token(
            [
                ("grant_type", "client_credentials"), ("client_assertion", assertion),
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ],
            basic: nil
        )
    }

    @Test(
        "RFC 7523 section 3: a client authenticates with an assertion for this server alone, once",
        arguments: TestDatabase.available
    )
    func clientAuthentication(driver: TestDatabase) async throws {
        try await Self.run(on: driver) { server, client, signer in
            func proof(_ audience: String, _ id: String?) throws -> String {
                try signer.assertion(
                    Self.claims(
                        server.now,
                        ["sub": "\"\(AppMother.key)\"", "aud": "\"\(audience)\"", "jti": id.map { "\"\($0)\"" }]
                    )
                )
            }
            let first = try proof(TestServer.issuer, "1")
            #expect(try await Self.clientCredentials(client, first).status == 200)
            #expect(try await Self.clientCredentials(client, first).error == "invalid_client")
            let endpoint = try proof(TestServer.issuer + "/services/oauth2/token", "2")
            #expect(try await Self.clientCredentials(client, endpoint).status == 200)
            for audience in ["https://login.salesforce.com", "https://test.salesforce.com", "https://evil.example"] {
                let answer = try await Self.clientCredentials(client, proof(audience, audience))
                #expect(answer.error == "invalid_client")
            }
            #expect(try await Self.clientCredentials(client, proof(TestServer.issuer, nil)).error == "invalid_client")
        }
    }

    @Test(
        "flows 3: credentials beside a bearer assertion are validated and must be those of its issuer",
        arguments: TestDatabase.available
    )
    func credentialsBeside(driver: TestDatabase) async throws {
        try await Self.run(on: driver) { server, client, signer in
            var other = AppMother().global("consumerKey", "3MVG9other.key")
            other.name = "Other"
            try await server.deploy(other)
            let assertion = try signer.assertion(Self.claims(server.now))
            #expect(try await Self.bearer(client, assertion, [("client_id", AppMother.key)]).status == 200)
            #expect(try await Self.bearer(client, assertion, basic: (AppMother.key, AppMother.secret)).status == 200)
            #expect(try await Self.bearer(client, assertion, basic: (AppMother.key, "wrong")).error == "invalid_client")
            let body = [("client_id", AppMother.key), ("client_secret", "wrong")]
            #expect(try await Self.bearer(client, assertion, body).error == "invalid_client")
            let foreign = try await Self.bearer(client, assertion, basic: ("3MVG9other.key", AppMother.secret))
            #expect(foreign.error == "invalid_request")
            #expect(
                try await Self.bearer(client, assertion, [("client_id", "3MVG9other.key")]).error == "invalid_request"
            )
        }
    }
}
