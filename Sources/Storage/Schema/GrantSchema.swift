/// What users have allowed apps, the tokens and keys of it, and sessions.
extension Schema {
    static let keys: [SQL] = [
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

    /// The login host publishes the keys of all orgs in one set.
    static let severalOrgs: [SQL] = ["CREATE UNIQUE INDEX one_key_of_a_name ON signing_keys (kid)"]

    static let grants: [SQL] = [
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
    static let grantUpkeep: [SQL] = [
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

    static let revocationVersions: [SQL] = [
        "ALTER TABLE revocations ADD COLUMN version BIGINT NOT NULL DEFAULT 0",
        "CREATE INDEX revocations_by_version ON revocations (version)",
    ]

    static let signIn: [SQL] = [
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
    static let sessionsOfApps: [SQL] = [
        "ALTER TABLE sessions ADD COLUMN app_id TEXT REFERENCES apps (id)",
        "ALTER TABLE sessions ADD COLUMN consumer_key TEXT",
        "CREATE INDEX sessions_by_app ON sessions (app_id, user_id) WHERE app_id IS NOT NULL",
    ]

    /// The session of an API may open one of a browser, which ends with it.
    static let sessionsOfSessions: [SQL] = [
        "ALTER TABLE sessions ADD COLUMN parent BYTEA",
        "CREATE INDEX sessions_by_parent ON sessions (parent) WHERE parent IS NOT NULL",
    ]
}
