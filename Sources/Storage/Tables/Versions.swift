/// Counters that tell every node, and the server beside a command of the CLI, that something it keeps in memory has changed.
public enum Versions {
    /// What a counter counts the changes of.
    public enum Subject: String, Sendable, CaseIterable {
        /// Orgs, profiles, permission sets, users, apps and keys.
        case directory
        /// Revoked tokens and authorizations.
        case revocations
    }

    /// What a transaction has changed and not counted yet.
    public final class Changes {
        fileprivate var subjects: Set<Subject> = []

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

    /// Counts a change of what a transaction writes. It is counted once, when the transaction has done all else: who writes the row of a
    /// counter keeps everybody else who changes something waiting until it ends.
    public static func bump(_ subject: Subject, on connection: any Connection) {
        connection.changes.subjects.insert(subject)
    }

    /// Counts what was changed; a driver calls it last in each transaction that writes.
    ///
    /// - Throws: what the database throws.
    public static func count(_ changes: Changes, on connection: any Connection) throws {
        for subject in changes.subjects.sorted(by: { $0.rawValue < $1.rawValue }) {
            _ = try next(subject, on: connection)
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
}
