import Crypto
import OAuthTypes
import SignetVerifier
import Testing

@Suite("VerificationKeySet")
struct VerificationKeySetTests {
    @Test("RFC 7515 appendix A.3: the ES256 example's key and signature verify; ES256 in a token needs an EC key")
    func ecKey() throws {
        let jwks =
            #"{"keys":[{"kty":"EC","crv":"P-256","kid":"a3","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#
        #expect(try VerificationKeySet(jwks: Array(jwks.utf8)).keyIDs == ["a3"])
    }

    @Test("RFC 7517 section 5: keys of unknown type, use or algorithm are passed over, and keys without a name")
    func passedOver() throws {
        let jwks =
            #"{"keys":[{"kty":"oct","kid":"a","k":"AAAA"},{"kty":"RSA","kid":"b","use":"enc","n":"AAAA","e":"AQAB"},{"kty":"XX","kid":"c"},{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#
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
