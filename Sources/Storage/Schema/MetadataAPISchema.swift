/// The tables of the Metadata API.
enum MetadataAPISchema {
    /// Archives beside the deployments that they are of, and what the queue looks at.
    static let archives: [SQL] = [
        """
        CREATE TABLE deployment_archives (
            deployment_id TEXT PRIMARY KEY NOT NULL REFERENCES deployments (id), org_id TEXT NOT NULL,
            archive_bytes BIGINT NOT NULL, archive BYTEA NOT NULL)
        """,
        """
        INSERT INTO deployment_archives (deployment_id, org_id, archive_bytes, archive)
        SELECT id, org_id, archive_bytes, archive FROM deployments WHERE archive IS NOT NULL
        """,
        "ALTER TABLE deployments DROP COLUMN archive",
        "CREATE INDEX deployment_archives_by_org ON deployment_archives (org_id)",
        "CREATE INDEX deployments_by_start ON deployments (org_id, started_at)",
        "CREATE INDEX retrievals_by_user ON retrievals (org_id, user_id, created_at)",
    ]

    /// The migration; a released one is never changed.
    static let statements: [SQL] = [
        """
        CREATE TABLE deployments (
            id TEXT PRIMARY KEY NOT NULL, org_id TEXT NOT NULL REFERENCES orgs (id), user_id TEXT NOT NULL,
            user_name TEXT NOT NULL, source TEXT, version BIGINT NOT NULL, options TEXT NOT NULL, archive BYTEA,
            archive_bytes BIGINT NOT NULL, status TEXT NOT NULL, attempts BIGINT NOT NULL, claimed_until BIGINT,
            created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, started_at BIGINT, completed_at BIGINT,
            canceled_by TEXT, canceled_by_name TEXT, error_code TEXT, error_message TEXT,
            files BIGINT NOT NULL DEFAULT 0, components_total BIGINT NOT NULL DEFAULT 0,
            components_deployed BIGINT NOT NULL DEFAULT 0, component_errors BIGINT NOT NULL DEFAULT 0)
        """,
        // One at a time in an org, whichever node does it.
        """
        CREATE UNIQUE INDEX one_deployment_at_work ON deployments (org_id) WHERE status IN ('InProgress', 'Canceling')
        """,
        """
        CREATE INDEX open_deployments ON deployments (created_at)
        WHERE status IN ('Pending', 'InProgress', 'Canceling')
        """,
        "CREATE INDEX deployments_by_end ON deployments (completed_at) WHERE completed_at IS NOT NULL",
        """
        CREATE TABLE deployment_messages (
            deployment_id TEXT NOT NULL REFERENCES deployments (id), position BIGINT NOT NULL, file_name TEXT NOT NULL,
            full_name TEXT NOT NULL, component_type TEXT NOT NULL, component_id TEXT, is_success BIGINT NOT NULL,
            is_created BIGINT NOT NULL, is_changed BIGINT NOT NULL, is_deleted BIGINT NOT NULL, problem TEXT,
            problem_type TEXT, line BIGINT,
            PRIMARY KEY (deployment_id, position))
        """,
        """
        CREATE TABLE retrievals (
            id TEXT PRIMARY KEY NOT NULL, org_id TEXT NOT NULL REFERENCES orgs (id), user_id TEXT NOT NULL,
            request TEXT NOT NULL, created_at BIGINT NOT NULL)
        """,
        "CREATE INDEX retrievals_by_age ON retrievals (created_at)",
        """
        CREATE TABLE org_documents (
            id TEXT NOT NULL, org_id TEXT NOT NULL REFERENCES orgs (id), kind TEXT NOT NULL, full_name TEXT NOT NULL,
            name_key TEXT NOT NULL, document BYTEA NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
            PRIMARY KEY (org_id, kind, name_key))
        """,
    ]

    /// Which users made and last changed what lists and retrievals tell of; nothing where it was nobody of the org, or before this.
    static let authors: [SQL] = [
        "ALTER TABLE apps ADD COLUMN created_by TEXT",
        "ALTER TABLE app_components ADD COLUMN updated_by TEXT",
        "ALTER TABLE org_documents ADD COLUMN created_by TEXT",
        "ALTER TABLE org_documents ADD COLUMN updated_by TEXT",
        "ALTER TABLE org_settings ADD COLUMN updated_by TEXT",
    ]
}
