public import OAuthTypes

/// The content of an ID token (OpenID Connect Core section 2). Times count in whole seconds.
public struct IDTokenClaims: Sendable {
    /// `iss`.
    public let issuer: String
    /// `sub`: the identity URL.
    public let subject: String
    /// `aud`: the client id first.
    public let audiences: [String]
    /// `iat`.
    public let issuedAt: Timestamp
    /// `exp`.
    public let expiresAt: Timestamp
    /// `auth_time`: when the user signed in.
    public let authTime: Timestamp?
    /// `nonce`: as the authorization request gave it.
    public let nonce: String?
    /// `at_hash`: see `atHash(of:)`.
    public let atHash: String?
    /// What is told of the user.
    public let standardClaims: StandardClaims
    /// `custom_attributes`: what the app asks for beside that, by key; left out where there is none.
    public let customAttributes: [(key: String, value: String)]

    /// The content of one ID token.
    public init(
        issuer: String,
        subject: String,
        audiences: [String],
        issuedAt: Timestamp,
        expiresAt: Timestamp,
        authTime: Timestamp? = nil,
        nonce: String? = nil,
        atHash: String? = nil,
        standardClaims: StandardClaims = StandardClaims(),
        customAttributes: [(key: String, value: String)] = []
    ) {
        self.issuer = issuer
        self.subject = subject
        self.audiences = audiences
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.authTime = authTime
        self.nonce = nonce
        self.atHash = atHash
        self.standardClaims = standardClaims
        self.customAttributes = customAttributes
    }

    /// The value of `at_hash` for RS256: the base64url of the left half of the access token's SHA-256
    /// (OpenID Connect Core section 3.1.3.6).
    public static func atHash(of accessToken: [UInt8]) -> String {
        Base64URL.encode(TokenDigest.sha256(accessToken).prefix(16))
    }
}
