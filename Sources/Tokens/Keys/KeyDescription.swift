public import OAuthTypes

/// What a signing key is for; each org has one set of keys for each purpose.
public enum SigningKeyPurpose: String, Hashable, Sendable, CaseIterable {
    /// JWT access tokens.
    case accessToken
    /// OpenID Connect ID tokens.
    case idToken
}

/// Where a signing key stands in its life.
public enum SigningKeyState: String, Hashable, Sendable, CaseIterable {
    /// Published, does not sign yet.
    case next
    /// Published, signs.
    case active
    /// Published until its last token has expired, signs no more.
    case retiring
    /// Not published: what it signed is refused.
    case revoked
}

/// A signing key without its private part: what the schedule looks at.
public struct KeyDescription: Hashable, Sendable {
    /// The key's name.
    public let kid: String
    /// What it signs.
    public let purpose: SigningKeyPurpose
    /// Where it stands.
    public let state: SigningKeyState
    /// When it was made.
    public let createdAt: Timestamp
    /// From when on every node published it.
    public let publishedAt: Timestamp
    /// From when on it signed.
    public let activatedAt: Timestamp?
    /// Since when it signs no more.
    public let retiredAt: Timestamp?
    /// When its last token has expired, so that it may be dropped.
    public let usableUntil: Timestamp?

    /// A key with the times it has reached so far.
    public init(
        kid: String,
        purpose: SigningKeyPurpose,
        state: SigningKeyState,
        createdAt: Timestamp,
        publishedAt: Timestamp,
        activatedAt: Timestamp? = nil,
        retiredAt: Timestamp? = nil,
        usableUntil: Timestamp? = nil
    ) {
        self.kid = kid
        self.purpose = purpose
        self.state = state
        self.createdAt = createdAt
        self.publishedAt = publishedAt
        self.activatedAt = activatedAt
        self.retiredAt = retiredAt
        self.usableUntil = usableUntil
    }
}
