import Crypto
import OAuthTypes
import Testing

@testable import SignetVerifier

@Suite("VerificationKeySet")
struct VerificationKeySetTests {
    /// Whether the example's signature verifies with its key, and no longer when a byte of what was signed or of it changes.
    private func check(_ example: SignatureExample) throws {
        let key = try #require(try VerificationKeySet(jwks: example.jwks).key("example"))
        let token = try #require(CompactSegments(example.token))
        let signature = try #require(token.signature)
        #expect(key.algorithm == example.algorithm)
        #expect(key.isValid(signature, for: token.signingInput))
        var changed = signature
        changed[changed.count / 2] ^= 1
        #expect(!key.isValid(changed, for: token.signingInput))
        #expect(!key.isValid(signature, for: token.signingInput.dropLast()))
        #expect(!key.isValid(Array(signature.dropLast()), for: token.signingInput))
        #expect(!key.isValid([], for: token.signingInput))
    }

    @Test("RFC 7515 appendix A.2: the RS256 example verifies, and nothing near it does")
    func rs256() throws { try check(.rfc7515A2) }

    @Test("RFC 7515 appendix A.3: the ES256 example verifies, and nothing near it does")
    func es256() throws { try check(.rfc7515A3) }

    @Test("RFC 8037 appendix A.4: the Ed25519 example verifies, and nothing near it does")
    func edDSA() throws { try check(.rfc8037A4) }

    @Test("RFC 8725 section 3.1: no key verifies the signature of another kind of key")
    func otherKind() throws {
        let examples = [SignatureExample.rfc7515A2, .rfc7515A3, .rfc8037A4]
        for example in examples {
            let key = try #require(try VerificationKeySet(jwks: example.jwks).key("example"))
            for other in examples where other.algorithm != example.algorithm {
                let token = try #require(CompactSegments(other.token))
                let signature = try #require(token.signature)
                #expect(!key.isValid(signature, for: token.signingInput))
            }
        }
    }

    @Test(
        "RFC 7518 section 3.1, RFC 8725 section 3.1: a JWK whose alg is not that of its type is passed over",
        arguments: ["HS256", "none", "RS256", "ES256", "EdDSA", "PS256"]
    )
    func algorithmOfTheKey(algorithm: String) throws {
        for example in [SignatureExample.rfc7515A2, .rfc7515A3, .rfc8037A4] {
            let jwks = example.jwks(adding: #","alg":"\#(algorithm)""#)
            #expect(try VerificationKeySet(jwks: jwks).keyIDs.isEmpty == (algorithm != example.algorithm))
        }
    }

    @Test("RFC 7515 section 5.3: the name of a key is compared byte by byte")
    func bytesOfNames() throws {
        let jwks = SignatureExample.rfc7515A3.jwks(kid: "\u{212A}")
        let keys = try VerificationKeySet(jwks: jwks)
        #expect(keys.key("\u{212A}") != nil)
        #expect(keys.key("K") == nil)
    }

    @Test(
        "RFC 7517 section 9.2: a set that shows a private or symmetric key is refused whole, whatever else the key is",
        arguments: ["d", "p", "q", "dp", "dq", "qi", "oth", "k"]
    )
    func secretMember(name: String) throws {
        for value in [#""AAAA""#, "null", "[]"] {
            #expect(throws: VerificationKeySet.Invalid.self) {
                try VerificationKeySet(jwks: SignatureExample.rfc7515A3.jwks(adding: ",\"\(name)\":\(value)"))
            }
        }
        let oct = Array(#"{"keys":[{"kty":"oct","kid":"a","alg":"HS256","k":"AAAA"}]}"#.utf8)
        #expect(throws: VerificationKeySet.Invalid.self) { try VerificationKeySet(jwks: oct) }
    }

    @Test("RFC 7517 section 5: keys of unknown type, use or algorithm are passed over, and keys without a name")
    func passedOver() throws {
        let jwks =
            #"{"keys":[{"kty":"oct","kid":"a"},{"kty":"RSA","kid":"b","use":"enc","n":"AAAA","e":"AQAB"},{"kty":"XX","kid":"c"},{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#
        #expect(try VerificationKeySet(jwks: Array(jwks.utf8)).keyIDs.isEmpty)
    }

    @Test("RFC 8725 section 3.5: an RSA key below 2048 bits is passed over")
    func shortKey() throws {
        let modulus = Base64URL.encode([UInt8](repeating: 0xFF, count: 128))
        let jwks = #"{"keys":[{"kty":"RSA","kid":"short","n":"\#(modulus)","e":"AQAB"}]}"#
        #expect(try VerificationKeySet(jwks: Array(jwks.utf8)).keyIDs.isEmpty)
    }

    @Test("RFC 7517 section 9.2: a set with a private part, or with one name twice, is refused whole")
    func refused() throws {
        let mother = try TokenMother()
        #expect(throws: VerificationKeySet.Invalid.self) {
            try VerificationKeySet(jwks: mother.jwks(extra: #","d":"AAAA""#))
        }
        let one = String(decoding: try mother.jwks(), as: UTF8.self)
        let key = one.dropFirst(#"{"keys":["#.count).dropLast(2)
        #expect(throws: VerificationKeySet.Invalid.self) {
            try VerificationKeySet(jwks: Array(#"{"keys":[\#(key),\#(key)]}"#.utf8))
        }
        for text in ["", "[]", "{}", #"{"keys":{}}"#, #"{"keys":[1]}"#] {
            #expect(throws: VerificationKeySet.Invalid.self) { try VerificationKeySet(jwks: Array(text.utf8)) }
        }
    }
}
