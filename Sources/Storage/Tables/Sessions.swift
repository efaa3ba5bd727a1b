public import OAuthTypes
public import Orgs

/// One session: a signed-in user, at a browser or at an API.
public struct SessionRecord: Sendable {
    /// The digest of the cookie or session id, by which the session is found.
    public let digest: [UInt8]
    /// The org the user signed in to.
    public let org: OrgID
    /// Who signed in.
    public let user: UserID
    /// When the user proved who they are: the `auth_time` of ID tokens.
    public let authenticatedAt: Timestamp
    /// How long it lives after its last use, in minutes.
    public let timeoutMinutes: Int
    /// When it ends unless it is used before.
    public let expiresAt: Timestamp

    /// A session that begins with this sign-in.
    public init(digest: [UInt8], org: OrgID, user: UserID, authenticatedAt: Timestamp, timeoutMinutes: Int) {
        self.digest = digest
        self.org = org
        self.user = user
        self.authenticatedAt = authenticatedAt
        self.timeoutMinutes = timeoutMinutes
        self.expiresAt = authenticatedAt + .minutes(Int64(timeoutMinutes))
    }

    init(_ row: Row) throws {
        var row = row
        digest = try row.blob()
        org = try row.id()
        user = try row.id()
        authenticatedAt = try row.time()
        timeoutMinutes = try row.int()
        expiresAt = try row.time()
    }
}

/// The table of sessions.
public enum Sessions {
    private static let columns: StaticString = "digest, org_id, user_id, authenticated_at, timeout_minutes, expires_at"

    /// Remembers a new session.
    public static func insert(_ session: SessionRecord, on connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO sessions (\(raw: columns)) VALUES
                (\(session.digest), \(session.org), \(session.user), \(session.authenticatedAt),
                 \(session.timeoutMinutes), \(session.expiresAt))
            """
        )
    }

    /// The session with this digest, if it has not expired.
    public static func find(digest: [UInt8], now: Timestamp, on connection: any Connection) throws -> SessionRecord? {
        try connection.row("SELECT \(raw: columns) FROM sessions WHERE digest = \(digest) AND expires_at > \(now)")
            .map(SessionRecord.init)
    }

    /// Moves the expiry of a session that was used.
    public static func extend(digest: [UInt8], to expiry: Timestamp, on connection: any Connection) throws {
        try connection.execute("UPDATE sessions SET expires_at = \(expiry) WHERE digest = \(digest)")
    }

    /// Ends a session; one that is not there is no error.
    ///
    /// - Returns: whether it was there.
    @discardableResult
    public static func delete(digest: [UInt8], on connection: any Connection) throws -> Bool {
        try connection.execute("DELETE FROM sessions WHERE digest = \(digest)") > 0
    }

    /// Ends every session of a user.
    public static func deleteAll(user: UserID, on connection: any Connection) throws {
        try connection.execute("DELETE FROM sessions WHERE user_id = \(user)")
    }

    /// Ends every session of an org.
    static func deleteAll(org: OrgID, on connection: any Connection) throws {
        try connection.execute("DELETE FROM sessions WHERE org_id = \(org)")
    }

    /// Forgets some of the sessions that expired before a time.
    ///
    /// - Returns: how many were forgotten.
    public static func sweep(expiredBefore time: Timestamp, limit: Int, on connection: any Connection) throws -> Int {
        try connection.execute(
            "DELETE FROM sessions WHERE digest IN (SELECT digest FROM sessions WHERE expires_at < \(time) LIMIT \(limit))"
        )
    }
}
