public import ClientApps
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
    /// What it began with.
    public let origin: Origin

    /// What a session begins with.
    public enum Origin: Hashable, Sendable {
        /// The user's password.
        case signIn
        /// The session of an API, by its digest.
        case apiSession([UInt8])
        /// A token that an app has of the user, under one of its consumer keys.
        case app(AppID, consumerKey: String)
    }

    /// A session that begins with this sign-in.
    public init(digest: [UInt8], org: OrgID, user: UserID, authenticatedAt: Timestamp, timeoutMinutes: Int) {
        self.init(
            digest: digest,
            org: org,
            user: user,
            authenticatedAt: authenticatedAt,
            timeoutMinutes: timeoutMinutes,
            expiresAt: authenticatedAt + .minutes(Int64(timeoutMinutes)),
            origin: .signIn
        )
    }

    /// A session as it is.
    public init(
        digest: [UInt8],
        org: OrgID,
        user: UserID,
        authenticatedAt: Timestamp,
        timeoutMinutes: Int,
        expiresAt: Timestamp,
        origin: Origin
    ) {
        self.digest = digest
        self.org = org
        self.user = user
        self.authenticatedAt = authenticatedAt
        self.timeoutMinutes = timeoutMinutes
        self.expiresAt = expiresAt
        self.origin = origin
    }

    init(_ row: Row) throws {
        var row = row
        digest = try row.blob()
        org = try row.id()
        user = try row.id()
        authenticatedAt = try row.time()
        timeoutMinutes = try row.int()
        expiresAt = try row.time()
        let app: AppID? = try row.optionalID()
        let consumerKey = try row.optionalText()
        let parent = try row.optionalBlob()
        if let app, let consumerKey {
            origin = .app(app, consumerKey: consumerKey)
        } else if let parent {
            origin = .apiSession(parent)
        } else {
            origin = .signIn
        }
    }

    fileprivate var app: AppID? {
        guard case .app(let app, _) = origin else { return nil }
        return app
    }

    fileprivate var parent: [UInt8]? {
        guard case .apiSession(let parent) = origin else { return nil }
        return parent
    }

    fileprivate var consumerKey: String? {
        guard case .app(_, let consumerKey) = origin else { return nil }
        return consumerKey
    }
}

/// The table of sessions.
public enum Sessions {
    private static let columns: StaticString =
        "digest, org_id, user_id, authenticated_at, timeout_minutes, expires_at, app_id, consumer_key, parent"

    /// Remembers a new session.
    public static func insert(_ session: SessionRecord, on connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO sessions (\(raw: columns)) VALUES
                (\(session.digest), \(session.org), \(session.user), \(session.authenticatedAt),
                 \(session.timeoutMinutes), \(session.expiresAt), \(session.app), \(session.consumerKey),
                 \(session.parent))
            """
        )
    }

    /// The session with this digest, if it has not expired.
    public static func find(digest: [UInt8], now: Timestamp, on connection: any Connection) throws -> SessionRecord? {
        try connection.row("SELECT \(raw: columns) FROM sessions WHERE digest = \(digest) AND expires_at > \(now)")
            .map(SessionRecord.init)
    }

    /// Gives a session another digest and end, if it has not expired: of two that try, one does.
    ///
    /// - Returns: whether this call did.
    public static func rename(
        _ digest: [UInt8],
        to other: [UInt8],
        until expiry: Timestamp,
        now: Timestamp,
        on connection: any Connection
    ) throws -> Bool {
        try connection.execute(
            """
            UPDATE sessions SET digest = \(other), expires_at = \(expiry)
            WHERE digest = \(digest) AND expires_at > \(now)
            """
        ) > 0
    }

    /// Ends a session that has not expired.
    ///
    /// - Returns: whether it was there.
    public static func delete(digest: [UInt8], notExpiredAt now: Timestamp, on connection: any Connection) throws
        -> Bool
    {
        try connection.execute("DELETE FROM sessions WHERE digest = \(digest) AND expires_at > \(now)") > 0
    }

    /// Keeps a session from being ended until the transaction ends: who ends it meanwhile waits, and then sees what was written here.
    ///
    /// - Returns: whether it is there.
    public static func hold(digest: [UInt8], on connection: any Connection) throws -> Bool {
        try connection.execute("UPDATE sessions SET expires_at = expires_at WHERE digest = \(digest)") > 0
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

    /// How many sessions an app opened that have not been ended: for a user, or with `nil` for everybody.
    public static func count(openedBy app: AppID, for user: UserID?, on connection: any Connection) throws -> Int {
        var row = try connection.row(
            "SELECT COUNT(*) FROM sessions WHERE app_id = \(app) AND user_id = COALESCE(\(user), user_id)"
        )
        return try row?.int() ?? 0
    }

    /// Ends the sessions that the session of an API opened.
    public static func deleteAll(openedBySession parent: [UInt8], on connection: any Connection) throws {
        try connection.execute("DELETE FROM sessions WHERE parent = \(parent)")
    }

    /// Ends the sessions that an app opened for a user.
    public static func deleteAll(openedBy app: AppID, for user: UserID, on connection: any Connection) throws {
        try connection.execute("DELETE FROM sessions WHERE app_id = \(app) AND user_id = \(user)")
    }

    /// Ends the sessions that an app opened for the user of an authorization of that app.
    public static func deleteAll(openedBy authorization: AuthorizationID, on connection: any Connection) throws {
        try connection.execute(
            """
            DELETE FROM sessions WHERE (app_id, user_id) IN
                (SELECT app_id, user_id FROM authorizations WHERE id = \(authorization))
            """
        )
    }

    /// Ends every session that an app opened.
    public static func deleteAll(openedBy app: AppID, on connection: any Connection) throws {
        try connection.execute("DELETE FROM sessions WHERE app_id = \(app)")
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
