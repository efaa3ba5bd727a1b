public import ClientApps
public import OAuthTypes
public import Orgs

/// The table of what users allowed apps on the consent page, so that they are asked once.
public enum Consents {
    /// The scopes one user allowed one app.
    public static func scopes(app: AppID, user: UserID, on connection: any Connection) throws -> ScopeSet? {
        guard var row = try connection.row("SELECT scopes FROM consents WHERE app_id = \(app) AND user_id = \(user)")
        else { return nil }
        return try ScopeSet(parsing: row.text())
    }

    /// Remembers scopes beside those that were allowed before.
    public static func add(
        _ scopes: ScopeSet,
        app: AppID,
        user: UserID,
        now: Timestamp,
        on connection: any Connection
    ) throws {
        // The row is written before it is read, so that another consent or a withdrawal at the same time comes before or after this one.
        let written = try connection.row(
            """
            INSERT INTO consents (app_id, user_id, scopes, granted_at) VALUES (\(app), \(user), '', \(now))
            ON CONFLICT (app_id, user_id) DO UPDATE SET granted_at = excluded.granted_at
            RETURNING scopes
            """
        )
        guard var written else { return }
        let all = try ScopeSet(parsing: written.text()).union(scopes)
        try connection.execute(
            "UPDATE consents SET scopes = \(all.text) WHERE app_id = \(app) AND user_id = \(user)"
        )
    }

    /// Takes a consent back.
    public static func delete(app: AppID, user: UserID, on connection: any Connection) throws {
        try connection.execute("DELETE FROM consents WHERE app_id = \(app) AND user_id = \(user)")
    }
}
