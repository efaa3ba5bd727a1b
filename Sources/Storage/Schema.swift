import ClientApps

/// The schema and its history. A released migration is never changed; a new one is added at the end.
public enum Schema {
    /// Every migration in its order.
    public static let migrations: [Migration] = [
        Migration("0001-orgs-and-users", orgsAndUsers),
        Migration("0002-apps", apps),
        Migration("0003-keys", keys),
        Migration("0004-grants", grants),
        Migration("0005-sign-in", signIn),
        Migration("0006-grant-upkeep", grantUpkeep),
        Migration("0007-audit", audit),
        Migration("0008-connected-apps", connectedApps),
        Migration("0009-credentials-and-org-settings", credentialsAndOrgSettings),
        Migration("0010-several-orgs", severalOrgs),
        Migration("0011-packages", packages),
        Migration("0012-metadata-api", MetadataAPISchema.statements),
        Migration("0013-revocation-versions", revocationVersions),
        Migration("0014-one-installation", oneInstallation),
        Migration("0015-component-names", componentNames),
        Migration("0016-deployment-archives", MetadataAPISchema.archives),
        Migration("0017-directory-changes", directoryChanges),
        Migration("0018-names-of-profiles", namesOfProfiles, step: keyNamesOfProfiles),
        Migration("0019-standard-answers", standardAnswers),
        Migration("0020-api-of-an-org", apiOfAnOrg),
        Migration("0021-sessions-of-apps", sessionsOfApps),
    ]

    /// The number of the last change of each org, so that one org's change empties no memory of the others.
    private static let directoryChanges: [SQL] = [
        "CREATE TABLE directory_changes (org_id TEXT PRIMARY KEY NOT NULL, version BIGINT NOT NULL)",
        "CREATE INDEX directory_changes_by_version ON directory_changes (version)",
    ]

    /// The form of names in which upper and lower case are one, so that a name is looked up without reading all there are.
    private static let namesOfProfiles: [SQL] = (["profiles", "permission_sets"] as [StaticString]).flatMap {
        table -> [SQL] in
        [
            "ALTER TABLE \(raw: table) ADD COLUMN name_key TEXT NOT NULL DEFAULT ''",
            "CREATE INDEX \(raw: table)_by_name_key ON \(raw: table) (org_id, name_key)",
        ]
    }

    /// `LOWER` knows the letters of ASCII alone on SQLite.
    @Sendable
    private static func keyNamesOfProfiles(_ connection: any Connection) throws {
        for table in ["profiles", "permission_sets"] as [StaticString] {
            for var row in try connection.rows("SELECT id, name FROM \(raw: table)") {
                let (id, name) = (try row.text(), try row.text())
                let key = AppComponents.comparable(name: name)
                try connection.execute("UPDATE \(raw: table) SET name_key = \(key) WHERE id = \(id)")
            }
        }
    }

    /// Full names of documents are looked up by type, whichever app has them, and whatever their case.
    private static let componentNames: [SQL] = [
        "CREATE INDEX app_components_by_name ON app_components (kind, LOWER(full_name))"
    ]

