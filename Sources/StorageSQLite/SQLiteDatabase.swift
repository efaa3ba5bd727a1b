import Foundation
import GRDB
import OAuthTypes
public import Storage

/// The embedded database: one SQLite file in WAL mode, durable at every commit, written in groups.
public final class SQLiteDatabase: Storage.Database {
    private let path: String
    private let pool: DatabasePool
    private let writes: GroupCommit

    /// Says that a database cannot be used as it is.
    public struct Refusal: Error, CustomStringConvertible {
        /// Which file, what is wrong with it, and what to do.
        public let description: String
    }

    private init(pool: DatabasePool) {
        self.path = pool.path
        self.pool = pool
        self.writes = GroupCommit(pool: pool)
    }

    /// Opens a database file, makes it if it is not there, and brings its schema up to date.
    ///
    /// A new file is its owner's alone; the permissions of one that is there are the operator's business, and `signet doctor`'s.
    ///
    /// - Throws: ``Refusal`` when the file cannot be made, opened, read or made durable, or ``Migrator/NewerSchema``.
    public static func open(path: String, migrations: [Migration] = Schema.migrations) throws -> SQLiteDatabase {
        try SQLiteFailure.putting(path) { try openFile(path, migrations) }
    }

    private static func openFile(_ path: String, _ migrations: [Migration]) throws -> SQLiteDatabase {
        if !FileManager.default.fileExists(atPath: path) {
            let isMade = FileManager.default.createFile(
                atPath: path,
                contents: nil,
                attributes: [.posixPermissions: 0o600]
            )
            guard isMade else {
                throw Refusal(
                    description: "the database file \(path) cannot be made: check the folder and its permissions"
                )
            }
        }
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 8
        configuration.publicStatementArguments = false
        let pool = try DatabasePool(path: path, configuration: configuration)
        // GRDB resets this pragma when it opens a pool, so it is set afterwards and read back: what was answered must survive a power cut.
        let synchronous = try pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
            return try Int.fetchOne(database, sql: "PRAGMA synchronous")
        }
        guard synchronous == 2 else {
            throw Refusal(
                description:
                    "the database file \(path) does not take PRAGMA synchronous = FULL, so commits would not be durable"
            )
        }
        try pool.writeWithoutTransaction { database in
            try database.inTransaction(.immediate) {
                try Migrator.migrate(SQLiteConnection(database: database), migrations)
                return .commit
            }
        }
        return SQLiteDatabase(pool: pool)
    }

    /// Runs a closure on a snapshot of what was committed, beside other readers.
    ///
    /// - Throws: what the closure throws, `DatabaseUnavailable`, or ``Refusal``.
    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        do {
            return try await pool.read { try body(SQLiteConnection(database: $0)) }
        } catch let error as DatabaseError {
            throw SQLiteFailure.inUse(error, path)
        }
    }

    /// Runs a closure in the group that is committed next; durable when it returns.
    ///
    /// - Throws: what the closure throws, and then nothing of it is kept; `DatabaseUnavailable`, or ``Refusal``.
    public func write<Result: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        do {
            return try await writes.run(body)
        } catch let error as DatabaseError {
            throw SQLiteFailure.inUse(error, path)
        }
    }

    /// Finishes what is under way and closes every connection.
    public func close() async throws {
        try pool.close()
    }

    /// Copies the database into a new file while it goes on being used.
    ///
    /// - Throws: ``Refusal`` when the file exists already, or the copy cannot be written.
    public func backup(to path: String) async throws {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw Refusal(description: "the file \(path) exists already: name a new one")
        }
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
            throw Refusal(description: "the file \(path) cannot be made: check the folder and its permissions")
        }
        let pool = pool
        try await Task.detached {
            try SQLiteFailure.putting(path) {
                let copy = try DatabaseQueue(path: path)
                try pool.backup(to: copy)
                try copy.close()
            }
        }.value
    }

    /// What SQLite finds wrong with the file; nothing for a sound one.
    public func integrityProblems() async throws -> [String] {
        do {
            let answers = try await pool.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }
            return answers.filter { $0 != "ok" }
        } catch let error as DatabaseError {
            return ["\(SQLiteFailure.refusal(error, path))"]
        }
    }
}
