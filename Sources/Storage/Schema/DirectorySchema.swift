import ClientApps

/// Orgs, users, what decides about them, and the numbers by which nodes see changes of any of it.
extension Schema {
    static let orgsAndUsers: [SQL] = [
        """
        CREATE TABLE orgs (
            id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, edition TEXT NOT NULL, issuer TEXT NOT NULL UNIQUE,
            instance TEXT NOT NULL, session_timeout_minutes BIGINT NOT NULL, trusted_ip_ranges TEXT NOT NULL,
            is_active BIGINT NOT NULL, is_pkce_required BIGINT NOT NULL, is_oauth_cors_enabled BIGINT NOT NULL,
            cors_origins TEXT NOT NULL, bearer_audiences TEXT NOT NULL, created_at BIGINT NOT NULL,
            not_before BIGINT NOT NULL DEFAULT 0)
        """,
        """
        CREATE TABLE profiles (
            id TEXT PRIMARY KEY NOT NULL, org_id TEXT NOT NULL REFERENCES orgs (id), name TEXT NOT NULL,
            permissions TEXT NOT NULL, session_timeout_minutes BIGINT, login_ip_ranges TEXT NOT NULL,
            UNIQUE (org_id, name))
        """,
        """
        CREATE TABLE permission_sets (
            id TEXT PRIMARY KEY NOT NULL, org_id TEXT NOT NULL REFERENCES orgs (id), name TEXT NOT NULL,
            label TEXT NOT NULL, permissions TEXT NOT NULL,
            UNIQUE (org_id, name))
        """,
        """
        CREATE TABLE users (
            id TEXT PRIMARY KEY NOT NULL, org_id TEXT NOT NULL REFERENCES orgs (id), username TEXT NOT NULL,
            username_key TEXT NOT NULL UNIQUE, email TEXT NOT NULL, is_email_verified BIGINT NOT NULL,
            first_name TEXT NOT NULL, last_name TEXT NOT NULL, nickname TEXT NOT NULL,
            profile_id TEXT NOT NULL REFERENCES profiles (id), is_active BIGINT NOT NULL, is_frozen BIGINT NOT NULL,
            is_api_only BIGINT NOT NULL, language TEXT NOT NULL, locale TEXT NOT NULL, time_zone TEXT NOT NULL,
            created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, password_hash TEXT,
            password_changed_at BIGINT, not_before BIGINT NOT NULL DEFAULT 0)
        """,
        "CREATE INDEX users_by_org ON users (org_id)",
        """
        CREATE TABLE user_permission_sets (
            user_id TEXT NOT NULL REFERENCES users (id), permission_set_id TEXT NOT NULL REFERENCES permission_sets (id),
            PRIMARY KEY (user_id, permission_set_id))
        """,
        "CREATE TABLE versions (subject TEXT PRIMARY KEY NOT NULL, version BIGINT NOT NULL)",
        "INSERT INTO versions (subject, version) VALUES ('directory', 1), ('revocations', 1)",
    ]

    /// The form of names in which upper and lower case are one, so that a name is looked up without reading all there are.
    static let namesOfProfiles: [SQL] = (["profiles", "permission_sets"] as [StaticString]).flatMap {
        table -> [SQL] in
        [
            "ALTER TABLE \(raw: table) ADD COLUMN name_key TEXT NOT NULL DEFAULT ''",
            "CREATE INDEX \(raw: table)_by_name_key ON \(raw: table) (org_id, name_key)",
        ]
    }

    /// `LOWER` knows the letters of ASCII alone on SQLite.
    @Sendable
    static func keyNamesOfProfiles(_ connection: any Connection) throws {
        for table in ["profiles", "permission_sets"] as [StaticString] {
            for var row in try connection.rows("SELECT id, name FROM \(raw: table)") {
                let (id, name) = (try row.text(), try row.text())
                let key = AppComponents.comparable(name: name)
                try connection.execute("UPDATE \(raw: table) SET name_key = \(key) WHERE id = \(id)")
            }
        }
    }

    /// The number of the last change of each org, so that one org's change empties no memory of the others.
    static let directoryChanges: [SQL] = [
        "CREATE TABLE directory_changes (org_id TEXT PRIMARY KEY NOT NULL, version BIGINT NOT NULL)",
        "CREATE INDEX directory_changes_by_version ON directory_changes (version)",
    ]

    static let apiOfAnOrg: [SQL] = ["ALTER TABLE orgs ADD COLUMN is_api_enabled BIGINT NOT NULL DEFAULT 1"]

    static let audit: [SQL] = [
        "CREATE TABLE audit_heads (org_id TEXT PRIMARY KEY NOT NULL, sequence BIGINT NOT NULL, hash BYTEA NOT NULL)",
        """
        CREATE TABLE audit_entries (
            org_id TEXT NOT NULL, sequence BIGINT NOT NULL, occurred_at BIGINT NOT NULL, content TEXT NOT NULL,
            hash BYTEA NOT NULL,
            PRIMARY KEY (org_id, sequence))
        """,
    ]
}
