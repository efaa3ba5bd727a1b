public import ClientApps
public import OAuthTypes
public import Orgs

/// The id of a consent.
public typealias ConsentID = Identifier<Consent>

/// What one user allowed one app on consent pages.
public struct Consent: Hashable, Sendable {
    /// The prefix of a consent's id.
    public static let idPrefix: StaticString = "0Cn"

    /// The id; a consent that was withdrawn and is given again has another one.
    public let id: ConsentID
    /// All scopes that were allowed, on any page.
    public let scopes: ScopeSet
    /// Those that were allowed on a page that spoke of lasting access, for which alone no page need be shown when it is asked for again.
    public let offlineScopes: ScopeSet

    /// Whether the user has seen and allowed this much: lasting access counts for the scopes it was shown with, and no others.
    public func covers(_ requested: ScopeSet) -> Bool {
        (requested.isOffline ? offlineScopes : scopes).covers(requested)
    }
}

extension ScopeSet {
    /// Whether a refresh token is among what is asked for.
    public var isOffline: Bool { contains(.refreshToken) || contains(.offlineAccess) }
}

/// The table of what users allowed apps on the consent page, so that they are asked once.
public enum Consents {
    /// What one user allowed one app.
    public static func find(app: AppID, user: UserID, on connection: any Connection) throws -> Consent? {
        try connection.row(
            "SELECT id, scopes, offline_scopes FROM consents WHERE app_id = \(app) AND user_id = \(user)"
        ).map(consent)
    }

    /// What each user allowed one app.
    public static func all(app: AppID, on connection: any Connection) throws -> [UserID: Consent] {
        try connection.rows("SELECT user_id, id, scopes, offline_scopes FROM consents WHERE app_id = \(app)")
            .reduce(into: [:]) { all, row in
                var row = row
                let user: UserID = try row.id()
                all[user] = try consent(row)
            }
    }

    /// Remembers scopes beside those that were allowed before.
    ///
    /// - Parameter id: the id of the consent if it is the first of this user and app.
    public static func add(
        _ scopes: ScopeSet,
        id: ConsentID,
        app: AppID,
        user: UserID,
        now: Timestamp,
        on connection: any Connection
    ) throws {
        // The row is written before it is read, so that another consent or a withdrawal at the same time comes before or after this one.
        let written = try connection.row(
            """
            INSERT INTO consents (app_id, user_id, id, scopes, offline_scopes, granted_at)
            VALUES (\(app), \(user), \(id), '', '', \(now))
            ON CONFLICT (app_id, user_id) DO UPDATE SET granted_at = excluded.granted_at
            RETURNING id, scopes, offline_scopes
            """
        ).map(consent)
        guard let written else { return }
        let all = written.scopes.union(scopes)
        let offline = scopes.isOffline ? written.offlineScopes.union(scopes) : written.offlineScopes
        try connection.execute(
            """
            UPDATE consents SET scopes = \(all.text), offline_scopes = \(offline.text)
            WHERE app_id = \(app) AND user_id = \(user)
            """
        )
    }

    /// Takes a consent back.
    ///
    /// - Returns: its id, if there was one.
    @discardableResult
    public static func delete(app: AppID, user: UserID, on connection: any Connection) throws -> ConsentID? {
        let row = try connection.row("DELETE FROM consents WHERE app_id = \(app) AND user_id = \(user) RETURNING id")
        guard var row else { return nil }
        return try row.id()
    }

    private static func consent(_ row: Row) throws -> Consent {
        var row = row
        return Consent(
            id: try row.id(),
            scopes: try ScopeSet(parsing: row.text()),
            offlineScopes: try ScopeSet(parsing: row.text())
        )
    }
}
