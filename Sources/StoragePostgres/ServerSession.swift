package import OAuthTypes

/// A session for what PostgreSQL runs outside transactions, such as `CREATE DATABASE`: for those who set servers up.
package enum ServerSession {
    /// Runs one statement on a connection of its own.
    ///
    /// - Throws: `DatabaseUnavailable` or ``PostgresFailure``.
    package static func run(_ statement: String, at url: Secret) async throws {
        let pool = SessionPool(url: url, count: 1, readers: 0)
        let outcome: Result<Void, any Error>
        do {
            try await pool.run(.write) { session in
                try session.connect()
                // Databases that are made at the same time wait for one another.
                try session.command("SET lock_timeout = 0")
                try session.command(statement)
            }
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await pool.close()
        try outcome.get()
    }
}
