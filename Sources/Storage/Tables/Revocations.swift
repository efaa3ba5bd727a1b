public import OAuthTypes
public import Orgs

/// The table of what was revoked before its time: JWT access tokens by their `jti`, and all of one authorization by its
/// session fingerprint (`sfi`). A row lives until the last token it speaks of has expired.
public enum Revocations {
    /// One row.
    public struct Entry: Sendable {
        /// A `jti` or an `sfi`.
        public let subject: String
        /// When the last token that it speaks of has expired.
        public let expiresAt: Timestamp
    }

    /// Revokes what carries a subject until a time.
    public static func insert(
        _ subject: String,
        org: OrgID,
        now: Timestamp,
        until expiry: Timestamp,
        on connection: any Connection
    ) throws {
        let version = try Versions.next(.revocations, on: connection)
        try connection.execute(
            """
            INSERT INTO revocations (subject, org_id, revoked_at, expires_at, version)
            VALUES (\(subject), \(org), \(now), \(expiry), \(version))
            ON CONFLICT (subject) DO UPDATE SET expires_at = excluded.expires_at, version = excluded.version
            """
        )
    }

    /// Keeps a subject from being revoked until the transaction ends: who revokes it meanwhile waits, and then sees what was written here.
    ///
    /// - Returns: whether it can be kept; no if it is revoked.
    public static func hold(
        _ subject: String,
        org: OrgID,
        now: Timestamp,
        on connection: any Connection
    ) throws -> Bool {
        // Two rows of one subject cannot be: so each of the two transactions waits for the other, and nobody ever sees this one.
        let isFree =
            try connection.execute(
                """
                INSERT INTO revocations (subject, org_id, revoked_at, expires_at, version)
                VALUES (\(subject), \(org), \(now), \(now), 0) ON CONFLICT (subject) DO NOTHING
                """
            ) > 0
        if isFree { try connection.execute("DELETE FROM revocations WHERE subject = \(subject)") }
        return isFree
    }

    /// The rows that still say something.
    ///
    /// - Parameter version: the count of revocations that is known already; `nil` for all rows.
    public static func live(
        after version: Int64? = nil,
        now: Timestamp,
        on connection: any Connection
    ) throws -> [Entry] {
        try connection.rows(
            """
            SELECT subject, expires_at FROM revocations WHERE version > \(version ?? -1) AND expires_at > \(now)
            """
        ).map { row in
            var row = row
            return Entry(subject: try row.text(), expiresAt: try row.time())
        }
    }

    /// Forgets some rows that say nothing any more.
    ///
    /// - Returns: how many were forgotten.
    public static func sweep(expiredBefore time: Timestamp, limit: Int, on connection: any Connection) throws -> Int {
        try connection.execute(
            """
            DELETE FROM revocations WHERE subject IN
                (SELECT subject FROM revocations WHERE expires_at < \(time) LIMIT \(limit))
            """
        )
    }
}
