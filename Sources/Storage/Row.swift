public import OAuthTypes

/// One row of an answer, read column by column from the left.
public struct Row: Sendable {
    private let values: [SQL.Value]
    private var index = 0

    /// A row with the values of its columns.
    public init(_ values: [SQL.Value]) {
        self.values = values
    }

    /// Says that a column does not hold what its reader expects: a defect of ours or a foreign schema.
    public struct ColumnMismatch: Error, CustomStringConvertible {
        /// The column's place, from 0.
        public let column: Int
        /// What was expected.
        public let expected: String
        /// The column and what was expected; never the value.
        public var description: String { "column \(column) is not \(expected)" }
    }

    private mutating func next() throws -> SQL.Value {
        guard index < values.count else { throw ColumnMismatch(column: index, expected: "there") }
        defer { index += 1 }
        return values[index]
    }

    /// The next column as text or null.
    public mutating func optionalText() throws -> String? {
        switch try next() {
        case .null: nil
        case .text(let text): text
        default: throw ColumnMismatch(column: index - 1, expected: "text")
        }
    }

    /// The next column as an integer or null.
    public mutating func optionalInteger() throws -> Int64? {
        switch try next() {
        case .null: nil
        case .integer(let integer): integer
        default: throw ColumnMismatch(column: index - 1, expected: "an integer")
        }
    }

    /// The next column as bytes or null.
    public mutating func optionalBlob() throws -> [UInt8]? {
        switch try next() {
        case .null: nil
        case .blob(let bytes): bytes
        default: throw ColumnMismatch(column: index - 1, expected: "bytes")
        }
    }

    /// The next column as one of some words or null; a word that is none of them is never taken for another.
    public mutating func optionalWord<Word: RawRepresentable<String>>(_: Word.Type = Word.self) throws -> Word? {
        guard let text = try optionalText() else { return nil }
        guard let word = Word(rawValue: text) else {
            throw ColumnMismatch(column: index - 1, expected: "a word of \(Word.self)")
        }
        return word
    }

    /// The next column as one of some words.
    public mutating func word<Word: RawRepresentable<String>>(_: Word.Type = Word.self) throws -> Word {
        try present(optionalWord())
    }

    private func present<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw ColumnMismatch(column: index - 1, expected: "not null") }
        return value
    }

    /// The next column as text.
    ///
    /// - Throws: ``ColumnMismatch`` for null and for another type, as all of these do.
    public mutating func text() throws -> String { try present(optionalText()) }
    /// The next column as an integer.
    public mutating func integer() throws -> Int64 { try present(optionalInteger()) }
    /// The next column as an integer of the machine's width.
    public mutating func int() throws -> Int { try Int(present(optionalInteger())) }
    /// The next column as an integer of the machine's width, or null.
    public mutating func optionalInt() throws -> Int? { try optionalInteger().map(Int.init) }
    /// The next column as bytes.
    public mutating func blob() throws -> [UInt8] { try present(optionalBlob()) }
    /// The next column as a truth value: an integer that is not 0.
    public mutating func bool() throws -> Bool { try integer() != 0 }
    /// The next column as a moment: milliseconds since 1970.
    public mutating func time() throws -> Timestamp { Timestamp(milliseconds: try integer()) }
    /// The next column as a moment in milliseconds since 1970, or null.
    public mutating func optionalTime() throws -> Timestamp? {
        try optionalInteger().map(Timestamp.init(milliseconds:))
    }
    /// The next column as an id, which is not checked again.
    public mutating func id<Subject>() throws -> Identifier<Subject> { Identifier(stored: try text()) }
    /// The next column as an id, which is not checked again, or null.
    public mutating func optionalID<Subject>() throws -> Identifier<Subject>? {
        try optionalText().map(Identifier.init(stored:))
    }
}
