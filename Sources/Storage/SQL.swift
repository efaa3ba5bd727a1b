public import OAuthTypes

/// A statement with its arguments. Interpolated values become arguments and never text, so that nothing that was sent can
/// become a statement; what must be text is spelled out as `raw:`.
///
/// The placeholders are written `$1`, `$2`, …, which SQLite and PostgreSQL both number in order, so each text exists once.
public struct SQL: Sendable, ExpressibleByStringInterpolation {
    /// An argument or a column's value.
    public enum Value: Hashable, Sendable {
        case null
        case integer(Int64)
        case text(String)
        case blob([UInt8])
    }

    /// The statement, with placeholders.
    public let text: String
    /// The arguments in the order of their placeholders.
    public let arguments: [Value]

    /// A statement without arguments.
    public init(stringLiteral text: String) {
        self.text = text
        self.arguments = []
    }

    /// Says that a text has U+0000, which PostgreSQL cannot hold and SQLite cuts the text at.
    public struct UnstorableText: Error, CustomStringConvertible {
        /// The argument's place, from 1 as in its placeholder.
        public let position: Int
        /// Which argument, and what to do.
        public var description: String {
            "argument $\(position) of a statement has U+0000, which no text in a database may have: refuse it where it comes in"
        }
    }

    /// The arguments for a driver to bind.
    ///
    /// - Throws: ``UnstorableText``, on both databases alike.
    public var bindable: [Value] {
        get throws {
            for (index, argument) in arguments.enumerated() {
                if case .text(let text) = argument, text.utf8.contains(0) { throw UnstorableText(position: index + 1) }
            }
            return arguments
        }
    }

    /// A statement whose interpolated values became arguments.
    public init(stringInterpolation: Interpolation) {
        self.text = stringInterpolation.text
        self.arguments = stringInterpolation.arguments
    }

    /// Collects the text and the arguments of an interpolated statement.
    public struct Interpolation: StringInterpolationProtocol {
        fileprivate var text = ""
        fileprivate var arguments: [Value] = []

        /// An empty statement that reserves room.
        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 3)
            arguments.reserveCapacity(interpolationCount)
        }

        /// Adds text of the statement.
        public mutating func appendLiteral(_ literal: String) {
            text.append(literal)
        }

        /// Adds an argument and its placeholder; so do all of these but `raw:`.
        public mutating func appendInterpolation(_ value: Value) {
            arguments.append(value)
            text.append("$\(arguments.count)")
        }

        /// Adds a text.
        public mutating func appendInterpolation(_ value: String) { appendInterpolation(.text(value)) }
        /// Adds a text or null.
        public mutating func appendInterpolation(_ value: String?) {
            appendInterpolation(value.map(Value.text) ?? .null)
        }
        /// Adds a truth value as 1 or 0.
        public mutating func appendInterpolation(_ value: Bool) { appendInterpolation(.integer(value ? 1 : 0)) }
        /// Adds bytes.
        public mutating func appendInterpolation(_ value: [UInt8]) { appendInterpolation(.blob(value)) }
        /// Adds bytes or null.
        public mutating func appendInterpolation(_ value: [UInt8]?) {
            appendInterpolation(value.map(Value.blob) ?? .null)
        }
        /// Adds a moment as milliseconds since 1970.
        public mutating func appendInterpolation(_ value: Timestamp) {
            appendInterpolation(.integer(value.milliseconds))
        }
        /// Adds a moment as milliseconds since 1970, or null.
        public mutating func appendInterpolation(_ value: Timestamp?) {
            appendInterpolation(value.map { .integer($0.milliseconds) } ?? .null)
        }
        /// Adds an id in its 18-character form.
        public mutating func appendInterpolation<Subject>(_ value: Identifier<Subject>) {
            appendInterpolation(.text(value.rawValue))
        }
        /// Adds an id in its 18-character form, or null.
        public mutating func appendInterpolation<Subject>(_ value: Identifier<Subject>?) {
            appendInterpolation(value.map { .text($0.rawValue) } ?? .null)
        }
        /// Adds an integer of 64 bits at most.
        public mutating func appendInterpolation(_ value: some BinaryInteger) {
            appendInterpolation(.integer(Int64(value)))
        }
        /// Adds an integer or null.
        public mutating func appendInterpolation(_ value: Int?) {
            appendInterpolation(value.map { .integer(Int64($0)) } ?? .null)
        }

        /// Adds arguments with commas between, for `IN (…)`. The last is repeated up to a power of two, so that a driver prepares a
        /// dozen statements and not one for every length.
        public mutating func appendInterpolation(list texts: [String]) {
            guard let last = texts.last else { return text.append("NULL") }
            var width = 1
            while width < texts.count { width *= 2 }
            for place in 0..<width {
                if place > 0 { text.append(", ") }
                appendInterpolation(place < texts.count ? texts[place] : last)
            }
        }
        /// Adds ids in their 18-character form, as `list:` adds texts.
        public mutating func appendInterpolation<Subject>(list ids: [Identifier<Subject>]) {
            appendInterpolation(list: ids.map(\.rawValue))
        }

        /// Text of ours that is part of the statement, such as a list of column names.
        public mutating func appendInterpolation(raw: StaticString) { text.append(raw.description) }
    }
}
