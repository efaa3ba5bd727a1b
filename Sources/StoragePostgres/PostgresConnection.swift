import Storage

/// A session inside a transaction, behind the seam.
struct PostgresConnection: Connection {
    let session: PostgresSession

    func execute(_ statement: SQL) throws -> Int {
        try guarded(statement).changedRows
    }

    func rows(_ statement: SQL) throws -> [Row] {
        try guarded(statement).rows()
    }

    /// PostgreSQL gives a whole transaction up when one statement of it fails, while callers may catch a
    /// ``ConstraintViolation`` and go on. So whatever can break a constraint runs behind a savepoint of its own.
    private func guarded(_ statement: SQL) throws -> PostgresResult {
        guard Self.mayBreakConstraint(statement.text) else { return try session.run(statement) }
        do {
            return try session.run(statement, after: "SAVEPOINT statement", before: "RELEASE statement")
        } catch {
            try session.command("ROLLBACK TO statement")
            throw error
        }
    }

    private static func mayBreakConstraint(_ text: String) -> Bool {
        text.hasPrefix("INSERT") || text.hasPrefix("UPDATE") || text.hasPrefix("DELETE")
    }
}
