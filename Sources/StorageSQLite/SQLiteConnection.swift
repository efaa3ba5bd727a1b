// GRDB speaks of bytes as Foundation's Data.
import Foundation
import GRDB
import OAuthTypes
import Storage

/// A GRDB connection behind the seam: statements are prepared once and kept.
struct SQLiteConnection: Connection {
    let database: GRDB.Database
    let changes = Versions.Changes()

    func execute(_ statement: Storage.SQL) throws -> Int {
        try mappingConstraints {
            try database.cachedStatement(sql: statement.text).execute(arguments: try Self.arguments(statement))
            return database.changesCount
        }
    }

    func rows(_ statement: Storage.SQL) throws -> [Storage.Row] {
        try mappingConstraints {
            let cursor = try GRDB.Row.fetchCursor(
                database.cachedStatement(sql: statement.text),
                arguments: try Self.arguments(statement)
            )
            var rows: [Storage.Row] = []
            while let row = try cursor.next() {
                rows.append(Storage.Row(row.databaseValues.map(Self.value)))
            }
            return rows
        }
    }

    private static func arguments(_ statement: Storage.SQL) throws -> StatementArguments {
        StatementArguments(
            try statement.bindable.map { argument in
                switch argument {
                case .null: DatabaseValue.null
                case .integer(let value): value.databaseValue
                case .text(let text): text.databaseValue
                case .blob(let bytes): Data(bytes).databaseValue
                }
            }
        )
    }

    private static func value(_ value: DatabaseValue) -> Storage.SQL.Value {
        switch value.storage {
        case .null: .null
        case .int64(let value): .integer(value)
        case .double(let value): .integer(Int64(value))
        case .string(let text): .text(text)
        case .blob(let data): .blob(Array(data))
        }
    }

    private func mappingConstraints<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as DatabaseError {
            switch error.extendedResultCode {
            case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY: throw ConstraintViolation(.unique)
            case .SQLITE_CONSTRAINT_FOREIGNKEY: throw ConstraintViolation(.foreignKey)
            case .SQLITE_CONSTRAINT_CHECK: throw ConstraintViolation(.check)
            case .SQLITE_CONSTRAINT_NOTNULL: throw ConstraintViolation(.notNull)
            default: throw error
            }
        }
    }
}
