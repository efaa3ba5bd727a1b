public import OAuthTypes

/// What a client presented to say who it is: read from the request once, judged by ``ClientAuthenticator``.
public enum ClientCredentials: Sendable {
    /// Nothing at all.
    case none
    /// A `client_id` without proof: a public client.
    case identifier(String)
    /// A consumer key and secret, in the body or by HTTP Basic (RFC 6749 section 2.3.1).
    case secret(consumerKey: String, secret: Secret, method: ClientAuthenticationMethod)
    /// A signed assertion (RFC 7523 section 2.2), and the `client_id` beside it if one was sent.
    case assertion(String, consumerKey: String?)

    /// The assertion type of RFC 7523 section 2.2.
    static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    /// Reads what was presented. A pair in the body beats the header, and the secret beats an assertion, as the original does.
    ///
    /// - Parameters:
    ///   - fields: the parameters of the body.
    ///   - basic: the credentials of the `Authorization` header, if it had the scheme Basic.
    /// - Throws: `invalid_request` for a repeated parameter, `invalid_assertion_type` for an unknown assertion type.
    public init(fields: FormFields, basic: BasicCredentials?) throws(OAuthError) {
        let consumerKey = try fields.value("client_id")
        if let consumerKey, let secret = try fields.value("client_secret") {
            self = .secret(consumerKey: consumerKey, secret: Secret(secret), method: .clientSecretPost)
        } else if let basic {
            if let consumerKey, consumerKey != basic.consumerKey {
                throw OAuthError(
                    .invalidRequest,
                    "The client_id of the body is not the one of the Authorization header; send one of them."
                )
            }
            self = .secret(consumerKey: basic.consumerKey, secret: basic.secret, method: .clientSecretBasic)
        } else if let assertion = try fields.value("client_assertion") {
            guard try fields.value("client_assertion_type") == Self.assertionType else {
                throw OAuthError(
                    .invalidAssertionType,
                    "client_assertion_type must be \(Self.assertionType) (RFC 7523 section 2.2)."
                )
            }
            self = .assertion(assertion, consumerKey: consumerKey)
        } else if let consumerKey {
            self = .identifier(consumerKey)
        } else {
            self = .none
        }
    }
}

/// A user name and password of an `Authorization: Basic` header, decoded by RFC 6749 section 2.3.1.
public struct BasicCredentials: Sendable {
    let consumerKey: String
    let secret: Secret

    /// Credentials that are decoded already.
    public init(consumerKey: String, secret: Secret) {
        self.consumerKey = consumerKey
        self.secret = secret
    }
}
