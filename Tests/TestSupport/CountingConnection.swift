public import Storage

/// A connection that counts the statements that are run on it.
public final class CountingConnection: Connection {
    private let connection: any Connection
    /// How many there were.
    public private(set) var statements = 0

    /// One that counts what is run on a connection through it.
    public init(_ connection: any Connection) { self.connection = connection }

    /// What the transaction has changed of what nodes keep in memory.
    public var changes: Versions.Changes { connection.changes }

    /// Counts and runs a statement.
    public func execute(_ statement: SQL) throws -> Int {
        statements += 1
        return try connection.execute(statement)
    }

    /// Counts and runs a statement.
    public func rows(_ statement: SQL) throws -> [Row] {
        statements += 1
        return try connection.rows(statement)
    }

    /// How many statements reading something takes, with what was read.
    public static func count<Result>(
        on connection: any Connection,
        _ read: (CountingConnection) throws -> Result
    ) rethrows -> (result: Result, statements: Int) {
        let counting = CountingConnection(connection)
        let result = try read(counting)
        return (result, counting.statements)
    }
}
