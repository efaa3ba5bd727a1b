public import OAuthTypes
public import Storage

/// The data in a PostgreSQL server, which several nodes can share.
///
/// A write is one `READ COMMITTED` transaction, a read one `REPEATABLE READ` transaction that cannot write. Each
/// `INSERT`, `UPDATE` and `DELETE` runs behind a savepoint, so that a ``ConstraintViolation`` can be caught and the
/// transaction go on, as on SQLite.
public final class PostgresDatabase: Database {
    /// Keeps two nodes that start together from both migrating: "signet" in ASCII.
    private static let migrationLock: Int64 = 0x7369_676e_6574
    private static let readBegin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    private static let writeBegin = "BEGIN ISOLATION LEVEL READ COMMITTED"
    /// How often a write runs at most when serialization failures or deadlocks end it.
    private static let attempts = 3

    private let pool: SessionPool

    private init(pool: SessionPool) {
        self.pool = pool
    }

    /// Connects to the database that a URL names and brings its schema up to date.
    ///
    /// - Parameters:
    ///   - url: a libpq URL, `postgres://user:password@host:port/database`; never shown.
    ///   - connections: how many connections are opened at most, each at its first use.
    ///   - readers: how many of them are kept for what only reads.
    /// - Throws: `DatabaseUnavailable`, ``PostgresFailure``, or `Migrator.NewerSchema`.
    public static func open(
        url: Secret,
        connections: Int,
        readers: Int = 2,
        migrations: [Migration] = Schema.migrations
    ) async throws -> PostgresDatabase {
        let database = PostgresDatabase(pool: SessionPool(url: url, count: connections, readers: readers))
        do {
            try await database.write { connection in
                // A migration takes as long as it takes, and whoever starts beside it waits for its end.
                try connection.execute("SET LOCAL lock_timeout = 0")
                _ = try connection.rows("SELECT pg_advisory_xact_lock(\(migrationLock))")
                try Migrator.migrate(connection, migrations)
            }
        } catch {
            await database.pool.close()
            throw error
        }
        return database
    }

    /// Runs a closure as one read-only transaction.
    ///
    /// - Throws: what the closure throws, `DatabaseUnavailable`, or ``PostgresFailure``.
    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        try await pool.run(.read) { try $0.transaction(Self.readBegin, body) }
    }

    /// Runs a closure as one transaction; it runs again, at most three times in all, when the server ends it for a
    /// serialization failure or a deadlock.
    public func write<Result: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        try await pool.run(.write) { session in
            for _ in 1..<Self.attempts {
                do {
                    return try session.transaction(Self.writeBegin, body)
                } catch let failure as PostgresFailure where failure.isTransient {
                    continue
                }
            }
            return try session.transaction(Self.writeBegin, body)
        }
    }

    /// Finishes what is under way and closes every connection.
    public func close() async throws {
        await pool.close()
    }
}
