/// The grant types of the token endpoint (RFC 6749 section 4, RFC 7523 section 2.1).
public enum GrantType: String, Hashable, Sendable, CaseIterable {
    case authorizationCode = "authorization_code"
    case clientCredentials = "client_credentials"
    case refreshToken = "refresh_token"
    case jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"
}

/// The response types of the authorization endpoint (RFC 6749 section 3.1.1).
public enum ResponseType: String, Hashable, Sendable, CaseIterable {
    case code
}

/// The ways to derive a code challenge from its verifier: S256 alone, as RFC 9700 section 2.1.1 recommends.
public enum CodeChallengeMethod: String, Hashable, Sendable, CaseIterable {
    case s256 = "S256"
}

/// The ways a client may prove who it is at the token endpoint (OpenID Connect Core section 9).
public enum ClientAuthenticationMethod: String, Hashable, Sendable, CaseIterable {
    case clientSecretPost = "client_secret_post"
    case clientSecretBasic = "client_secret_basic"
    case privateKeyJWT = "private_key_jwt"
    case none
}

/// The form of an app's access tokens: opaque, or JWT instead.
public enum TokenFormat: String, Hashable, Sendable {
    case opaque
    case jwt
}

/// The kinds of token a caller may hint at (RFC 7009 section 2.1, RFC 7662 section 2.1).
public enum TokenTypeHint: String, Hashable, Sendable {
    case accessToken = "access_token"
    case refreshToken = "refresh_token"
}

/// What the client asks the authorization endpoint to do about sign-in and consent (OpenID Connect Core section 3.1.2.1).
public enum Prompt: String, Hashable, Sendable, CaseIterable {
    case none
    case login
    case consent
    case selectAccount = "select_account"
}
