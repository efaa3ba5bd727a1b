public import ClientApps
public import OAuthTypes
public import Orgs

/// One authorization code as it is remembered: everything it is bound to, and never the code itself.
public struct AuthorizationCodeRecord: Sendable {
    /// The digest of the code, by which it is found.
    public let digest: [UInt8]
    /// The org it was issued in.
    public let org: OrgID
    /// The app it was issued to; no other redeems it (RFC 6749 section 4.1.3).
    public let app: AppID
    /// The user who allowed the app.
    public let user: UserID
    /// The address it was sent to, which the token request must repeat (RFC 6749 section 4.1.3).
    public let redirectURI: String
    /// What was allowed.
    public let scopes: ScopeSet
    /// The S256 challenge (RFC 7636 section 4.2), if the request had one.
    public let codeChallenge: String?
    /// The nonce for the ID token (OpenID Connect Core section 3.1.2.1).
    public let nonce: String?
    /// When the user last proved who they are.
    public let authenticatedAt: Timestamp
    /// When it was issued.
    public let createdAt: Timestamp
    /// When it can no longer be redeemed.
    public let expiresAt: Timestamp
    /// When it was redeemed, if it was.
    public let redeemedAt: Timestamp?
    /// What its redemption made.
    public let authorization: AuthorizationID?

    /// A code as it is issued; what its redemption adds is left out.
    public init(
        digest: [UInt8],
        org: OrgID,
        app: AppID,
        user: UserID,
        redirectURI: String,
        scopes: ScopeSet,
        codeChallenge: String?,
        nonce: String?,
        authenticatedAt: Timestamp,
        createdAt: Timestamp,
        expiresAt: Timestamp,
        redeemedAt: Timestamp? = nil,
        authorization: AuthorizationID? = nil
    ) {
        self.digest = digest
        self.org = org
        self.app = app
        self.user = user
        self.redirectURI = redirectURI
        self.scopes = scopes
        self.codeChallenge = codeChallenge
        self.nonce = nonce
        self.authenticatedAt = authenticatedAt
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.redeemedAt = redeemedAt
        self.authorization = authorization
    }

    init(_ row: Row) throws {
        var row = row
        digest = try row.blob()
        org = try row.id()
        app = try row.id()
        user = try row.id()
        redirectURI = try row.text()
        scopes = try ScopeSet(parsing: row.text())
        codeChallenge = try row.optionalText()
        nonce = try row.optionalText()
        authenticatedAt = try row.time()
        createdAt = try row.time()
        expiresAt = try row.time()
        redeemedAt = try row.optionalTime()
        authorization = try row.optionalID()
    }
}

/// The table of authorization codes.
public enum AuthorizationCodes {
    private static let columns: StaticString = """
        digest, org_id, app_id, user_id, redirect_uri, scopes, code_challenge, nonce, authenticated_at, created_at, \
        expires_at, redeemed_at, authorization_id
        """

    /// Remembers a new code.
    public static func insert(_ code: AuthorizationCodeRecord, on connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO authorization_codes (\(raw: columns)) VALUES
                (\(code.digest), \(code.org), \(code.app), \(code.user), \(code.redirectURI), \(code.scopes.text),
                 \(code.codeChallenge), \(code.nonce), \(code.authenticatedAt), \(code.createdAt), \(code.expiresAt),
                 NULL, NULL)
            """
        )
    }

    /// The code with this digest.
    public static func find(digest: [UInt8], on connection: any Connection) throws -> AuthorizationCodeRecord? {
        try connection.row("SELECT \(raw: columns) FROM authorization_codes WHERE digest = \(digest)")
            .map(AuthorizationCodeRecord.init)
    }

    /// Marks a code as redeemed, if it is still this app's to redeem: the one statement that decides who wins.
    ///
    /// - Returns: whether this call won.
    public static func redeem(
        digest: [UInt8],
        app: AppID,
        authorization: AuthorizationID,
        now: Timestamp,
        on connection: any Connection
    ) throws -> Bool {
        try connection.row(
            """
            UPDATE authorization_codes SET redeemed_at = \(now), authorization_id = \(authorization)
            WHERE digest = \(digest) AND app_id = \(app) AND redeemed_at IS NULL AND expires_at > \(now)
            RETURNING 1
            """
        ) != nil
    }

    /// Takes back every code of one app and user that was not redeemed yet.
    public static func deleteOpen(app: AppID, user: UserID, on connection: any Connection) throws {
        try connection.execute(
            "DELETE FROM authorization_codes WHERE app_id = \(app) AND user_id = \(user) AND redeemed_at IS NULL"
        )
    }

    /// Forgets some of the codes that expired before a time; a redeemed one is kept until then so that its replay is seen.
    ///
    /// - Returns: how many were forgotten.
    public static func sweep(expiredBefore time: Timestamp, limit: Int, on connection: any Connection) throws -> Int {
        try connection.execute(
            """
            DELETE FROM authorization_codes WHERE digest IN
                (SELECT digest FROM authorization_codes WHERE expires_at < \(time) LIMIT \(limit))
            """
        )
    }
}
