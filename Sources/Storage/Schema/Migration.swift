/// A step from one schema to the next: named, never changed once released, applied in order and once.
public struct Migration: Sendable {
    /// The name under which it is remembered as applied.
    public let name: String
    /// Its statements, in the words that SQLite and PostgreSQL share: `TEXT`, `BIGINT` and `BYTEA` columns.
    public let statements: [SQL]
    /// What follows the statements and cannot be said in SQL that both databases understand alike.
    public let step: @Sendable (any Connection) throws -> Void

    /// A migration of a name, its statements and what follows them.
    public init(
        _ name: String,
        _ statements: [SQL],
        step: @escaping @Sendable (any Connection) throws -> Void = { _ in }
    ) {
        (self.name, self.statements, self.step) = (name, statements, step)
    }
}

/// Brings a schema up to date.
public enum Migrator {
    /// Says that the database was written by a newer release.
    public struct NewerSchema: Error, CustomStringConvertible {
        /// A migration this release does not know.
        public let name: String
        /// Which migration is not known, and what to do.
        public var description: String {
            "the database has the migration '\(name)', which this release of signet does not know: start the newer release that made it"
        }
    }

    /// Applies what is missing, within the transaction of `connection`. The driver holds a lock, so that two nodes that start
    /// together do not both migrate.
    ///
    /// - Throws: ``NewerSchema``, or what the database throws.
    public static func migrate(_ connection: any Connection, _ migrations: [Migration]) throws {
        try connection.execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY NOT NULL)")
        var applied: Set<String> = []
        for var row in try connection.rows("SELECT name FROM migrations") { applied.insert(try row.text()) }
        if let unknown = applied.subtracting(migrations.map(\.name)).min() { throw NewerSchema(name: unknown) }
        for migration in migrations where !applied.contains(migration.name) {
            for statement in migration.statements { try connection.execute(statement) }
            try migration.step(connection)
            try connection.execute("INSERT INTO migrations (name) VALUES (\(migration.name))")
        }
    }
}
