/// A refusal: the code that goes over the wire, a text for the caller, and a detail for the operator alone.
///
/// The writers of the web server turn one into JSON, a redirect, a page or a bearer challenge; nothing else does.
public struct OAuthError: Error, Hashable, Sendable {
    /// The code on the wire.
    public let code: OAuthErrorCode
    /// What the caller reads as `error_description`: what is wrong and what to do. It repeats nothing that was sent.
    public let text: String
    /// What only the log says; never sent. It holds no secret and no token.
    public let detail: String?

    /// A refusal with its code, public text and private detail.
    public init(_ code: OAuthErrorCode, _ text: String, detail: String? = nil) {
        self.code = code
        self.text = text
        self.detail = detail
    }

    /// The refusal of everything that needs a database which cannot be reached (RFC 6749 section 4.1.2.1, `temporarily_unavailable`).
    public static let databaseUnavailable = OAuthError(
        .temporarilyUnavailable,
        "The server cannot reach its database at the moment; try again in a few seconds."
    )
}

/// The closed list of error codes that Signet answers with (RFC 6749 sections 4.1.2.1 and 5.2, RFC 7009 section 2.2.1,
/// RFC 8628 section 3.5, OpenID Connect Core section 3.1.2.6, and the original's own words).
///
/// - Refused at the authorization endpoint (RFC 6749 section 4.1.2.1): `access_denied`, `unsupported_response_type`,
///   `server_error`, `temporarily_unavailable`; without asking the user (OpenID Connect Core section 3.1.2.6):
///   `login_required`, `interaction_required`, and `immediate_unsuccessful` in the original's words.
/// - Refused at the token endpoint (RFC 6749 section 5.2): `invalid_request`, `invalid_client`, `invalid_grant`,
///   `unsupported_grant_type`, `invalid_scope`.
/// - Refused with a token (RFC 6750 section 3.1): `invalid_token`, `insufficient_scope`; at revocation (RFC 7009
///   section 2.2.1): `unsupported_token_type`.
/// - The original's own (facts: flows): the rest. They tell apart what the RFCs leave in one code, as an unknown
///   consumer key (`invalid_client_id`) from a wrong secret, and say who must act, as `inactive_user` and
///   `invalid_app_access` do.
public enum OAuthErrorCode: String, Hashable, Sendable, CaseIterable {
    case accessDenied = "access_denied"
    case badJTIClaim = "bad_jti_claim"
    case externalClientAppNotFound = "OAUTH_EC_APP_NOT_FOUND"
    case immediateUnsuccessful = "immediate_unsuccessful"
    case inactiveOrg = "inactive_org"
    case inactiveUser = "inactive_user"
    case insufficientScope = "insufficient_scope"
    case interactionRequired = "interaction_required"
    case invalidAppAccess = "invalid_app_access"
    case invalidAssertionType = "invalid_assertion_type"
    case invalidClient = "invalid_client"
    case invalidClientID = "invalid_client_id"
    case invalidGrant = "invalid_grant"
    case invalidRequest = "invalid_request"
    case invalidScope = "invalid_scope"
    case invalidSessionLevel = "invalid_session_level"
    case invalidToken = "invalid_token"
    case loginRequired = "login_required"
    case redirectURIMismatch = "redirect_uri_mismatch"
    case redirectURIMissing = "redirect_uri_missing"
    case appBlocked = "app_blocked"
    case serverError = "server_error"
    case temporarilyUnavailable = "temporarily_unavailable"
    case unsupportedGrantType = "unsupported_grant_type"
    case unsupportedResponseType = "unsupported_response_type"
}