    private static let orgsAndUsers: [SQL] = [
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

    private static let apps: [SQL] = [
        """
        CREATE TABLE apps (
            id TEXT PRIMARY KEY NOT NULL, org_id TEXT NOT NULL REFERENCES orgs (id), developer_name TEXT NOT NULL,
            name_key TEXT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
            not_before BIGINT NOT NULL DEFAULT 0,
            UNIQUE (org_id, name_key))
        """,
        """
        CREATE TABLE app_components (
            app_id TEXT NOT NULL REFERENCES apps (id), kind TEXT NOT NULL, full_name TEXT NOT NULL,
            document BYTEA NOT NULL, updated_at BIGINT NOT NULL,
            PRIMARY KEY (app_id, kind))
        """,
        """
        CREATE TABLE consumers (
            id TEXT PRIMARY KEY NOT NULL, app_id TEXT NOT NULL REFERENCES apps (id), consumer_key TEXT NOT NULL UNIQUE,
            secret_digest BYTEA NOT NULL, sealed_secret BYTEA NOT NULL, state TEXT NOT NULL, created_at BIGINT NOT NULL)
        """,
        "CREATE INDEX consumers_by_app ON consumers (app_id)",
    ]

    private static let keys: [SQL] = [
        """
        CREATE TABLE signing_keys (
            kid TEXT NOT NULL, org_id TEXT NOT NULL REFERENCES orgs (id), purpose TEXT NOT NULL,
            state TEXT NOT NULL, modulus BYTEA NOT NULL, exponent BYTEA NOT NULL, sealed_private_key BYTEA NOT NULL,
            created_at BIGINT NOT NULL, published_at BIGINT NOT NULL, activated_at BIGINT, retired_at BIGINT,
            usable_until BIGINT,
            PRIMARY KEY (org_id, kid))
        """,
        "CREATE UNIQUE INDEX one_active_key ON signing_keys (org_id, purpose) WHERE state = 'active'",
        "CREATE UNIQUE INDEX one_next_key ON signing_keys (org_id, purpose) WHERE state = 'next'",
    ]

    private static let grants: [SQL] = [
        """
        CREATE TABLE consents (
            app_id TEXT NOT NULL REFERENCES apps (id), user_id TEXT NOT NULL REFERENCES users (id), id TEXT NOT NULL,
            scopes TEXT NOT NULL, offline_scopes TEXT NOT NULL, granted_at BIGINT NOT NULL,
            PRIMARY KEY (app_id, user_id))
        """,
        """
        CREATE TABLE authorizations (
            id TEXT PRIMARY KEY NOT NULL, org_id TEXT NOT NULL, app_id TEXT NOT NULL REFERENCES apps (id),
            user_id TEXT NOT NULL REFERENCES users (id), scopes TEXT NOT NULL, created_at BIGINT NOT NULL,
            last_used_at BIGINT NOT NULL, use_count BIGINT NOT NULL, authenticated_at BIGINT NOT NULL,
            revoked_at BIGINT)
        """,
        "CREATE INDEX live_authorizations ON authorizations (app_id, user_id, created_at) WHERE revoked_at IS NULL",
        """
        CREATE TABLE authorization_codes (
            digest BYTEA PRIMARY KEY NOT NULL, org_id TEXT NOT NULL, app_id TEXT NOT NULL REFERENCES apps (id),
            user_id TEXT NOT NULL REFERENCES users (id), redirect_uri TEXT NOT NULL, scopes TEXT NOT NULL,
            code_challenge TEXT, nonce TEXT, authenticated_at BIGINT NOT NULL, created_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL, redeemed_at BIGINT, authorization_id TEXT)
        """,
        "CREATE INDEX authorization_codes_by_expiry ON authorization_codes (expires_at)",
        """
        CREATE TABLE refresh_tokens (
            digest BYTEA PRIMARY KEY NOT NULL, authorization_id TEXT NOT NULL REFERENCES authorizations (id),
            generation BIGINT NOT NULL, created_at BIGINT NOT NULL, rotated_at BIGINT)
        """,
        "CREATE INDEX refresh_tokens_by_authorization ON refresh_tokens (authorization_id)",
        """
        CREATE TABLE opaque_tokens (
            digest BYTEA PRIMARY KEY NOT NULL, org_id TEXT NOT NULL, app_id TEXT NOT NULL REFERENCES apps (id),
            consumer_id TEXT NOT NULL, user_id TEXT NOT NULL REFERENCES users (id), grant_type TEXT NOT NULL,
            authorization_id TEXT, scopes TEXT NOT NULL,
            issued_at BIGINT NOT NULL, timeout_minutes BIGINT NOT NULL, expires_at BIGINT NOT NULL)
        """,
        "CREATE INDEX opaque_tokens_by_authorization ON opaque_tokens (authorization_id)",
        "CREATE INDEX opaque_tokens_by_expiry ON opaque_tokens (expires_at)",
        """
        CREATE TABLE revocations (
            subject TEXT PRIMARY KEY NOT NULL, org_id TEXT NOT NULL, revoked_at BIGINT NOT NULL, expires_at BIGINT NOT NULL)
        """,
        "CREATE INDEX revocations_by_expiry ON revocations (expires_at)",
        """
        CREATE TABLE used_once (
            consumer_key TEXT NOT NULL, kind TEXT NOT NULL, digest BYTEA NOT NULL, expires_at BIGINT NOT NULL,
            PRIMARY KEY (consumer_key, kind, digest))
        """,
        "CREATE INDEX used_once_by_expiry ON used_once (expires_at)",
    ]

    /// What finding the newest refresh token, taking codes back and sweeping need, so that none of them reads a whole table.
    private static let grantUpkeep: [SQL] = [
        "ALTER TABLE authorizations ADD COLUMN newest_generation BIGINT NOT NULL DEFAULT 1",
        """
        UPDATE authorizations SET newest_generation = (
            SELECT COALESCE(MAX(r.generation), 1) FROM refresh_tokens r WHERE r.authorization_id = authorizations.id)
        """,
        "CREATE INDEX revoked_authorizations ON authorizations (revoked_at) WHERE revoked_at IS NOT NULL",
        "CREATE INDEX live_authorizations_by_user ON authorizations (user_id) WHERE revoked_at IS NULL",
        "CREATE INDEX rotated_refresh_tokens ON refresh_tokens (rotated_at) WHERE rotated_at IS NOT NULL",
        "CREATE INDEX open_authorization_codes ON authorization_codes (app_id, user_id) WHERE redeemed_at IS NULL",
    ]

    private static let signIn: [SQL] = [
        """
        CREATE TABLE sessions (
            digest BYTEA PRIMARY KEY NOT NULL, org_id TEXT NOT NULL, user_id TEXT NOT NULL REFERENCES users (id),
            authenticated_at BIGINT NOT NULL, timeout_minutes BIGINT NOT NULL, expires_at BIGINT NOT NULL)
        """,
        "CREATE INDEX sessions_by_user ON sessions (user_id)",
        "CREATE INDEX sessions_by_expiry ON sessions (expires_at)",
        """
        CREATE TABLE sign_in_failures (
            subject TEXT PRIMARY KEY NOT NULL, failures BIGINT NOT NULL, last_failure_at BIGINT NOT NULL)
        """,
        "CREATE INDEX sign_in_failures_by_age ON sign_in_failures (last_failure_at)",
    ]

    /// An app that has a user's token may open a session for the user; it ends with what the app has of the user.
    private static let sessionsOfApps: [SQL] = [
        "ALTER TABLE sessions ADD COLUMN app_id TEXT REFERENCES apps (id)",
        "ALTER TABLE sessions ADD COLUMN consumer_key TEXT",
        "CREATE INDEX sessions_by_app ON sessions (app_id, user_id) WHERE app_id IS NOT NULL",
    ]

    private static let revocationVersions: [SQL] = [
        "ALTER TABLE revocations ADD COLUMN version BIGINT NOT NULL DEFAULT 0",
        "CREATE INDEX revocations_by_version ON revocations (version)",
    ]

    private static let audit: [SQL] = [
        "CREATE TABLE audit_heads (org_id TEXT PRIMARY KEY NOT NULL, sequence BIGINT NOT NULL, hash BYTEA NOT NULL)",
        """
        CREATE TABLE audit_entries (
            org_id TEXT NOT NULL, sequence BIGINT NOT NULL, occurred_at BIGINT NOT NULL, content TEXT NOT NULL,
            hash BYTEA NOT NULL,
            PRIMARY KEY (org_id, sequence))
        """,
    ]

    /// A pair keeps its id, under which its secret is sealed, for as long as it lives; its handle is the name of the place that it
    /// stands in, and changes with a rotation.
    private static let credentialsAndOrgSettings: [SQL] = [
        "ALTER TABLE consumers ADD COLUMN handle TEXT NOT NULL DEFAULT ''",
        "UPDATE consumers SET handle = id",
        "ALTER TABLE consumers ADD COLUMN created_by TEXT",
        "ALTER TABLE consumers ADD COLUMN expires_at BIGINT",
        "CREATE UNIQUE INDEX one_active_pair ON consumers (app_id) WHERE state = 'active'",
        "CREATE UNIQUE INDEX one_staged_pair ON consumers (app_id) WHERE state = 'staged'",
        "CREATE INDEX consumers_by_expiry ON consumers (expires_at) WHERE expires_at IS NOT NULL",
        "ALTER TABLE orgs ADD COLUMN credential_overlap_days BIGINT NOT NULL DEFAULT 30",
        """
        CREATE TABLE org_settings (
            org_id TEXT NOT NULL REFERENCES orgs (id), kind TEXT NOT NULL, document BYTEA NOT NULL,
            updated_at BIGINT NOT NULL,
            PRIMARY KEY (org_id, kind))
        """,
        """
        CREATE INDEX live_authorizations_by_app ON authorizations (app_id, id) WHERE revoked_at IS NULL
        """,
    ]

    /// The login host publishes the keys of all orgs in one set.
    private static let severalOrgs: [SQL] = ["CREATE UNIQUE INDEX one_key_of_a_name ON signing_keys (kid)"]

    private static let connectedApps: [SQL] = [
        "ALTER TABLE apps ADD COLUMN kind TEXT NOT NULL DEFAULT 'externalClientApp'",
        "ALTER TABLE apps ADD COLUMN is_installed BIGINT NOT NULL DEFAULT 1",
        "ALTER TABLE apps ADD COLUMN blocked_at BIGINT",
        "ALTER TABLE orgs ADD COLUMN is_connected_app_creation_enabled BIGINT NOT NULL DEFAULT 0",
    ]

    private static let standardAnswers: [SQL] = [
        "ALTER TABLE apps ADD COLUMN has_standard_answers BIGINT NOT NULL DEFAULT 0"
    ]

    private static let apiOfAnOrg: [SQL] = ["ALTER TABLE orgs ADD COLUMN is_api_enabled BIGINT NOT NULL DEFAULT 1"]
}
