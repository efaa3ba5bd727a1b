public import ClientApps
public import OAuthTypes
public import Orgs

/// The id of an authorization (`0Af`-like record id of ours, prefix `0Au`).
public typealias AuthorizationID = Identifier<AuthorizationRecord>

/// What one user allowed one app at one time: the family of the refresh tokens that came of it.
public struct AuthorizationRecord: Sendable {
    /// The three characters that every authorization's id starts with.
    public static let idPrefix: StaticString = "0Au"

    /// The id of the authorization.
    public let id: AuthorizationID
    /// The org it was given in.
    public let org: OrgID
    /// The app that was allowed.
    public let app: AppID
    /// The user who allowed it.
    public let user: UserID
    /// What was allowed.
    public let scopes: ScopeSet
    /// When the user allowed it.
    public let createdAt: Timestamp
    /// When a refresh was last answered; the start, while there was none.
    public let lastUsedAt: Timestamp
    /// How often a refresh was asked for, refused ones included.
    public let useCount: Int64
    /// When the user last proved who they are; the `auth_time` of later ID tokens.
    public let authenticatedAt: Timestamp
    /// When it was revoked; `nil` while it is live.
    public let revokedAt: Timestamp?

    /// A new authorization: not used and not revoked.
    public init(
        id: AuthorizationID,
        org: OrgID,
        app: AppID,
        user: UserID,
        scopes: ScopeSet,
        createdAt: Timestamp,
        authenticatedAt: Timestamp
    ) {
        self.id = id
        self.org = org
        self.app = app
        self.user = user
        self.scopes = scopes
        self.createdAt = createdAt
        self.lastUsedAt = createdAt
        self.useCount = 0
        self.authenticatedAt = authenticatedAt
        self.revokedAt = nil
    }

    init(_ row: inout Row) throws {
        id = try row.id()
        org = try row.id()
        app = try row.id()
        user = try row.id()
        scopes = try ScopeSet(parsing: row.text())
        createdAt = try row.time()
        lastUsedAt = try row.time()
        useCount = try row.integer()
        authenticatedAt = try row.time()
        revokedAt = try row.optionalTime()
    }
}

/// The table of authorizations.
public enum Authorizations {
    static let columns: StaticString = """
        a.id, a.org_id, a.app_id, a.user_id, a.scopes, a.created_at, a.last_used_at, a.use_count, a.authenticated_at, \
        a.revoked_at
        """

    /// Remembers a new authorization.
    public static func insert(_ record: AuthorizationRecord, on connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO authorizations
                (id, org_id, app_id, user_id, scopes, created_at, last_used_at, use_count, authenticated_at)
            VALUES
                (\(record.id), \(record.org), \(record.app), \(record.user), \(record.scopes.text), \(record.createdAt),
                 \(record.lastUsedAt), \(record.useCount), \(record.authenticatedAt))
            """
        )
    }

    /// The authorization with this id, dead or alive.
    public static func find(_ id: AuthorizationID, on connection: any Connection) throws -> AuthorizationRecord? {
        guard var row = try connection.row("SELECT \(raw: columns) FROM authorizations a WHERE a.id = \(id)") else {
            return nil
        }
        return try AuthorizationRecord(&row)
    }

    /// The live authorizations of one app and user, the newest first.
    public static func live(app: AppID, user: UserID, on connection: any Connection) throws -> [AuthorizationRecord] {
        try connection.rows(
            """
            SELECT \(raw: columns) FROM authorizations a
            WHERE a.app_id = \(app) AND a.user_id = \(user) AND a.revoked_at IS NULL
            ORDER BY a.created_at DESC, a.id DESC
            """
        ).map { row in
            var row = row
            return try AuthorizationRecord(&row)
        }
    }

    /// Counts one use of an authorization that lives: the one statement that decides between a use and a revocation at the same
    /// time. It holds the row until its transaction ends, so that a revocation after it sees all that the use made.
    ///
    /// - Returns: whether it lives.
    public static func recordUse(of id: AuthorizationID, now: Timestamp, on connection: any Connection) throws -> Bool {
        try connection.row(
            """
            UPDATE authorizations SET last_used_at = \(now), use_count = use_count + 1
            WHERE id = \(id) AND revoked_at IS NULL RETURNING 1
            """
        ) != nil
    }

    /// Counts a refresh of a live authorization that was refused: a use, as the original counts, and none that keeps it from being idle
    /// (facts: app-model 7.4).
    public static func countRefusal(of id: AuthorizationID, on connection: any Connection) throws {
        try connection.execute(
            "UPDATE authorizations SET use_count = use_count + 1 WHERE id = \(id) AND revoked_at IS NULL"
        )
    }

    /// Revokes a live authorization with its refresh and opaque tokens. JWTs of it are revoked by ``Revocations``.
    ///
    /// - Returns: whether it was live.
    @discardableResult
    public static func revoke(_ id: AuthorizationID, now: Timestamp, on connection: any Connection) throws -> Bool {
        let wasLive =
            try connection.execute(
                "UPDATE authorizations SET revoked_at = \(now) WHERE id = \(id) AND revoked_at IS NULL"
            ) > 0
        try connection.execute("DELETE FROM opaque_tokens WHERE authorization_id = \(id)")
        return wasLive
    }

    /// Revokes every live authorization of a user, whose opaque tokens are dead with it. JWTs are left to a cut-off of the user.
    static func revokeAll(user: UserID, now: Timestamp, on connection: any Connection) throws {
        try connection.execute(
            "UPDATE authorizations SET revoked_at = \(now) WHERE user_id = \(user) AND revoked_at IS NULL"
        )
    }

    static func revokeAll(org: OrgID, now: Timestamp, on connection: any Connection) throws {
        try connection.execute(
            "UPDATE authorizations SET revoked_at = \(now) WHERE org_id = \(org) AND revoked_at IS NULL"
        )
    }

    /// Forgets some authorizations that were revoked before a time, with their refresh tokens.
    ///
    /// - Returns: how many were forgotten.
    public static func sweep(revokedBefore time: Timestamp, limit: Int, on connection: any Connection) throws -> Int {
        let found = try connection.rows(
            "SELECT id FROM authorizations WHERE revoked_at < \(time) ORDER BY id LIMIT \(limit)"
        )
        // Nodes sweep beside each other: both statements are about the same rows, whatever another one has deleted meanwhile.
        for row in found {
            var row = row
            let id: AuthorizationID = try row.id()
            try connection.execute("DELETE FROM refresh_tokens WHERE authorization_id = \(id)")
            try connection.execute("DELETE FROM authorizations WHERE id = \(id)")
        }
        return found.count
    }
}
