import Crypto
import CryptoExtras
import OAuthTypes
import SignetVerifier
import Testing

@Suite("TokenVerifier")
struct TokenVerifierTests {
    private let now = TokenMother.now

    private func refusal(_ token: String, _ verifier: TokenVerifier? = nil, at moment: Timestamp? = nil) throws
        -> TokenRefusal.Reason?
    {
        let verifier = try verifier ?? TokenMother().verifier()
        do {
            _ = try verifier.verify(token, at: moment ?? now)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test("tokens 2.2: a token of the shape of sample A verifies and says what it says")
    func valid() throws {
        let mother = try TokenMother()
        let token = try mother.verifier(scopes: "api").verify(mother.token(), at: now)
        #expect(token.subject == .user("005SG000008eiAbYAI"))
        #expect(token.scopes.text == "refresh_token web api")
        #expect(token.audiences == ["https://acme.example"])
        #expect(token.clientID == "3MVG9abc")
        #expect(token.expiresAt == Timestamp(seconds: 1_730_386_695))
        #expect(token.notBefore == Timestamp(seconds: 1_730_386_620))
        #expect(token.tenantKey == "core/prod/00DSG000009FYVd2AO")
    }

    @Test(
        "RFC 8725 section 3: a token with one claim bent is refused for that claim",
        arguments: [
            ("iss", #""https://evil.example""#, TokenRefusal.Reason.wrongIssuer),
            ("iss", #""https://acme.example/""#, .wrongIssuer), ("iss", #""https://ACME.example""#, .wrongIssuer),
            ("iss", nil, .invalidClaim("iss")), ("iss", "1", .invalidClaim("iss")),
            ("iss", #"["https://acme.example"]"#, .invalidClaim("iss")),
            ("iss", #""""#, .invalidClaim("iss")),
            ("aud", #"["https://other.example"]"#, .wrongAudience),
            ("aud", #""https://other.example""#, .wrongAudience),
            ("aud", "[]", .wrongAudience), ("aud", nil, .invalidClaim("aud")), ("aud", "[1]", .invalidClaim("aud")),
            ("aud", #"["https://acme.example",1]"#, .invalidClaim("aud")), ("aud", "{}", .invalidClaim("aud")),
            ("aud", #""https://acme.example https://x.example""#, .wrongAudience),
            ("exp", "1730386635", .expired), ("exp", "1", .expired), ("exp", nil, .invalidClaim("exp")),
            ("exp", #""1730386695""#, .invalidClaim("exp")), ("exp", "-1", .invalidClaim("exp")),
            ("exp", "1e400", .invalidClaim("exp")),
            ("exp", "99999999999999999999", .invalidClaim("exp")), ("exp", "null", .invalidClaim("exp")),
            ("exp", "true", .invalidClaim("exp")),
            ("nbf", "1730386636", .notYetValid), ("nbf", #""soon""#, .invalidClaim("nbf")),
            ("iat", #""now""#, .invalidClaim("iat")),
            ("sub", nil, .invalidClaim("sub")), ("sub", "5", .invalidClaim("sub")),
            ("sub", #""uvid:1b4e28ba""#, .wrongSubjectKind),
            ("sub", #""005SG000008eiAbYAI""#, .wrongSubjectKind),
            ("scp", #"["api"]"#, .invalidClaim("scp")), ("scp", #""a\"b""#, .invalidClaim("scp")),
            ("sub", #""uid:""#, .wrongSubjectKind), ("sub", #""uid:x""#, .wrongSubjectKind),
            ("sub", #""uid:005SG000008eiAbYAX""#, .wrongSubjectKind),
            ("cnf", #"{"jkt":"x"}"#, .senderConstrained),
            ("client_id", "7", .invalidClaim("client_id")), ("jti", "7", .invalidClaim("jti")),
        ] as [(String, String?, TokenRefusal.Reason)]
    )
    func bentClaims(name: String, value: String?, reason: TokenRefusal.Reason) throws {
        let mother = try TokenMother()
        #expect(try refusal(mother.claim(name, value).token()) == reason)
    }

    @Test(
        "RFC 7515 section 5.2, RFC 8725 section 3.11: a token with one header member bent is refused for it",
        arguments: [
            ("typ", #""at+jwt2""#, TokenRefusal.Reason.wrongType), ("typ", nil, .wrongType), ("typ", "1", .wrongType),
            ("typ", #""secevent+jwt""#, .wrongType), ("tty", nil, .wrongType), ("tty", #""other""#, .wrongType),
            ("kid", nil, .missingKeyID), ("kid", "1", .missingKeyID), ("kid", #""CORE_ATJWT.other""#, .unknownKey),
            ("kid", #""""#, .unknownKey),
            ("alg", #""none""#, .algorithmMismatch), ("alg", #""NONE""#, .algorithmMismatch),
            ("alg", #""HS256""#, .algorithmMismatch),
            ("alg", #""ES256""#, .algorithmMismatch), ("alg", #""PS256""#, .algorithmMismatch),
            ("alg", #""RS512""#, .algorithmMismatch),
            ("alg", #""rs256""#, .algorithmMismatch), ("alg", nil, .malformed), ("alg", "256", .malformed),
            ("crit", #"["exp"]"#, .criticalHeader), ("crit", "[]", .criticalHeader),
        ] as [(String, String?, TokenRefusal.Reason)]
    )
    func bentHeader(name: String, value: String?, reason: TokenRefusal.Reason) throws {
        let mother = try TokenMother()
        #expect(try refusal(mother.header(name, value).token()) == reason)
    }

    @Test("RFC 7515 section 7.1: what is not three base64url segments of JSON objects is malformed")
    func malformed() throws {
        let mother = try TokenMother()
        let token = try mother.token()
        let parts = token.split(separator: ".").map(String.init)
        let bent = [
            "", ".", "..", "...", "a.b.c", parts[0], "\(parts[0]).\(parts[1])", token + ".", token + ".x", "." + token,
            token + "=",
            token + "\n", " " + token, parts[0] + "=." + parts[1] + "." + parts[2],
            "\(parts[0]).\(parts[1])+.\(parts[2])",
            "\(Base64URL.encode("[]".utf8)).\(parts[1]).\(parts[2])",
            "\(Base64URL.encode("null".utf8)).\(parts[1]).\(parts[2])",
        ]
        for token in bent {
            let reason = try refusal(token)
            #expect(reason == .malformed || reason == .badSignature, "\(token.prefix(40))")
        }
        #expect(try refusal(mother.token(claimsText: "[1]")) == .malformed)
        #expect(try refusal(mother.token(claimsText: mother.claimsJSON + "{}")) == .malformed)
        #expect(try refusal(mother.token(claimsText: "\u{FEFF}" + mother.claimsJSON)) == .malformed)
    }

    @Test("RFC 8725 section 2.4, RFC 7519 section 4: a member name that stands twice is refused, in header and claims")
    func duplicates() throws {
        let mother = try TokenMother()
        let claims = String(mother.claimsJSON.dropLast()) + #","iss":"https://acme.example"}"#
        #expect(try refusal(mother.token(claimsText: claims)) == .duplicateMember("iss"))
        let header = String(mother.headerJSON.dropLast()) + #","alg":"RS256"}"#
        #expect(try refusal(mother.token(headerText: header)) == .duplicateMember("alg"))
        let escaped = String(mother.claimsJSON.dropLast()) + #","\u0069ss":"https://acme.example"}"#
        #expect(try refusal(mother.token(claimsText: escaped)) == .duplicateMember("iss"))
    }

    @Test("RFC 7515 section 5.2: a changed header, payload or signature does not verify")
    func tampered() throws {
        let mother = try TokenMother()
        let parts = try mother.token().split(separator: ".").map(String.init)
        let other = try mother.claim("sub", #""uid:005SG000008eiAbYAJ""#).token().split(separator: ".").map(String.init)
        #expect(try refusal("\(parts[0]).\(other[1]).\(parts[2])") == .badSignature)
        #expect(try refusal("\(parts[0]).\(parts[1]).\(other[2])") == .badSignature)
        #expect(try refusal("\(parts[0]).\(parts[1]).") == .badSignature)
        #expect(try refusal("\(parts[0]).\(parts[1]).AAAA") == .badSignature)
    }

    @Test("RFC 8725 section 2.1: a MAC made with the RSA public key as its secret is refused")
    func keyConfusion() throws {
        let mother = try TokenMother()
        let input =
            Base64URL.encode(mother.header("alg", #""HS256""#).headerJSON.utf8) + "."
            + Base64URL.encode(mother.claimsJSON.utf8)
        let secret = SymmetricKey(data: Array(mother.key.publicKey.pemRepresentation.utf8))
        let mac = HMAC<SHA256>.authenticationCode(for: Array(input.utf8), using: secret)
        #expect(try refusal(input + "." + Base64URL.encode(mac)) == .algorithmMismatch)
    }

    @Test("RFC 7519 section 4.1.4: a token is refused on and after exp, and the leeway is the configured one")
    func expiryEdges() throws {
        let mother = try TokenMother()
        let token = try mother.token()
        let expiry = Timestamp(seconds: 1_730_386_695)
        #expect(try refusal(token, at: expiry - TimeSpan(milliseconds: 1)) == nil)
        #expect(try refusal(token, at: expiry) == .expired)
        let lenient = try mother.verifier(leeway: .seconds(30))
        #expect(try refusal(token, lenient, at: expiry + TimeSpan(milliseconds: 29_999)) == nil)
        #expect(try refusal(token, lenient, at: expiry + .seconds(30)) == .expired)
        #expect(try refusal(token, at: Timestamp(seconds: 1_730_386_620)) == nil)
        #expect(try refusal(token, at: Timestamp(seconds: 1_730_386_619)) == .notYetValid)
    }

    @Test("RFC 6750 section 3.1: a missing scope is named")
    func scopes() throws {
        let mother = try TokenMother()
        let verifier = try mother.verifier(scopes: "api full")
        #expect(try refusal(mother.token(), verifier) == .insufficientScope(missing: ScopeSet(parsing: "full")))
        #expect(
            try refusal(mother.claim("scp", nil).token(), verifier)
                == .insufficientScope(missing: ScopeSet(parsing: "api full"))
        )
        #expect(
            try refusal(mother.claim("scp", #""apis full""#).token(), verifier)
                == .insufficientScope(missing: ScopeSet(parsing: "api"))
        )
    }

    @Test("RFC 8725 section 3.1: keys and key addresses in the header are never looked at")
    func embeddedKeys() throws {
        let mother = try TokenMother()
        let attacker = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let numbers = try attacker.publicKey.getKeyPrimitives()
        let jwk = #"{"kty":"RSA","n":"\#(Base64URL.encode(numbers.modulus))","e":"AQAB"}"#
        let header = mother.header("jwk", jwk).header("jku", #""https://evil.example/keys""#).headerJSON
        let input = Base64URL.encode(header.utf8) + "." + Base64URL.encode(mother.claimsJSON.utf8)
        let signature = try attacker.signature(for: SHA256.hash(data: Array(input.utf8)), padding: .insecurePKCS1v1_5)
        #expect(try refusal(input + "." + Base64URL.encode(signature.rawRepresentation)) == .badSignature)
    }

    @Test("tokens 6: a token past the configured size is refused before anything is decoded")
    func size() throws {
        #expect(try refusal(String(repeating: "a", count: 16_385)) == .tooLarge)
    }

    @Test(
        "RFC 9068 section 2.2: a token of that profile without a claim that it requires is refused for that claim",
        arguments: ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"]
    )
    func requiredClaims(name: String) throws {
        let modern = try TokenMother().rfc9068
        #expect(try refusal(modern.token()) == nil)
        #expect(try refusal(modern.claim(name, nil).token()) == .invalidClaim(name))
        #expect(try refusal(modern.claim(name, "null").token()) == .invalidClaim(name))
    }

    @Test(
        "RFC 9068 section 4: only typ at+jwt, or with application/ before it, is of that profile",
        arguments: [
            (#""at+jwt""#, true), (#""AT+JWT""#, true), (#""application/at+jwt""#, true), (#""JWT""#, false),
            (#""at+jwt ""#, false), (#""at+jw""#, false), (#""text/at+jwt""#, false), (#"["at+jwt"]"#, false),
        ]
    )
    func type(value: String, isTaken: Bool) throws {
        let token = try TokenMother().rfc9068.header("typ", value).token()
        #expect(try refusal(token) == (isTaken ? nil : .wrongType))
    }

    @Test(
        "RFC 7519 section 4.1.6: an iat that lies ahead is refused, past the leeway or the 15 seconds of a dated back nbf"
    )
    func issuedInFuture() throws {
        let mother = try TokenMother()
        let lenient = try mother.verifier(leeway: .seconds(30))
        for token in [mother.claim("nbf", nil), mother.rfc9068.claim("nbf", nil)] {
            let issued = now.seconds + 15
            #expect(try refusal(token.claim("iat", "\(issued)").token()) == nil)
            #expect(try refusal(token.claim("iat", "\(issued + 1)").token()) == .issuedInFuture)
            #expect(try refusal(token.claim("iat", "\(issued + 15)").token(), lenient) == nil)
            #expect(try refusal(token.claim("iat", "\(issued + 16)").token(), lenient) == .issuedInFuture)
        }
    }

    @Test("RFC 7515 section 5.3: iss, aud and member names are compared byte by byte, never as Unicode would have them")
    func bytes() throws {
        let mother = try TokenMother()
        let configuration = VerifierConfiguration(issuer: "https://K.example", audiences: ["K"])
        let verifier = TokenVerifier(configuration: configuration, keys: try VerificationKeySet(jwks: mother.jwks()))
        let plain = mother.claim("iss", #""https://K.example""#).claim("aud", #""K""#)
        #expect(try refusal(plain.token(), verifier) == nil)
        let kelvin = "\u{212A}"
        #expect("K" == kelvin)
        #expect(try refusal(plain.claim("iss", "\"https://\(kelvin).example\"").token(), verifier) == .wrongIssuer)
        #expect(try refusal(plain.claim("aud", "\"\(kelvin)\"").token(), verifier) == .wrongAudience)
        #expect(try refusal(plain.claim("aud", "[\"\(kelvin)\"]").token(), verifier) == .wrongAudience)
        let both = String(mother.claimsJSON.dropLast()) + ",\"K\":1,\"\(kelvin)\":2}"
        let token = try mother.verifier().verify(mother.token(claimsText: both), at: now)
        #expect(token.claims["K"] == .integer(1))
        #expect(token.claims[kelvin] == .integer(2))
    }

    @Test("RFC 8725 section 3.1: alg of another key type, or none, is refused with every kind of key")
    func algorithms() throws {
        let mother = try TokenMother()
        for example in [SignatureExample.rfc7515A2, .rfc7515A3, .rfc8037A4] {
            let keys = try VerificationKeySet(jwks: example.jwks(kid: TokenMother.kid))
            let configuration = VerifierConfiguration(issuer: TokenMother.issuer, audiences: [TokenMother.audience])
            let verifier = TokenVerifier(configuration: configuration, keys: keys)
            for algorithm in ["none", "HS256", "RS256", "ES256", "EdDSA", "PS256", "RS512", "ES384"] {
                let reason: TokenRefusal.Reason =
                    algorithm == example.algorithm ? .badSignature : .algorithmMismatch
                let token = try mother.header("alg", "\"\(algorithm)\"").token()
                #expect(try refusal(token, verifier) == reason)
                let unsigned = token.split(separator: ".").prefix(2).joined(separator: ".") + "."
                #expect(try refusal(unsigned, verifier) == reason)
            }
        }
    }

    @Test("RFC 9068 section 4: only the profiles that are configured are accepted")
    func profiles() throws {
        let mother = try TokenMother()
        let modern = try mother.rfc9068.token()
        #expect(try refusal(modern) == nil)
        #expect(try refusal(modern, mother.verifier(profiles: [.salesforce])) == .wrongType)
        #expect(try refusal(mother.token(), mother.verifier(profiles: [.rfc9068])) == .wrongType)
    }
}
