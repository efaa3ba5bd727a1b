public import ClientApps
public import OAuthTypes
public import Orgs

/// Counters that tell every node, and the server beside a command of the CLI, that something it keeps in memory has changed, and of which
/// orgs.
public enum Versions {
    /// What a counter counts the changes of.
    enum Subject: String, Sendable, CaseIterable {
        /// Orgs, profiles, permission sets, users, apps and keys.
        case directory
        /// Revoked tokens and authorizations.
        case revocations
    }

    /// What a transaction has changed and not counted yet.
    public final class Changes {
        fileprivate var orgs: Set<OrgID> = []
        fileprivate var apps: Set<AppID> = []

        /// Nothing yet.
        public init() {}
    }

    /// The counters as they stand.
    public struct Snapshot: Hashable, Sendable {
        /// How often something of the directory was changed.
        public var directory: Int64 = 0
        /// How often something was revoked.
        public var revocations: Int64 = 0

        /// Counters of a new database.
        public init() {}
    }

    /// Counts a change of what nodes keep of an org. It is counted once, when the transaction has done all else: who writes the row of a
    /// counter keeps everybody else who changes something waiting until it ends.
    public static func bump(_ org: OrgID, on connection: any Connection) {
        connection.changes.orgs.insert(org)
    }

    /// Counts a change of an app: of what nodes keep of its org, and of the orgs that installed it and have its consumers. A deletion is
    /// counted before the app is gone.
    ///
    /// - Throws: what the database throws.
    public static func bump(app id: AppID, on connection: any Connection) throws {
        guard connection.changes.apps.insert(id).inserted else { return }
        connection.changes.orgs.formUnion(try orgs(ofApp: id, on: connection))
    }

    private static func orgs(ofApp id: AppID, on connection: any Connection) throws -> Set<OrgID> {
        Set(
            try connection.rows("SELECT org_id FROM apps WHERE id = \(id) OR source_app_id = \(id)").map { row in
                var row = row
                return try row.id()
            }
        )
    }

    /// Counts what was changed; a driver calls it last in each transaction that writes.
    ///
    /// - Throws: what the database throws.
    public static func count(_ changes: Changes, on connection: any Connection) throws {
        guard !changes.orgs.isEmpty else { return }
        let version = try next(.directory, on: connection)
        // Who installed an app while it was being changed keeps what it was before. Behind the counter nobody else's change is under way.
        for app in changes.apps { changes.orgs.formUnion(try orgs(ofApp: app, on: connection)) }
        for org in changes.orgs {
            try connection.execute(
                """
                INSERT INTO directory_changes (org_id, version) VALUES (\(org), \(version))
                ON CONFLICT (org_id) DO UPDATE SET version = excluded.version
                """
            )
        }
    }

    /// Counts one change at once. Transactions that count the same end one after the other, so a counter that is seen has all changes
    /// of lower numbers before it.
    ///
    /// - Returns: the number of the change.
    static func next(_ subject: Subject, on connection: any Connection) throws -> Int64 {
        let counted: SQL =
            "UPDATE versions SET version = version + 1 WHERE subject = \(subject.rawValue) RETURNING version"
        guard var row = try connection.row(counted) else { return 0 }
        return try row.integer()
    }

    /// Reads the counters.
    public static func current(on connection: any Connection) throws -> Snapshot {
        var snapshot = Snapshot()
        for var row in try connection.rows("SELECT subject, version FROM versions") {
            switch Subject(rawValue: try row.text()) {
            case .directory: snapshot.directory = try row.integer()
            case .revocations: snapshot.revocations = try row.integer()
            case nil: break
            }
        }
        return snapshot
    }

    /// The orgs of which something was changed since the counter of the directory stood at a number.
    public static func changed(since version: Int64, on connection: any Connection) throws -> Set<OrgID> {
        Set(
            try connection.rows("SELECT org_id FROM directory_changes WHERE version > \(version)").map { row in
                var row = row
                return try row.id()
            }
        )
    }
}
