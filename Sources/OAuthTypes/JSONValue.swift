/// A JSON value (RFC 8259) as ``JSONScanner`` reads it.
public enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// A number without fraction and exponent that fits.
    case integer(Int64)
    /// Any other number, as it was written.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// The text of a string.
    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The value of an integer.
    public var integer: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// The seconds of a NumericDate (RFC 7519 section 2), a fraction cut off; `nil` for what is no number, or one outside
    /// 0 to 9,999,999,999,999, so that no arithmetic on it overflows.
    public var numericDate: Int64? {
        let value: Int64? =
            switch self {
            case .integer(let value): value
            case .number(let text): Double(text).flatMap { Int64(exactly: $0.rounded(.down)) }
            default: nil
            }
        return value.flatMap { (0...9_999_999_999_999).contains($0) ? $0 : nil }
    }

    /// The value of a boolean.
    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The elements of an array.
    public var array: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The members of an object.
    public var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }
}

/// The members of a JSON object in the order they came; no name stands twice.
public struct JSONObject: Hashable, Sendable {
    /// One member.
    public struct Member: Hashable, Sendable {
        /// The name, with its escapes undone.
        public let name: String
        /// The value.
        public let value: JSONValue
    }

    /// All members.
    public internal(set) var members: [Member] = []

    /// An object without members.
    public init() {}

    /// The value of a member, if it is there; the name to the byte.
    public subscript(name: String) -> JSONValue? {
        for member in members where member.name.isExactly(name) { return member.value }
        return nil
    }
}
