public import OAuthTypes
public import Orgs

/// The table of the archives of deployments, sealed: of those that wait, and of validations that may be deployed later. They stand by
/// themselves, so that nobody who reads of a deployment walks over millions of bytes.
public enum DeploymentArchives {
    /// Some archives of one org.
    public struct Total: Hashable, Sendable {
        /// How many.
        public let count: Int
        /// Their size as they were sent, in bytes.
        public let bytes: Int

        /// A number of archives and their size.
        public init(count: Int, bytes: Int) { (self.count, self.bytes) = (count, bytes) }
    }

    static func insert(_ archive: [UInt8], of record: DeploymentRecord, on connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO deployment_archives (deployment_id, org_id, archive_bytes, archive)
            VALUES (\(record.id), \(record.org), \(record.archiveBytes), \(archive))
            """
        )
    }

    /// The sealed archive of a deployment, while it is kept.
    public static func find(_ id: DeploymentID, on connection: any Connection) throws -> [UInt8]? {
        var row = try connection.row("SELECT archive FROM deployment_archives WHERE deployment_id = \(id)")
        return try row?.blob()
    }

    static func delete(_ id: DeploymentID, on connection: any Connection) throws {
        try connection.execute("DELETE FROM deployment_archives WHERE deployment_id = \(id)")
    }

    /// Lets others who put deployments into the queue of an org wait until this transaction has ended, so that what it counts stays true.
    ///
    /// The row of the org is the lock: deployments at work do not hold it, as they do the head of the audit trail.
    public static func serialize(_ org: OrgID, on connection: any Connection) throws {
        try connection.execute("UPDATE orgs SET is_active = is_active WHERE id = \(org)")
    }

    /// What waits in an org.
    public static func waiting(org: OrgID, on connection: any Connection) throws -> Total {
        var row = try connection.row(
            """
            SELECT COUNT(*), CAST(COALESCE(SUM(a.archive_bytes), 0) AS BIGINT)
            FROM deployment_archives a JOIN deployments d ON d.id = a.deployment_id
            WHERE a.org_id = \(org) AND d.status = \(DeploymentStatus.pending.rawValue)
            """
        )
        return Total(count: try row?.int() ?? 0, bytes: try row?.int() ?? 0)
    }

    /// Keeps the newest archives of an org's validations, as many as there is place for; the older ones have to be sent again.
    ///
    /// - Parameter place: how many there may be and how large together.
    public static func keepValidations(within place: Total, org: OrgID, on connection: any Connection) throws {
        var (count, bytes) = (0, 0)
        for var row in try connection.rows(
            """
            SELECT a.deployment_id, a.archive_bytes FROM deployment_archives a JOIN deployments d ON d.id = a.deployment_id
            WHERE a.org_id = \(org) AND d.completed_at IS NOT NULL ORDER BY d.completed_at DESC, d.id DESC
            """
        ) {
            let id: DeploymentID = try row.id()
            (count, bytes) = (count + 1, bytes + (try row.int()))
            if count > place.count || bytes > place.bytes { try delete(id, on: connection) }
        }
    }

    /// Forgets archives of deployments that were done before a moment, some at a time.
    static func sweep(before moment: Timestamp, limit: Int, on connection: any Connection) throws -> Int {
        try connection.execute(
            """
            DELETE FROM deployment_archives WHERE deployment_id IN (
                SELECT a.deployment_id FROM deployment_archives a JOIN deployments d ON d.id = a.deployment_id
                WHERE d.completed_at < \(moment) ORDER BY a.deployment_id LIMIT \(limit))
            """
        )
    }
}
