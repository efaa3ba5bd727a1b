import CLibPQ
import Storage

/// What a statement answered; libpq's memory is freed with it.
final class PostgresResult {
    private let handle: OpaquePointer

    /// Takes an answer over, or throws what it says went wrong.
    init(_ handle: OpaquePointer) throws {
        self.handle = handle
        switch PQresultStatus(handle) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: break
        default: throw failure()
        }
    }

    deinit { PQclear(handle) }

    /// The command that was run, such as `COMMIT`.
    var tag: String { String(cString: PQcmdStatus(handle)) }

    /// The number of rows inserted, updated or deleted.
    var changedRows: Int { Int(String(cString: PQcmdTuples(handle))) ?? 0 }

    func rows() throws -> [Row] {
        let columns = PQnfields(handle)
        return try (0..<PQntuples(handle)).map { row in
            Row(try (0..<columns).map { try value(row, $0) })
        }
    }

    private func value(_ row: Int32, _ column: Int32) throws -> SQL.Value {
        guard PQgetisnull(handle, row, column) == 0, let start = PQgetvalue(handle, row, column) else { return .null }
        let length = Int(PQgetlength(handle, row, column))
        let bytes = UnsafeRawBufferPointer(start: start, count: length)
        switch PQftype(handle, column) {
        case TypeID.boolean:
            return .integer(bytes.first == UInt8(ascii: "t") ? 1 : 0)
        case TypeID.int8, TypeID.int2, TypeID.int4, TypeID.numeric:
            let text = String(decoding: bytes, as: UTF8.self)
            guard let integer = Int64(text) else {
                throw PostgresFailure(sqlState: nil, description: "column \(column) is not an integer of 64 bits")
            }
            return .integer(integer)
        case TypeID.bytea:
            return .blob(try Self.unhex(bytes))
        default:
            return .text(String(decoding: bytes, as: UTF8.self))
        }
    }

    /// Reads the form `\x` and hexadecimal digits.
    private static func unhex(_ text: UnsafeRawBufferPointer) throws -> [UInt8] {
        guard text.count >= 2, text.count.isMultiple(of: 2), text[0] == UInt8(ascii: "\\"), text[1] == UInt8(ascii: "x")
        else {
            throw PostgresFailure(sqlState: nil, description: "PostgreSQL did not send bytes in their hex form")
        }
        return stride(from: 2, to: text.count, by: 2).map { digit(text[$0]) << 4 | digit(text[$0 + 1]) }
    }

    private static func digit(_ byte: UInt8) -> UInt8 {
        byte <= UInt8(ascii: "9") ? byte &- UInt8(ascii: "0") : byte &- UInt8(ascii: "a") &+ 10
    }

    private func failure() -> any Error {
        let sqlState = field("C")
        switch sqlState {
        case "23505": return ConstraintViolation(.unique)
        case "23503": return ConstraintViolation(.foreignKey)
        case "23514": return ConstraintViolation(.check)
        case "23502": return ConstraintViolation(.notNull)
        case nil: return DatabaseUnavailable.lost
        case let code?:
            // The primary message alone: the detail quotes values of rows.
            let description = "PostgreSQL answered \(code): \(field("M") ?? "no message")"
            return DatabaseUnavailable.isMeant(by: code)
                ? DatabaseUnavailable(description: description)
                : PostgresFailure(sqlState: code, description: description)
        }
    }

    /// A field of the error, named by libpq's letter for it.
    private func field(_ letter: Unicode.Scalar) -> String? {
        PQresultErrorField(handle, Int32(letter.value)).map { String(cString: $0) }
    }
}

/// The numbers of PostgreSQL's built-in types.
enum TypeID {
    static let boolean: UInt32 = 16
    static let bytea: UInt32 = 17
    static let int8: UInt32 = 20
    static let int2: UInt32 = 21
    static let int4: UInt32 = 23
    static let text: UInt32 = 25
    static let numeric: UInt32 = 1700
    /// Lets the server find the type out.
    static let unspecified: UInt32 = 0

    static func of(_ value: SQL.Value) -> UInt32 {
        switch value {
        case .null: unspecified
        case .integer: int8
        case .text: text
        case .blob: bytea
        }
    }
}
