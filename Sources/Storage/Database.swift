/// The seam between Signet and a database: two drivers implement it, one contract suite holds both to the same behaviour.
public protocol Database: Sendable {
    /// Runs a closure that only reads, on a consistent view of what was committed.
    ///
    /// The closure is synchronous: nothing is awaited inside a transaction. What it throws is thrown here.
    func read<Result: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> Result) async throws -> Result

    /// Runs a closure as one transaction. It is durable when this returns; if the closure throws, nothing of it is kept.
    ///
    /// A driver may commit several closures together, each with a savepoint of its own.
    func write<Result: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> Result) async throws -> Result

    /// Finishes what is under way and closes every connection.
    func close() async throws
}

/// A connection inside a transaction.
public protocol Connection {
    /// What the transaction has changed of what nodes keep in memory.
    var changes: Versions.Changes { get }

    /// Runs a statement that answers no rows.
    ///
    /// - Returns: the number of rows changed.
    @discardableResult
    func execute(_ statement: SQL) throws -> Int

    /// Runs a statement and reads all the rows it answers, also of `INSERT`, `UPDATE` and `DELETE … RETURNING`.
    func rows(_ statement: SQL) throws -> [Row]
}

extension Connection {
    /// Runs a statement and reads the first row, if there is one.
    public func row(_ statement: SQL) throws -> Row? {
        try rows(statement).first
    }

    /// The rows of a statement about any number of things, asked in as few statements as it takes: none for none, and one for a page.
    ///
    /// - Parameter statement: is about those that it is given, by an argument `list:`.
    func rows<Member>(about members: [Member], _ statement: ([Member]) -> SQL) throws -> [Row] {
        var rows: [Row] = []
        var rest = members[...]
        while !rest.isEmpty {
            rows += try self.rows(statement(Array(rest.prefix(mostInStatement))))
            rest = rest.dropFirst(mostInStatement)
        }
        return rows
    }
}

/// How many things one statement is about: a whole page, and far from the 32,766 arguments that SQLite takes.
private let mostInStatement = 4_096

/// Says that a statement broke a constraint of the schema: a key that exists already, or a reference to what does not.
public struct ConstraintViolation: Error, Hashable, Sendable {
    /// The kinds of constraint that callers tell apart.
    public enum Kind: Hashable, Sendable {
        case unique
        case foreignKey
        case check
        case notNull
    }

    /// Which kind was broken.
    public let kind: Kind

    /// A violation of a kind of constraint.
    public init(_ kind: Kind) {
        self.kind = kind
    }
}

/// Says that the database cannot be asked just now: it was not reached, or the connection to it was lost. The same work may succeed
/// in a moment; a write that was cut off may have been committed.
public struct DatabaseUnavailable: Error, CustomStringConvertible, Sendable {
    /// Why, for the log of the operator; it holds neither an address nor a value of a row.
    public let description: String

    /// An outage with its reason.
    public init(description: String) {
        self.description = description
    }
}
