import OAuthTypes
import Testing

@testable import AuthorizationServer

@Suite("PKCE")
struct PKCETests {
    /// The example of RFC 7636 appendix B.
    private static let verifier = Secret("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    private static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

    private func code(_ body: () throws(OAuthError) -> Void) -> OAuthErrorCode? {
        do throws(OAuthError) {
            try body()
            return nil
        } catch {
            return error.code
        }
    }

    @Test("RFC 7636 appendix B: the verifier of the example fits its challenge")
    func example() {
        #expect(code { () throws(OAuthError) in try PKCE.verify(Self.verifier, challenge: Self.challenge) } == nil)
    }

    @Test(
        "RFC 7636 section 4.6: a verifier with one character changed, added or taken does not fit",
        arguments: [
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXK", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk0",
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjX", "dBjftJeZ4CVP+mB92K27uhbUJU1p1r/wW1gFWFOEjXk", "",
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk=",
        ]
    )
    func mismatch(verifier: String) {
        let refused = code { () throws(OAuthError) in try PKCE.verify(Secret(verifier), challenge: Self.challenge) }
        #expect(refused == .invalidRequest)
    }

    @Test("RFC 9700 section 2.1.1: a verifier without a challenge, or the other way round, is a downgrade and refused")
    func downgrade() {
        #expect(code { () throws(OAuthError) in try PKCE.verify(nil, challenge: nil) } == nil)
        #expect(code { () throws(OAuthError) in try PKCE.verify(nil, challenge: Self.challenge) } == .invalidGrant)
        #expect(code { () throws(OAuthError) in try PKCE.verify(Self.verifier, challenge: nil) } == .invalidGrant)
    }

    @Test(
        "RFC 7636 section 4.2: a challenge is 43 base64url characters of 32 bytes, and S256 is the one method",
        arguments: [
            ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "plain"),
            ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "s256"),
            ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=", "S256"),
            ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM", "S256"),
            ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN", "S256"),
            ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c", "S256"), ("", "S256"),
        ]
    )
    func form(challenge: String, method: String) {
        let refused = code { () throws(OAuthError) in _ = try PKCE.challenge(challenge, method: method) }
        #expect(refused == .invalidRequest)
    }

    @Test(
        "RFC 7636 section 4.3: a method without a challenge is refused; a challenge without one is S256, as the original has it"
    )
    func method() throws {
        #expect(try PKCE.challenge(Self.challenge, method: nil) == Self.challenge)
        #expect(try PKCE.challenge(Self.challenge, method: "S256") == Self.challenge)
        #expect(try PKCE.challenge(nil, method: nil) == nil)
        let refused = code { () throws(OAuthError) in _ = try PKCE.challenge(nil, method: "S256") }
        #expect(refused == .invalidRequest)
    }
}
