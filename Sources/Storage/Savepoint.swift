extension Connection {
    /// Runs a part of a transaction of which nothing is kept when it throws; what was done before it stays, and the transaction goes on.
    ///
    /// - Throws: what the closure throws.
    public func part<Result>(_ body: () throws -> Result) throws -> Result {
        try execute("SAVEPOINT part")
        do {
            let result = try body()
            try execute("RELEASE SAVEPOINT part")
            return result
        } catch {
            try execute("ROLLBACK TO SAVEPOINT part")
            try execute("RELEASE SAVEPOINT part")
            throw error
        }
    }
}
