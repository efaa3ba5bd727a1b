import AuthorizationServer
import Crypto
import CryptoExtras
import Foundation
import HTTPTypes
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing
import Tokens

@Suite("Forged tokens")
struct ForgedTokenTests {
    /// A real token taken apart, and the keys of the server to make near ones with.
    private struct Forge: Sendable {
        let header: String
        let claims: String
        let signature: String
        let accessTokenKey: _RSA.Signing.PrivateKey
        let idTokenKey: _RSA.Signing.PrivateKey
        let idTokenKeyID: String

        init(_ token: String, _ server: TestServer) async throws {
            let parts = token.split(separator: ".").map(String.init)
            header = String(decoding: try #require(Base64URL.decode(parts[0])), as: UTF8.self)
            claims = String(decoding: try #require(Base64URL.decode(parts[1])), as: UTF8.self)
            signature = parts[2]
            let org = server.org.id
            let records = try await server.database.read { try SigningKeys.all(org: org, on: $0) }
            func key(_ purpose: SigningKeyPurpose) throws -> (String, _RSA.Signing.PrivateKey) {
                let record = try #require(records.first { $0.purpose == purpose.rawValue })
                let context = KeyRing.sealContext(record.kid)
                let der = try server.server.masterKey.open(record.sealedPrivateKey, context: context)
                return (record.kid, try _RSA.Signing.PrivateKey(derRepresentation: Data(der)))
            }
            accessTokenKey = try key(.accessToken).1
            (idTokenKeyID, idTokenKey) = try key(.idToken)
        }

        static func input(_ header: String, _ claims: String) -> String {
            Base64URL.encode(header.utf8) + "." + Base64URL.encode(claims.utf8)
        }

        /// A token signed with RS256, by default by the server's own key: what is wrong with it is in what it says.
        func signed(header: String? = nil, claims: String? = nil, by key: _RSA.Signing.PrivateKey? = nil) throws
            -> String
        {
            let input = Self.input(header ?? self.header, claims ?? self.claims)
            let digest = SHA256.hash(data: Array(input.utf8))
            let made = try (key ?? accessTokenKey).signature(for: digest, padding: .insecurePKCS1v1_5)
            return input + "." + Base64URL.encode(made.rawRepresentation)
        }

        func header(_ old: String, _ new: String) throws -> String {
            let range = try #require(header.firstRange(of: old))
            return header.replacingCharacters(in: range, with: new)
        }

        func adding(_ member: String, to object: String) -> String { object.dropLast() + "," + member + "}" }
    }

    /// Asks every place that takes an access token, which must all refuse.
    private func expectRefused(_ token: String, _ client: Client, _ what: String) async throws {
        let userInfo = try await client.get("/services/oauth2/userinfo", bearer: token)
        #expect(userInfo.status == 401, "\(what)")
        #expect(userInfo.error == "invalid_token", "\(what)")
        #expect(userInfo.headers[.wwwAuthenticate]?.contains(#"error="invalid_token""#) == true, "\(what)")
        #expect(try await client.get("/services/data/v66.0/limits", bearer: token).status == 401, "\(what)")
        let introspection = try await client.post("/services/oauth2/introspect", [("token", token)])
        #expect(introspection.body == #"{"active":false}"#, "\(what)")
    }

    private func withForge(
        _ driver: TestDatabase,
        _ body: @escaping @Sendable (Forge, TestServer, Client, Client.Answer) async throws -> Void
    ) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let tokens = try await client.codeTokens()
            let forge = try await Forge(try tokens.string("access_token"), server)
            // Signed again unchanged it is good, so that what is refused below is refused for what was changed.
            let again = try await client.get("/services/oauth2/userinfo", bearer: try forge.signed())
            #expect(again.status == 200)
            try await body(forge, server, client, tokens)
        }
    }

