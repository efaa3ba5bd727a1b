public import ClientApps
public import OAuthTypes
public import Orgs

/// One opaque access token as it is remembered; its lifetime slides with use.
public struct OpaqueTokenRecord: Sendable {
    /// The digest of the token, by which it is found.
    public let digest: [UInt8]
    /// The org it was issued in.
    public let org: OrgID
    /// The app it was issued to.
    public let app: AppID
    /// The pair of key and secret that it was got with, and that it dies with.
    public let consumer: ConsumerID
    /// Whose it is.
    public let user: UserID
    /// What it was granted for.
    public let grant: GrantType
    /// What it came of; none for client credentials and JWT bearer.
    public let authorization: AuthorizationID?
    /// What it is good for.
    public let scopes: ScopeSet
    /// When it was issued.
    public let issuedAt: Timestamp
    /// How long it lives after its last use.
    public let timeoutMinutes: Int
    /// When it dies unless it is used before.
    public let expiresAt: Timestamp

    /// A token as it is issued: good for its timeout from now.
    public init(
        digest: [UInt8],
        org: OrgID,
        app: AppID,
        consumer: ConsumerID,
        user: UserID,
        grant: GrantType,
        authorization: AuthorizationID?,
        scopes: ScopeSet,
        issuedAt: Timestamp,
        timeoutMinutes: Int
    ) {
        self.digest = digest
        self.org = org
        self.app = app
        self.consumer = consumer
        self.user = user
        self.grant = grant
        self.authorization = authorization
        self.scopes = scopes
        self.issuedAt = issuedAt
        self.timeoutMinutes = timeoutMinutes
        self.expiresAt = issuedAt + .minutes(Int64(timeoutMinutes))
    }

    init(_ row: Row) throws {
        var row = row
        digest = try row.blob()
        org = try row.id()
        app = try row.id()
        consumer = try row.id()
        user = try row.id()
        grant = try row.word()
        authorization = try row.optionalID()
        scopes = try ScopeSet(parsing: row.text())
        issuedAt = try row.time()
        timeoutMinutes = try row.int()
        expiresAt = try row.time()
    }
}

/// The table of opaque access tokens.
public enum OpaqueTokens {
    private static let columns: StaticString =
        "digest, org_id, app_id, consumer_id, user_id, grant_type, authorization_id, scopes, issued_at, timeout_minutes, expires_at"

    /// Remembers a new token.
    public static func insert(_ token: OpaqueTokenRecord, on connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO opaque_tokens (\(raw: columns)) VALUES
                (\(token.digest), \(token.org), \(token.app), \(token.consumer), \(token.user), \(token.grant.rawValue),
                 \(token.authorization), \(token.scopes.text), \(token.issuedAt), \(token.timeoutMinutes), \(token.expiresAt))
            """
        )
    }

    /// The token with this digest, expired or not, unless the authorization that it came of is revoked.
    public static func find(digest: [UInt8], on connection: any Connection) throws -> OpaqueTokenRecord? {
        try connection.row(
            """
            SELECT \(raw: columns) FROM opaque_tokens t WHERE digest = \(digest)
                AND (t.authorization_id IS NULL OR EXISTS
                    (SELECT 1 FROM authorizations a WHERE a.id = t.authorization_id AND a.revoked_at IS NULL))
            """
        ).map(OpaqueTokenRecord.init)
    }

    /// Moves the expiry of a token that is still live.
    public static func extend(digest: [UInt8], to expiry: Timestamp, now: Timestamp, on connection: any Connection)
        throws
    {
        try connection.execute(
            "UPDATE opaque_tokens SET expires_at = \(expiry) WHERE digest = \(digest) AND expires_at > \(now)"
        )
    }

    /// Keeps a token from being revoked until the transaction ends: who revokes it meanwhile waits, and then sees what was written here.
    ///
    /// - Returns: whether it can be kept; no if it is revoked.
    public static func hold(digest: [UInt8], on connection: any Connection) throws -> Bool {
        try connection.execute("UPDATE opaque_tokens SET expires_at = expires_at WHERE digest = \(digest)") > 0
    }

    /// Revokes one token.
    ///
    /// - Returns: whether it was there.
    public static func delete(digest: [UInt8], on connection: any Connection) throws -> Bool {
        try connection.execute("DELETE FROM opaque_tokens WHERE digest = \(digest)") > 0
    }

    /// Revokes what an app got for a user by JWT bearer assertions, which no authorization stands for.
    public static func deleteBearer(app: AppID, user: UserID, on connection: any Connection) throws {
        try connection.execute(
            """
            DELETE FROM opaque_tokens
            WHERE app_id = \(app) AND user_id = \(user) AND grant_type = \(GrantType.jwtBearer.rawValue)
            """
        )
    }

    /// Forgets some of the tokens that expired before a time.
    ///
    /// - Returns: how many were forgotten.
    public static func sweep(expiredBefore time: Timestamp, limit: Int, on connection: any Connection) throws -> Int {
        try connection.execute(
            """
            DELETE FROM opaque_tokens WHERE digest IN
                (SELECT digest FROM opaque_tokens WHERE expires_at < \(time) LIMIT \(limit))
            """
        )
    }
}
