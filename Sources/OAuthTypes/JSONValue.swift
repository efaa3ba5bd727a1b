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
