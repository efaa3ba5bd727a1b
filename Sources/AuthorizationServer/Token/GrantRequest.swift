public import OAuthTypes

/// A token request with its parameters read: one case for each grant type, and nothing that the grant does not use.
public enum GrantRequest: Sendable {
    /// RFC 6749 section 4.1.3, RFC 7636 section 4.5.
    case authorizationCode(code: Secret, redirectURI: String, codeVerifier: Secret?)
    /// RFC 6749 section 4.4.2. `scope` is kept to be refused by name.
    case clientCredentials(scope: String?)
    /// RFC 6749 section 6.
    case refreshToken(Secret, scope: ScopeSet?)
    /// RFC 7523 section 2.1.
    case jwtBearer(assertion: String)

    /// The grant type of this request.
    public var grantType: GrantType {
        switch self {
        case .authorizationCode: .authorizationCode
        case .clientCredentials: .clientCredentials
        case .refreshToken: .refreshToken
        case .jwtBearer: .jwtBearer
        }
    }

    /// Reads a token request.
    ///
    /// - Throws: `invalid_request` for a missing or repeated parameter, `unsupported_grant_type`, `invalid_scope`.
    public init(_ fields: FormFields) throws(OAuthError) {
        // RFC 8707 section 2: several resources may be named.
        try fields.refuseRepetition(except: ["resource"])
        let name = try fields.required("grant_type")
        guard let grantType = GrantType(rawValue: name) else {
            throw OAuthError(
                .unsupportedGrantType,
                "grant type not supported; use one of \(GrantType.allCases.map(\.rawValue).joined(separator: ", "))."
            )
        }
        switch grantType {
        case .authorizationCode:
            self = .authorizationCode(
                code: Secret(try fields.required("code")),
                redirectURI: try fields.required("redirect_uri"),
                codeVerifier: try fields.value("code_verifier").map { Secret($0) }
            )
        case .clientCredentials:
            self = .clientCredentials(scope: try fields.value("scope"))
        case .refreshToken:
            let scope = try ScopeSet(parsing: try fields.value("scope") ?? "")
            // Nothing but spaces asks for nothing in particular.
            self = .refreshToken(Secret(try fields.required("refresh_token")), scope: scope.isEmpty ? nil : scope)
        case .jwtBearer:
            self = .jwtBearer(assertion: try fields.required("assertion"))
        }
    }
}
