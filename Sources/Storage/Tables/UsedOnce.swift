public import OAuthTypes

/// The table of what counts once and was used already. What it was is kept as a digest, whose length no client chooses.
public enum UsedOnce {
    /// What there is that counts once.
    public enum Kind: String, Sendable {
        /// The `jti` of a JWT bearer assertion (RFC 7523 section 3).
        case bearerAssertion = "bearer"
        /// The `jti` of an assertion that authenticates a client (RFC 7523 section 3).
        case clientAssertion = "client"
        /// A consent page, by its sealed transaction.
        case consentPage = "consent"
    }

    /// Takes something, if nobody took it before and its remembrance has not run out.
    ///
    /// - Returns: whether this call was the first.
    public static func take(
        _ kind: Kind,
        digest: [UInt8],
        consumerKey: String,
        until expiry: Timestamp,
        on connection: any Connection
    ) throws -> Bool {
        try connection.execute(
            """
            INSERT INTO used_once (consumer_key, kind, digest, expires_at)
            VALUES (\(consumerKey), \(kind.rawValue), \(digest), \(expiry))
            ON CONFLICT (consumer_key, kind, digest) DO NOTHING
            """
        ) > 0
    }

    /// Whether something was taken.
    public static func isTaken(
        _ kind: Kind,
        digest: [UInt8],
        consumerKey: String,
        on connection: any Connection
    ) throws -> Bool {
        try connection.row(
            """
            SELECT 1 FROM used_once
            WHERE consumer_key = \(consumerKey) AND kind = \(kind.rawValue) AND digest = \(digest)
            """
        ) != nil
    }

    /// Forgets some that could not be used again any more.
    ///
    /// - Returns: how many were forgotten.
    public static func sweep(expiredBefore time: Timestamp, limit: Int, on connection: any Connection) throws -> Int {
        try connection.execute(
            """
            DELETE FROM used_once WHERE (consumer_key, kind, digest) IN
                (SELECT consumer_key, kind, digest FROM used_once WHERE expires_at < \(time) LIMIT \(limit))
            """
        )
    }
}
