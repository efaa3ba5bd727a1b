public import ClientApps
public import OAuthTypes
public import Orgs

/// Who has allowed what, for those who administer apps and users.
extension Authorizations {
    /// What one user has of one app: the live authorizations with a refresh token, taken together.
    public struct Usage: Hashable, Sendable {
        /// The user.
        public let user: UserID
        /// The user's name to sign in with.
        public let username: String
        /// When the user first allowed what is live.
        public let firstAt: Timestamp
        /// When a token was last issued.
        public let lastUsedAt: Timestamp
        /// How often a refresh was asked for, refused ones included.
        public let useCount: Int64
        /// How many authorizations there are.
        public let count: Int
    }

    /// The users who have live authorizations of an app with a refresh token, by username.
    public static func usage(
        app: AppID,
        offset: Int,
        limit: Int,
        on connection: any Connection
    ) throws -> [Usage] {
        try connection.rows(
            """
            SELECT a.user_id, u.username, MIN(a.created_at), MAX(a.last_used_at), CAST(SUM(a.use_count) AS BIGINT),
                COUNT(*)
            FROM authorizations a JOIN users u ON u.id = a.user_id
            WHERE a.app_id = \(app) AND a.revoked_at IS NULL
                AND EXISTS (SELECT 1 FROM refresh_tokens r WHERE r.authorization_id = a.id)
            GROUP BY a.user_id, u.username, u.username_key ORDER BY u.username_key
            LIMIT \(limit) OFFSET \(offset)
            """
        ).map { row in
            var row = row
            return Usage(
                user: try row.id(),
                username: try row.text(),
                firstAt: try row.time(),
                lastUsedAt: try row.time(),
                useCount: try row.integer(),
                count: try row.int()
            )
        }
    }

    /// Some live authorizations of an app with a refresh token, the oldest first.
    ///
    /// - Parameter user: whose; `nil` for everybody's.
    public static func withRefreshToken(
        app: AppID,
        user: UserID?,
        limit: Int,
        on connection: any Connection
    ) throws -> [AuthorizationRecord] {
        try withRefreshToken("app_id", app, user, limit, on: connection)
    }

    /// Some live authorizations of an org with a refresh token, the oldest first.
    ///
    /// - Parameter user: whose; `nil` for everybody's.
    public static func withRefreshToken(
        org: OrgID,
        user: UserID?,
        limit: Int,
        on connection: any Connection
    ) throws -> [AuthorizationRecord] {
        try withRefreshToken("org_id", org, user, limit, on: connection)
    }

    private static func withRefreshToken<Subject>(
        _ column: StaticString,
        _ id: Identifier<Subject>,
        _ user: UserID?,
        _ limit: Int,
        on connection: any Connection
    ) throws -> [AuthorizationRecord] {
        try connection.rows(
            """
            SELECT \(raw: columns) FROM authorizations a
            WHERE a.\(raw: column) = \(id) AND a.revoked_at IS NULL AND a.user_id = COALESCE(\(user), a.user_id)
                AND EXISTS (SELECT 1 FROM refresh_tokens r WHERE r.authorization_id = a.id)
            ORDER BY a.created_at, a.id LIMIT \(limit)
            """
        ).map { row in
            var row = row
            return try AuthorizationRecord(&row)
        }
    }

    /// How many live authorizations of an org have a refresh token.
    ///
    /// - Parameter user: whose; `nil` for everybody's.
    public static func countWithRefreshToken(org: OrgID, user: UserID?, on connection: any Connection) throws -> Int {
        var row = try connection.row(
            """
            SELECT COUNT(*) FROM authorizations a
            WHERE a.org_id = \(org) AND a.revoked_at IS NULL AND a.user_id = COALESCE(\(user), a.user_id)
                AND EXISTS (SELECT 1 FROM refresh_tokens r WHERE r.authorization_id = a.id)
            """
        )
        return try row?.int() ?? 0
    }

    /// A live authorization with its user, and when its newest refresh token was issued.
    public struct Grant: Sendable {
        /// The authorization.
        public let authorization: AuthorizationRecord
        /// The user's name to sign in with.
        public let username: String
        /// When the newest refresh token was issued; `nil` for an authorization without one.
        public let refreshTokenIssuedAt: Timestamp?
    }

    /// Every live authorization of an app, by username and age.
    public static func grants(app: AppID, on connection: any Connection) throws -> [Grant] {
        try connection.rows(
            """
            SELECT u.username, MAX(r.created_at), \(raw: columns)
            FROM authorizations a JOIN users u ON u.id = a.user_id
                LEFT JOIN refresh_tokens r ON r.authorization_id = a.id AND r.rotated_at IS NULL
            WHERE a.app_id = \(app) AND a.revoked_at IS NULL
            GROUP BY u.username, u.username_key, \(raw: columns) ORDER BY u.username_key, a.id
            """
        ).map { row in
            var row = row
            let (username, issuedAt) = (try row.text(), try row.optionalTime())
            return Grant(
                authorization: try AuthorizationRecord(&row),
                username: username,
                refreshTokenIssuedAt: issuedAt
            )
        }
    }
}
