public import OAuthTypes

/// One refresh token of an authorization. Without rotation there is one; with it, each use makes the next generation.
public struct RefreshTokenRecord: Sendable {
    /// The digest of the token, by which it is found.
    public let digest: [UInt8]
    /// What the token came of.
    public let authorization: AuthorizationRecord
    /// Counts from 1 within its authorization.
    public let generation: Int64
    /// When it was issued.
    public let createdAt: Timestamp
    /// When the next generation took its place, if it did.
    public let rotatedAt: Timestamp?
    /// The newest generation of the authorization: this one's own, unless it was rotated.
    public let newestGeneration: Int64

    init(_ row: Row) throws {
        var row = row
        digest = try row.blob()
        generation = try row.integer()
        createdAt = try row.time()
        rotatedAt = try row.optionalTime()
        newestGeneration = try row.integer()
        authorization = try AuthorizationRecord(&row)
    }
}

/// The table of refresh tokens.
public enum RefreshTokens {
    /// Remembers a refresh token of an authorization as its newest.
    public static func insert(
        digest: [UInt8],
        authorization: AuthorizationID,
        generation: Int64,
        now: Timestamp,
        on connection: any Connection
    ) throws {
        try connection.execute(
            """
            INSERT INTO refresh_tokens (digest, authorization_id, generation, created_at, rotated_at)
            VALUES (\(digest), \(authorization), \(generation), \(now), NULL)
            """
        )
        guard generation > 1 else { return }
        try connection.execute(
            "UPDATE authorizations SET newest_generation = \(generation) WHERE id = \(authorization)"
        )
    }

    /// The refresh token with this digest and its authorization, dead or alive.
    public static func find(digest: [UInt8], on connection: any Connection) throws -> RefreshTokenRecord? {
        try connection.row(
            """
            SELECT r.digest, r.generation, r.created_at, r.rotated_at, a.newest_generation, \(raw: Authorizations.columns)
            FROM refresh_tokens r JOIN authorizations a ON a.id = r.authorization_id
            WHERE r.digest = \(digest)
            """
        ).map(RefreshTokenRecord.init)
    }

    /// Marks a refresh token as rotated, if nobody did before: the one statement that decides who wins.
    ///
    /// - Returns: whether this call won.
    public static func rotate(digest: [UInt8], now: Timestamp, on connection: any Connection) throws -> Bool {
        try connection.row(
            "UPDATE refresh_tokens SET rotated_at = \(now) WHERE digest = \(digest) AND rotated_at IS NULL RETURNING 1"
        ) != nil
    }

    /// Forgets some of the tokens that were rotated before a time. Until then one that is used again is known for what it is;
    /// afterwards it is an unknown token, refused all the same.
    ///
    /// - Returns: how many were forgotten.
    public static func sweep(rotatedBefore time: Timestamp, limit: Int, on connection: any Connection) throws -> Int {
        try connection.execute(
            """
            DELETE FROM refresh_tokens WHERE digest IN
                (SELECT digest FROM refresh_tokens WHERE rotated_at < \(time) LIMIT \(limit))
            """
        )
    }
}
