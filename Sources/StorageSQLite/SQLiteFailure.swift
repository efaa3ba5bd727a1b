import GRDB
import Storage

/// Says what SQLite refused in words that an operator can act on.
enum SQLiteFailure {
    static func refusal(_ error: DatabaseError, _ path: String) -> SQLiteDatabase.Refusal {
        let problem =
            switch error.resultCode {
            case .SQLITE_NOTADB: "is no SQLite database: put it back from a backup"
            case .SQLITE_CORRUPT: "is damaged: put it back from a backup"
            case .SQLITE_CANTOPEN: "cannot be opened: check the folder and the permissions of the file"
            case .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_AUTH:
                "cannot be written to: check the permissions of the file and its folder"
            case .SQLITE_BUSY, .SQLITE_LOCKED:
                "is in use by another program that holds it: try again when that has ended"
            case .SQLITE_FULL: "cannot grow: the disk is full; make room"
            case .SQLITE_IOERR: "cannot be read or written: the disk has an error or is full"
            default: "cannot be used: \(error.message ?? "SQLite error \(error.resultCode.rawValue)")"
            }
        return .init(description: "the database file \(path) \(problem)")
    }

    /// What to throw for a failure while the database is in use: an outage, which may pass, or something to mend.
    static func inUse(_ error: DatabaseError, _ path: String) -> any Error {
        let refusal = refusal(error, path)
        switch error.resultCode {
        // A closed connection is a misuse to GRDB.
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_MISUSE:
            return DatabaseUnavailable(description: refusal.description)
        default: return refusal
        }
    }

    /// Runs a piece of work, and puts what SQLite throws in words.
    static func putting<Result>(_ path: String, _ work: () throws -> Result) throws -> Result {
        do {
            return try work()
        } catch let error as DatabaseError {
            throw refusal(error, path)
        }
    }
}
