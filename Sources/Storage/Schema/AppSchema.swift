/// Apps, their documents and their consumers, and the settings of the org that apps are under.
extension Schema {
    static let apps: [SQL] = [
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

    static let connectedApps: [SQL] = [
        "ALTER TABLE apps ADD COLUMN kind TEXT NOT NULL DEFAULT 'externalClientApp'",
        "ALTER TABLE apps ADD COLUMN is_installed BIGINT NOT NULL DEFAULT 1",
        "ALTER TABLE apps ADD COLUMN blocked_at BIGINT",
        "ALTER TABLE orgs ADD COLUMN is_connected_app_creation_enabled BIGINT NOT NULL DEFAULT 0",
    ]

    /// A pair keeps its id, under which its secret is sealed, for as long as it lives; its handle is the name of the place that it
    /// stands in, and changes with a rotation.
    static let credentialsAndOrgSettings: [SQL] = [
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

    /// Full names of documents are looked up by type, whichever app has them, and whatever their case.
    static let componentNames: [SQL] = [
        "CREATE INDEX app_components_by_name ON app_components (kind, LOWER(full_name))"
    ]

    static let standardAnswers: [SQL] = [
        "ALTER TABLE apps ADD COLUMN has_standard_answers BIGINT NOT NULL DEFAULT 0"
    ]
}
