public import Storage

extension Connection {
    /// Waits until another transaction waits for a lock that this one holds; PostgreSQL alone tells.
    public func waitUntilSomebodyWaits() throws {
        while true {
            // Not a view of statistics, which a transaction sees as they were when it first looked.
            var row = try row(
                "SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
            )
            if try row?.int() ?? 0 > 0 { return }
        }
    }
}
