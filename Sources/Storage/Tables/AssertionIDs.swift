public import OAuthTypes

/// The table of what counts once and was taken already: the `jti` values of client assertions and bearer assertions (RFC 7523
/// section 3), and the answers to consent pages.
public enum AssertionIDs {
    /// Takes an id, if nobody took it before and its remembrance has not run out.
    ///
    /// - Returns: whether this call was the first.
    public static func take(
        _ tokenID: String,
        consumerKey: String,
        until expiry: Timestamp,
        on connection: any Connection
    ) throws -> Bool {
        try connection.execute(
            """
            INSERT INTO assertion_ids (consumer_key, token_id, expires_at)
            VALUES (\(consumerKey), \(tokenID), \(expiry))
            ON CONFLICT (consumer_key, token_id) DO NOTHING
            """
        ) > 0
    }

    /// Forgets some ids that could not be replayed any more.
    ///
    /// - Returns: how many were forgotten.
    public static func sweep(expiredBefore time: Timestamp, limit: Int, on connection: any Connection) throws -> Int {
        try connection.execute(
            """
            DELETE FROM assertion_ids WHERE (consumer_key, token_id) IN
                (SELECT consumer_key, token_id FROM assertion_ids WHERE expires_at < \(time) LIMIT \(limit))
            """
        )
    }
}
