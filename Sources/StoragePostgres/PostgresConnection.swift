import Storage

/// A session inside a transaction, behind the seam.
struct PostgresConnection: Connection {
    let session: PostgresSession
    let changes = Versions.Changes()

    func execute(_ statement: SQL) throws -> Int {
        try guarded(statement).changedRows
    }

    func rows(_ statement: SQL) throws -> [Row] {
        try guarded(statement).rows()
    }

    /// PostgreSQL gives a whole transaction up when one statement of it fails, while callers may catch a
    /// ``ConstraintViolation`` and go on. So whatever can break a constraint runs behind a savepoint of its own.
    private func guarded(_ statement: SQL) throws -> PostgresResult {
        Self.mayBreakConstraint(statement.text)
            ? try session.runBehindSavepoint(statement) : try session.run(statement)
    }

    private static func mayBreakConstraint(_ text: String) -> Bool {
        text.hasPrefix("INSERT") || text.hasPrefix("UPDATE") || text.hasPrefix("DELETE")
    }
}
