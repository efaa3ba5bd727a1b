public import OAuthTypes

/// Who a JWT access token speaks for.
public enum AccessTokenSubject: Hashable, Sendable {
    /// A user, by the 18-character id: `uid:005…`.
    case user(String)
    /// An unknown visitor, by the id the app made: `uvid:…`.
    case guest(String)

    /// The claim `sub`.
    public var text: String {
        switch self {
        case .user(let id): "uid:" + id
        case .guest(let id): "uvid:" + id
        }
    }
}

/// The content of a JWT access token in the Salesforce profile. Times count in whole seconds (RFC 7519 section 2).
public struct AccessTokenClaims: Sendable {
    /// The audience that stands for the original's API platform, beside the org, in tokens with one of its scopes.
    public static let platformAudience = "https://api.salesforce.com"

    /// `scp`: the granted scopes.
    public let scopes: ScopeSet
    /// `aud`: who may accept the token.
    public let audiences: [String]
    /// `sub`: who the token speaks for.
    public let subject: AccessTokenSubject
    /// `iss`: the org's origin, without a slash at the end.
    public let issuer: String
    /// `client_id`: the consumer key.
    public let clientID: String
    /// `iat`; `nbf` lies 15 seconds before it.
    public let issuedAt: Timestamp
    /// `exp`.
    public let expiresAt: Timestamp
    /// `jti`: the name under which this one token is revoked.
    public let tokenID: String
    /// `sfi`: 64 hexadecimal digits that stand for the authorization behind the token.
    public let sessionFingerprint: String

    /// The content of one token.
    public init(
        scopes: ScopeSet,
        audiences: [String],
        subject: AccessTokenSubject,
        issuer: String,
        clientID: String,
        issuedAt: Timestamp,
        expiresAt: Timestamp,
        tokenID: String,
        sessionFingerprint: String
    ) {
        self.scopes = scopes
        self.audiences = audiences
        self.subject = subject
        self.issuer = issuer
        self.clientID = clientID
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.tokenID = tokenID
        self.sessionFingerprint = sessionFingerprint
    }
}
