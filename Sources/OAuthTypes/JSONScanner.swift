/// Reads JSON (RFC 8259) strictly: UTF-8 only, nothing after the value, no member name twice in an object, depth and size
/// bounded. For tokens and assertions, where a lenient reader and a strict one that disagree are an attack.
public struct JSONScanner: Sendable {
    /// Why a text is not taken.
    public enum Failure: Error, Hashable, Sendable {
        /// The text is longer than ``maximumBytes``.
        case tooLarge
        /// Objects and arrays are nested deeper than ``maximumDepth``.
        case tooDeep
        /// An object has this member twice (RFC 8259 section 4 leaves the reader to choose; we refuse).
        case duplicateMember(String)
        /// The text is JSON, and no object.
        case notAnObject
        /// The text is no JSON (RFC 8259) from this byte on, counted from 0.
        case malformed(at: Int)
    }

    /// The largest text that is read, in bytes.
    public static let maximumBytes = 65_536
    /// The deepest nesting of objects and arrays.
    public static let maximumDepth = 16

    /// Reads a text that must be one object.
    ///
    /// - Parameter limit: the largest text that is read, for texts of our own that may be longer.
    /// - Throws: ``Failure``.
    public static func object(_ bytes: [UInt8], limit: Int = maximumBytes) throws(Failure) -> JSONObject {
        guard case .object(let object) = try value(bytes, limit: limit) else { throw .notAnObject }
        return object
    }

    /// Reads a text that is one value.
    ///
    /// - Throws: ``Failure``.
    public static func value(_ bytes: [UInt8], limit: Int = maximumBytes) throws(Failure) -> JSONValue {
        guard bytes.count <= limit else { throw .tooLarge }
        var scanner = JSONScanner(bytes: bytes)
        let value = try scanner.value(depth: 0)
        scanner.skipSpace()
        guard scanner.index == bytes.count else { throw .malformed(at: scanner.index) }
        return value
    }

    private let bytes: [UInt8]
    private var index = 0

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private var failure: Failure { .malformed(at: index) }

    /// The next byte; zero, which no JSON text has, at the end.
    private var next: UInt8 { index < bytes.count ? bytes[index] : 0 }

    private mutating func skipSpace() {
        while next == 0x20 || next == 0x09 || next == 0x0A || next == 0x0D { index += 1 }
    }

    private mutating func take(_ byte: UInt8) throws(Failure) {
        guard next == byte else { throw failure }
        index += 1
    }

    private mutating func value(depth: Int) throws(Failure) -> JSONValue {
        guard depth < Self.maximumDepth else { throw .tooDeep }
        skipSpace()
        switch next {
        case 0x7B: return .object(try object(depth: depth))
        case 0x5B: return .array(try array(depth: depth))
        case 0x22: return .string(try string())
        case 0x74: return try word("true", .bool(true))
        case 0x66: return try word("false", .bool(false))
        case 0x6E: return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws(Failure) -> JSONObject {
        index += 1
        var object = JSONObject()
        var names = NamesSeen()
        object.members.reserveCapacity(16)
        skipSpace()
        if next == 0x7D {
            index += 1
            return object
        }
        while true {
            skipSpace()
            let name = try string()
            guard names.insert(name, among: object.members) else { throw .duplicateMember(name) }
            skipSpace()
            try take(0x3A)
            object.members.append(JSONObject.Member(name: name, value: try value(depth: depth + 1)))
            skipSpace()
            if next == 0x7D { break }
            try take(0x2C)
        }
        index += 1
        return object
    }

    private mutating func array(depth: Int) throws(Failure) -> [JSONValue] {
        index += 1
        var elements: [JSONValue] = []
        skipSpace()
        if next == 0x5D {
            index += 1
            return elements
        }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if next == 0x5D { break }
            try take(0x2C)
        }
        index += 1
        return elements
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(Failure) -> JSONValue {
        let end = index + word.utf8CodeUnitCount
        let matches = end <= bytes.count && word.withUTF8Buffer { $0.elementsEqual(bytes[index..<end]) }
        guard matches else { throw failure }
        index = end
        return value
    }

    private mutating func number() throws(Failure) -> JSONValue {
        let start = index
        if next == 0x2D { index += 1 }
        let digits = index
        skipDigits()
        // No leading zero, and at least one digit.
        guard index > digits, bytes[digits] != 0x30 || index == digits + 1 else { throw failure }
        var isInteger = true
        if next == 0x2E {
            isInteger = false
            index += 1
            try requireDigits()
        }
        if next == 0x65 || next == 0x45 {
            isInteger = false
            index += 1
            if next == 0x2B || next == 0x2D { index += 1 }
            try requireDigits()
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if isInteger, let value = Int64(text) { return .integer(value) }
        return .number(text)
    }

    private mutating func skipDigits() {
        while (0x30...0x39).contains(next) { index += 1 }
    }

    private mutating func requireDigits() throws(Failure) {
        let start = index
        skipDigits()
        guard index > start else { throw failure }
    }

    private mutating func string() throws(Failure) -> String {
        try take(0x22)
        let start = index
        while next != 0x22, next != 0x5C {
            guard next >= 0x20 else { throw failure }
            index += 1
        }
        guard next == 0x22 else { return try escapedString(from: start) }
        guard let text = String(validating: bytes[start..<index], as: UTF8.self) else { throw failure }
        index += 1
        return text
    }

    private mutating func escapedString(from start: Int) throws(Failure) -> String {
        var decoded = Array(bytes[start..<index])
        while next != 0x22 {
            let byte = next
            guard byte >= 0x20 else { throw failure }
            index += 1
            if byte == 0x5C { try appendEscape(to: &decoded) } else { decoded.append(byte) }
        }
        try take(0x22)
        guard let text = String(validating: decoded, as: UTF8.self) else { throw failure }
        return text
    }

    private mutating func appendEscape(to decoded: inout [UInt8]) throws(Failure) {
        let byte = next
        index += 1
        switch byte {
        case 0x22, 0x5C, 0x2F: decoded.append(byte)
        case 0x62: decoded.append(0x08)
        case 0x66: decoded.append(0x0C)
        case 0x6E: decoded.append(0x0A)
        case 0x72: decoded.append(0x0D)
        case 0x74: decoded.append(0x09)
        case 0x75: decoded.append(contentsOf: Array(String(try unicodeEscape()).utf8))
        default: throw failure
        }
    }

    /// A `\u` escape, or two that make a pair of surrogates; a lone surrogate is refused.
    private mutating func unicodeEscape() throws(Failure) -> Character {
        var code = try fourDigits()
        if (0xD800...0xDBFF).contains(code) {
            try take(0x5C)
            try take(0x75)
            let low = try fourDigits()
            guard (0xDC00...0xDFFF).contains(low) else { throw failure }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw failure }
        return Character(scalar)
    }

    private mutating func fourDigits() throws(Failure) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard next < 0x80, let digit = Character(Unicode.Scalar(next)).hexDigitValue else { throw failure }
            value = value << 4 | UInt32(digit)
            index += 1
        }
        return value
    }
}

/// The names of an object's members so far: compared one by one while they are few, as in every token, and by a set when they are
/// many, so that an object of thousands of members costs no square of them.
private struct NamesSeen {
    private static let few = 24
    private var set: Set<ExactText> = []

    /// - Returns: whether the name was not there before.
    mutating func insert(_ name: String, among members: [JSONObject.Member]) -> Bool {
        guard members.count >= Self.few else { return !members.contains { $0.name.isExactly(name) } }
        if set.isEmpty { set = Set(members.map { ExactText($0.name) }) }
        return set.insert(ExactText(name)).inserted
    }
}
