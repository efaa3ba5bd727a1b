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

    /// Remembers a consent in place of an earlier one.
    public static func save(
        _ scopes: ScopeSet,
        app: AppID,
        user: UserID,
        now: Timestamp,
        on connection: any Connection
    ) throws {
        try connection.execute(
            """
            INSERT INTO consents (app_id, user_id, scopes, granted_at) VALUES (\(app), \(user), \(scopes.text), \(now))
            ON CONFLICT (app_id, user_id) DO UPDATE SET scopes = excluded.scopes, granted_at = excluded.granted_at
            """
        )
    }

    /// Takes a consent back.
    public static func delete(app: AppID, user: UserID, on connection: any Connection) throws {
        try connection.execute("DELETE FROM consents WHERE app_id = \(app) AND user_id = \(user)")
    }
}
