import OAuthTypes
import Testing

@testable import AuthorizationServer

@Suite("Token requests")
struct GrantRequestTests {
    private func code(_ form: String) -> OAuthErrorCode? {
        do throws(OAuthError) {
            _ = try GrantRequest(FormFields(urlEncoded: Array(form.utf8)))
            return nil
        } catch {
            return error.code
        }
    }

    private static let jwtBearer = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"

    @Test(
        "RFC 6749 section 5.2: a request without a parameter that its grant needs is invalid_request",
        arguments: [
            "", "grant_type=", "grant_type=authorization_code", "grant_type=authorization_code&code=c",
            "grant_type=authorization_code&redirect_uri=r", "grant_type=authorization_code&code=&redirect_uri=r",
            "grant_type=refresh_token", "grant_type=refresh_token&refresh_token=", jwtBearer, jwtBearer + "&assertion=",
        ]
    )
    func missing(form: String) { #expect(code(form) == .invalidRequest) }

    @Test(
        "RFC 6749 section 3.2: a parameter that stands twice is invalid_request, one of the grant's or not",
        arguments: ["scope=a&scope=a", "grant_type=client_credentials", "client_id=a&client_id=b", "x=1&x=2"]
    )
    func repeated(more: String) { #expect(code("grant_type=client_credentials&" + more) == .invalidRequest) }

    @Test(
        "RFC 6749 section 5.2: a grant type that is not one of the closed list is unsupported_grant_type",
        arguments: [
            "password", "implicit", "device", "Authorization_Code", "client_credentials%20",
            "urn:ietf:params:oauth:grant-type:token-exchange",
        ]
    )
    func unsupported(name: String) { #expect(code("grant_type=" + name) == .unsupportedGrantType) }

    @Test("RFC 6749 section 3.3: a scope with a character that is not allowed is invalid_scope")
    func scope() {
        #expect(code("grant_type=refresh_token&refresh_token=t&scope=a%22b") == .invalidScope)
        #expect(code("grant_type=refresh_token&refresh_token=t&scope=a+b") == nil)
    }

    private func credentials(_ form: String, basic: BasicCredentials? = nil) throws(OAuthError) -> String {
        let fields = try FormFields(urlEncoded: Array(form.utf8))
        switch try ClientCredentials(fields: fields, basic: basic) {
        case .none: return "none"
        case .identifier(let key): return "identifier \(key)"
        case .secret(let key, let secret, let method): return "secret \(key) \(secret.revealed) \(method)"
        case .assertion(let text, let key): return "assertion \(text) \(key ?? "-")"
        }
    }

    @Test("flows 3: a pair in the body beats the header, and a secret beats an assertion")
    func precedence() throws {
        let basic = BasicCredentials(consumerKey: "k", secret: Secret("header"))
        let assertion =
            "client_assertion=a&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        #expect(try credentials("client_id=k&client_secret=body", basic: basic) == "secret k body clientSecretPost")
        #expect(try credentials("", basic: basic) == "secret k header clientSecretBasic")
        #expect(try credentials("client_id=k", basic: basic) == "secret k header clientSecretBasic")
        #expect(try credentials(assertion + "&client_id=k&client_secret=s") == "secret k s clientSecretPost")
        #expect(try credentials(assertion) == "assertion a -")
        #expect(try credentials(assertion + "&client_id=k") == "assertion a k")
        #expect(try credentials("client_id=k") == "identifier k")
        #expect(try credentials("") == "none")
    }

    @Test("RFC 6749 section 2.3: a client_id that is not the header's is refused")
    func twoClients() {
        let basic = BasicCredentials(consumerKey: "k", secret: Secret("s"))
        let refused = #expect(throws: OAuthError.self) { try credentials("client_id=other", basic: basic) }
        #expect(refused?.code == .invalidRequest)
    }
}
