extension Schema {
    /// A consumer key names one app of an org, so an app is installed there once.
    static let oneInstallation: [SQL] = [
        "CREATE UNIQUE INDEX one_installation ON apps (org_id, source_app_id) WHERE source_app_id IS NOT NULL"
    ]

    /// Packages: the key of each org, whose packages an org trusts, which versions it made, and which apps came from one. An app with a
    /// source has that app's consumers and global settings.
    static let packages: [SQL] = [
        "ALTER TABLE apps ADD COLUMN source_app_id TEXT REFERENCES apps (id)",
        "CREATE INDEX apps_by_source ON apps (source_app_id) WHERE source_app_id IS NOT NULL",
        """
        CREATE TABLE package_keys (
            org_id TEXT PRIMARY KEY NOT NULL REFERENCES orgs (id), public_key BYTEA NOT NULL,
            sealed_private_key BYTEA NOT NULL, created_at BIGINT NOT NULL)
        """,
        """
        CREATE TABLE package_signers (
            org_id TEXT NOT NULL REFERENCES orgs (id), fingerprint TEXT NOT NULL, issuer TEXT NOT NULL,
            trusted_at BIGINT NOT NULL,
            PRIMARY KEY (org_id, fingerprint))
        """,
        """
        CREATE TABLE package_versions (
            app_id TEXT NOT NULL REFERENCES apps (id), version TEXT NOT NULL, digest BYTEA NOT NULL,
            created_at BIGINT NOT NULL,
            PRIMARY KEY (app_id, version))
        """,
        """
        CREATE TABLE installed_packages (
            app_id TEXT PRIMARY KEY NOT NULL REFERENCES apps (id), version TEXT NOT NULL, digest BYTEA NOT NULL,
            fingerprint TEXT NOT NULL, source_org_id TEXT NOT NULL, source_app_id TEXT NOT NULL, issuer TEXT NOT NULL,
            is_associated BIGINT NOT NULL, installed_at BIGINT NOT NULL, upgraded_at BIGINT)
        """,
    ]
}
