public import ClientApps
public import OAuthTypes
public import Orgs

/// Which package an app came from.
public struct InstalledPackage: Hashable, Sendable {
    /// Its version.
    public let version: String
    /// Its digest, the name of this one package among all.
    public let digest: [UInt8]
    /// The fingerprint of the key that signed it.
    public let fingerprint: String
    /// The org that made it.
    public let sourceOrg: OrgID
    /// The app that it was made of.
    public let sourceApp: AppID
    /// The issuer of that org.
    public let issuer: String
    /// Whether the app has the consumer and the global settings of that app.
    public let isAssociated: Bool
    /// When it was installed.
    public let installedAt: Timestamp
    /// When another version took its place.
    public let upgradedAt: Timestamp?

    /// An installation.
    public init(
        version: String,
        digest: [UInt8],
        fingerprint: String,
        sourceOrg: OrgID,
        sourceApp: AppID,
        issuer: String,
        isAssociated: Bool,
        installedAt: Timestamp,
        upgradedAt: Timestamp? = nil
    ) {
        (self.version, self.digest, self.fingerprint) = (version, digest, fingerprint)
        (self.sourceOrg, self.sourceApp, self.issuer) = (sourceOrg, sourceApp, issuer)
        (self.isAssociated, self.installedAt, self.upgradedAt) = (isAssociated, installedAt, upgradedAt)
    }
}

/// The tables of packages: which versions were made of an app, and which apps came from one.
public enum PackageRecords {
    private static let columns: StaticString = """
        version, digest, fingerprint, source_org_id, i.source_app_id, issuer, is_associated, installed_at, upgraded_at
        """

    /// The package that an app came from; `nil` for one that was made here.
    public static func installed(_ app: AppID, on connection: any Connection) throws -> InstalledPackage? {
        try connection.row("SELECT \(raw: columns) FROM installed_packages i WHERE app_id = \(app)").map { row in
            var row = row
            return try InstalledPackage(&row)
        }
    }

    /// The packages that apps of an org came from, each with the developer name of its app, by which they are sorted.
    public static func installed(org: OrgID, on connection: any Connection) throws
        -> [(name: String, package: InstalledPackage)]
    {
        try connection.rows(
            """
            SELECT a.developer_name, \(raw: columns) FROM installed_packages i JOIN apps a ON a.id = i.app_id
            WHERE a.org_id = \(org) ORDER BY a.name_key
            """
        ).map { row in
            var row = row
            return (try row.text(), try InstalledPackage(&row))
        }
    }

    /// The app of an org that came from a package of a source app, whatever it is called there.
    public static func installation(of source: AppID, org: OrgID, on connection: any Connection) throws
        -> AppRecords.Stored?
    {
        guard
            var row = try connection.row(
                """
                SELECT a.id FROM installed_packages i JOIN apps a ON a.id = i.app_id
                WHERE a.org_id = \(org) AND i.source_app_id = \(source) ORDER BY a.id LIMIT 1
                """
            )
        else { return nil }
        return try AppRecords.find(id: row.id(), on: connection)
    }

    /// Remembers the package of an app, in the place of an earlier version.
    public static func save(
        _ package: InstalledPackage,
        app: AppID,
        noted _: AuditTrail.Receipt,
        on connection: any Connection
    ) throws {
        let source: AppID? = package.isAssociated ? package.sourceApp : nil
        try connection.execute("UPDATE apps SET source_app_id = \(source) WHERE id = \(app)")
        try connection.execute(
            """
            INSERT INTO installed_packages
                (app_id, version, digest, fingerprint, source_org_id, source_app_id, issuer, is_associated, installed_at,
                 upgraded_at)
            VALUES
                (\(app), \(package.version), \(package.digest), \(package.fingerprint), \(package.sourceOrg),
                 \(package.sourceApp), \(package.issuer), \(package.isAssociated), \(package.installedAt),
                 \(package.upgradedAt))
            ON CONFLICT (app_id) DO UPDATE SET
                version = excluded.version, digest = excluded.digest, fingerprint = excluded.fingerprint,
                upgraded_at = excluded.upgraded_at
            """
        )
        try Versions.bump(app: app, on: connection)
    }

    /// A version that was made of an app.
    public struct Made: Hashable, Sendable {
        /// Its number.
        public let version: String
        /// Its digest.
        public let digest: [UInt8]
        /// When it was made.
        public let createdAt: Timestamp
    }

    /// The versions that were made of an app, the first first.
    public static func made(of app: AppID, on connection: any Connection) throws -> [Made] {
        try connection.rows(
            "SELECT version, digest, created_at FROM package_versions WHERE app_id = \(app) ORDER BY created_at, version"
        ).map { row in
            var row = row
            return Made(version: try row.text(), digest: try row.blob(), createdAt: try row.time())
        }
    }

    /// The versions that were made of apps of an org, each with the developer name of its app, by which they are sorted.
    public static func made(org: OrgID, on connection: any Connection) throws -> [(name: String, package: Made)] {
        try connection.rows(
            """
            SELECT a.developer_name, p.version, p.digest, p.created_at
            FROM package_versions p JOIN apps a ON a.id = p.app_id WHERE a.org_id = \(org)
            ORDER BY a.name_key, p.created_at, p.version
            """
        ).map { row in
            var row = row
            let name = try row.text()
            return (name, Made(version: try row.text(), digest: try row.blob(), createdAt: try row.time()))
        }
    }

    /// Remembers a version that was made of an app.
    ///
    /// - Throws: ``ConstraintViolation`` of the kind `unique` when the version was made before.
    public static func insert(
        _ made: Made,
        of app: AppID,
        noted _: AuditTrail.Receipt,
        on connection: any Connection
    ) throws {
        try connection.execute(
            """
            INSERT INTO package_versions (app_id, version, digest, created_at) VALUES
                (\(app), \(made.version), \(made.digest), \(made.createdAt))
            """
        )
    }

    /// The issuers of the orgs whose installations have the consumer of an app.
    public static func installers(of app: AppID, on connection: any Connection) throws -> [String] {
        try connection.rows(
            """
            SELECT o.issuer FROM apps a JOIN orgs o ON o.id = a.org_id WHERE a.source_app_id = \(app) ORDER BY o.issuer
            """
        ).map { row in
            var row = row
            return try row.text()
        }
    }

    /// Forgets what is known of an app's packages.
    static func delete(_ app: AppID, on connection: any Connection) throws {
        try connection.execute("DELETE FROM package_versions WHERE app_id = \(app)")
        try connection.execute("DELETE FROM installed_packages WHERE app_id = \(app)")
    }
}

extension InstalledPackage {
    fileprivate init(_ row: inout Row) throws {
        self.init(
            version: try row.text(),
            digest: try row.blob(),
            fingerprint: try row.text(),
            sourceOrg: try row.id(),
            sourceApp: try row.id(),
            issuer: try row.text(),
            isAssociated: try row.bool(),
            installedAt: try row.time(),
            upgradedAt: try row.optionalTime()
        )
    }
}

extension PackageRecords.Made {
    /// A version made now.
    public init(_ version: String, digest: [UInt8], at now: Timestamp) {
        (self.version, self.digest, createdAt) = (version, digest, now)
    }
}
