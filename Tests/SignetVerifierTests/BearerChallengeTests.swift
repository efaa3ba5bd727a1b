import OAuthTypes
import SignetVerifier
import Testing

@Suite("BearerChallenge")
struct BearerChallengeTests {
    private func refusal(_ token: String, scopes: String = "") throws -> TokenRefusal {
        do {
            _ = try TokenMother().verifier(scopes: scopes).verify(token, at: TokenMother.now)
        } catch let refusal as TokenRefusal {
            return refusal
        }
        throw FetchFailure("the token was accepted")
    }

    @Test("RFC 6750 section 3.1: a request without a token gets a challenge without an error")
    func plain() {
        let challenge = BearerChallenge(realm: "api")
        #expect(challenge.description == #"Bearer realm="api""#)
        #expect(challenge.status == 401)
    }

    @Test("RFC 6750 section 3.1: a missing scope is 403 insufficient_scope and is named")
    func scope() throws {
        let challenge = BearerChallenge(realm: "api", refusal: try refusal(TokenMother().token(), scopes: "full"))
        #expect(challenge.status == 403)
        #expect(challenge.description.contains(#"error="insufficient_scope""#))
        #expect(challenge.description.contains(#"scope="full""#))
    }

    @Test("RFC 6750 section 3: no text of a realm or a token can end a quoted string or begin a header")
    func quoting() throws {
        #expect(
            BearerChallenge(realm: "a\"b\\c\r\nSet-Cookie: x").description == #"Bearer realm="a?b?c??Set-Cookie: x""#
        )
        let mother = try TokenMother()
        let claims = String(mother.claimsJSON.dropLast()) + #","evil name":1,"evil name":2}"#
        let challenge = BearerChallenge(realm: "api", refusal: try refusal(mother.token(claimsText: claims)))
        #expect(!challenge.description.contains("evil"))
    }
}