    @Test(
        "RFC 8725 section 3.1: none, HS256 with the public key and alg of another key type are refused everywhere",
        arguments: TestDatabase.available
    )
    func algorithms(driver: TestDatabase) async throws {
        try await withForge(driver) { forge, _, client, _ in
            for name in ["none", "NONE", "None", ""] {
                let header = try forge.header(#""RS256""#, "\"\(name)\"")
                try await expectRefused(Forge.input(header, forge.claims) + ".", client, "alg \(name), unsigned")
                try await expectRefused(try forge.signed(header: header), client, "alg \(name), signed")
            }
            let publicKey = forge.accessTokenKey.publicKey
            let secrets = [
                Array(publicKey.pemRepresentation.utf8), Array(publicKey.derRepresentation),
                Array(try publicKey.getKeyPrimitives().modulus),
            ]
            for secret in secrets {
                let input = Forge.input(try forge.header(#""RS256""#, #""HS256""#), forge.claims)
                let key = SymmetricKey(data: secret)
                let mac = HMAC<SHA256>.authenticationCode(for: Array(input.utf8), using: key)
                try await expectRefused(input + "." + Base64URL.encode(mac), client, "HS256 with the public key")
            }
            for name in ["ES256", "EdDSA", "PS256", "RS384", "RS512", "rs256"] {
                let header = try forge.header(#""RS256""#, "\"\(name)\"")
                try await expectRefused(try forge.signed(header: header), client, "alg \(name)")
            }
            let ecdsa = P256.Signing.PrivateKey()
            let input = Forge.input(try forge.header(#""RS256""#, #""ES256""#), forge.claims)
            let signature = Base64URL.encode(try ecdsa.signature(for: Array(input.utf8)).rawRepresentation)
            try await expectRefused(input + "." + signature, client, "an ES256 signature")
        }
    }

    @Test(
        "RFC 8725 sections 3.8 and 3.11: an ID token is no access token, nor is one that its key signed",
        arguments: TestDatabase.available
    )
    func idToken(driver: TestDatabase) async throws {
        try await withForge(driver) { forge, _, client, tokens in
            try await expectRefused(try tokens.string("id_token"), client, "the ID token")
            let ownKey = try #require(try JSONScanner.object(Array(forge.header.utf8))["kid"]?.string)
            let header = try forge.header("\"\(ownKey)\"", "\"\(forge.idTokenKeyID)\"")
            let byOtherKey = try forge.signed(header: header, by: forge.idTokenKey)
            try await expectRefused(byOtherKey, client, "an access token of the ID token's key")
            try await expectRefused(try forge.signed(by: forge.idTokenKey), client, "the same under the other name")
            let type = try forge.header(#""sfdc-core-token""#, #""id_token""#)
            try await expectRefused(try forge.signed(header: type), client, "another tty")
            let modern = try forge.header(#""JWT""#, #""at+jwt""#)
            try await expectRefused(try forge.signed(header: modern), client, "a profile that is not issued here")
        }
    }

    @Test(
        "RFC 7519 section 4, RFC 7515 section 4.1.11: members that stand twice and crit are refused, though the key is ours",
        arguments: TestDatabase.available
    )
    func members(driver: TestDatabase) async throws {
        try await withForge(driver) { forge, _, client, _ in
            for member in [
                #""scp":"full""#, #""exp":9999999999"#, #""sub":"uid:005000000000000AAA""#, #""\u0065xp":1"#,
            ] {
                let claims = forge.adding(member, to: forge.claims)
                try await expectRefused(try forge.signed(claims: claims), client, "claim \(member) twice")
            }
            for member in [#""alg":"RS256""#, #""kid":"x""#, #""crit":["exp"]"#, #""crit":[]"#] {
                let header = forge.adding(member, to: forge.header)
                try await expectRefused(try forge.signed(header: header), client, "header \(member)")
            }
            let stranger = try _RSA.Signing.PrivateKey(keySize: .bits2048)
            let numbers = try stranger.publicKey.getKeyPrimitives()
            let modulus = Base64URL.encode(numbers.modulus)
            let header = forge.adding(#""jwk":{"kty":"RSA","n":"\#(modulus)","e":"AQAB"}"#, to: forge.header)
            try await expectRefused(try forge.signed(header: header, by: stranger), client, "a key in the header")
            try await expectRefused(try forge.signed(by: stranger), client, "a stranger's key")
        }
    }

    @Test(
        "RFC 7517 section 4.5, security 1.4: a token of a revoked key is dead at once, and so is one that names the key again",
        arguments: TestDatabase.available
    )
    func revokedKey(driver: TestDatabase) async throws {
        try await withForge(driver) { forge, server, client, tokens in
            server.advance(.seconds(1))
            let keeper = KeyKeeper(database: server.database, masterKey: server.server.masterKey)
            _ = try await keeper.revokeAllJWTs(server.org.id, by: .server, now: server.now)
            try await server.server.directory.refresh(now: server.now)
            try await expectRefused(try tokens.string("access_token"), client, "the token")
            try await expectRefused(try forge.signed(), client, "a new one of the revoked key")
            let fresh = try await client.token([("grant_type", "client_credentials")]).string("access_token")
            #expect(try await client.get("/services/oauth2/userinfo", bearer: fresh).status == 200)
        }
    }
}
