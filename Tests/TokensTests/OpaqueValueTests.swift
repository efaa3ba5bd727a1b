import OAuthTypes
import Testing
import Tokens

@Suite("Opaque values")
struct OpaqueValueTests {
    private let org = "00DSG000009FYVd"

    @Test("tokens 4: org id, exclamation mark, and at least 128 random bits in the original's alphabet")
    func opaqueToken() {
        var randomness = SeededRandomness(state: 3)
        let token = OpaqueToken.generate(org: org, using: &randomness).revealed
        #expect(token.wholeMatch(of: /00DSG000009FYVd!A[QR][0-9A-Za-z._]{94}/) != nil)
        #expect(OpaqueToken.generate(org: org, using: &randomness).revealed != token)
        #expect(OpaqueToken.orgPart(of: token) == org)
    }

    @Test(
        "tokens 4: what has another form names no org",
        arguments: [
            "", "00DSG000009FYVd", "00DSG000009FYVd!", "00DSG000009FYV!AQabc", "005SG000009FYVd!AQabc",
            "00DSG000009FYVd!AQ-abc", "00DSG000009FYVd!AQ abc", "00DSG00000é9FYV!AQabc", "eyJ0bmsi.eyJ.abc",
        ]
    )
    func otherForms(text: String) {
        #expect(OpaqueToken.orgPart(of: text) == nil)
    }

    @Test("RFC 6749 section 10.10: refresh tokens and codes are long, random and need no escapes")
    func refreshTokenAndCode() {
        var randomness = SystemRandomNumberGenerator()
        let refreshTokens = (0..<100).map { _ in RefreshTokenText.generate(using: &randomness).revealed }
        let codes = (0..<100).map { _ in AuthorizationCodeText.generate(using: &randomness).revealed }
        #expect(refreshTokens.allSatisfy { $0.wholeMatch(of: /5Aep861[0-9A-Za-z]{80}/) != nil })
        #expect(codes.allSatisfy { $0.wholeMatch(of: /aPrx[0-9A-Za-z]{60}/) != nil })
        #expect(Set(refreshTokens).count == 100)
        #expect(Set(codes).count == 100)
    }

    @Test("FIPS 180-4: the digest of a token is its SHA-256")
    func digest() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(hex(TokenDigest.sha256("abc")) == expected)
        #expect(hex(TokenDigest.sha256(Array("abc".utf8))) == expected)
    }

    @Test("tokens 3: signature is the base64 HMAC-SHA-256 of id and issued_at (values from OpenSSL)")
    func responseSignature() {
        let secret = Secret("7890123456789012345")
        let id = "https://login.example.com/id/00Dxx0000001gPLEAY/005xx000001SwiUAAS"
        #expect(
            ResponseSignature.base64(secret: secret, id: id, issuedAt: "1736530186928")
                == "1Ym4ibxNazlguxp3et6Cf+16s+dFaI5RFpeeJsFDvWs="
        )
        #expect(
            ResponseSignature.base64(secret: secret, id: id, issuedAt: "1736530186931")
                == "Iu8cn5Q3xZYyfhzmoXZIJdMVRy8YiIRx1I5Eob8MA2I="
        )
    }
}
