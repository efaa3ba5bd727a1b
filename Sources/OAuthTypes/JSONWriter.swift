/// Writes JSON (RFC 8259) straight into a byte buffer: for the token endpoint, claims and introspection, where an encoder
/// that reflects on its values would cost more than a signature.
///
/// The caller says what comes; the writer puts the commas. Objects and arrays nest by closures.
public struct JSONWriter: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8]
    private var needsComma = false

    /// A writer with room for a number of bytes.
    public init(capacity: Int = 512) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// The text of an object whose members the closure writes.
    public static func object(capacity: Int = 512, _ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter(capacity: capacity)
        writer.object(members)
        return writer.bytes
    }

    /// Writes an object as the next value.
    public mutating func object(_ members: (inout JSONWriter) -> Void) {
        open(0x7B)
        members(&self)
        close(0x7D)
    }

    /// Writes a member that is an object.
    public mutating func object(_ name: StaticString, _ members: (inout JSONWriter) -> Void) {
        key(name)
        object(members)
    }

    /// Writes an array as the next value.
    public mutating func array(_ elements: (inout JSONWriter) -> Void) {
        open(0x5B)
        elements(&self)
        close(0x5D)
    }

    /// Writes a member that is an array.
    public mutating func array(_ name: StaticString, _ elements: (inout JSONWriter) -> Void) {
        key(name)
        array(elements)
    }

    /// Writes a member that is an array of strings.
    public mutating func array(_ name: StaticString, of strings: some Sequence<String>) {
        array(name) { array in
            for string in strings { array.string(string) }
        }
    }

    /// Writes a member that is a string.
    public mutating func member(_ name: StaticString, _ value: String) {
        key(name)
        string(value)
    }

    /// Writes a member that is a string, or nothing at all.
    public mutating func member(_ name: StaticString, ifPresent value: String?) {
        if let value { member(name, value) }
    }

    /// Writes a member that is a number.
    public mutating func member(_ name: StaticString, _ value: some BinaryInteger) {
        key(name)
        number(Int64(value))
    }

    /// Writes a member that is true or false.
    public mutating func member(_ name: StaticString, _ value: Bool) {
        key(name)
        bool(value)
    }

    /// Writes a member that is `null`.
    public mutating func null(_ name: StaticString) {
        key(name)
        append("null")
        needsComma = true
    }

    /// Writes a member whose value is a string of bytes that need no escaping, such as a compact JWS.
    public mutating func member(_ name: StaticString, verbatim value: some Sequence<UInt8>) {
        key(name)
        bytes.append(0x22)
        bytes.append(contentsOf: value)
        bytes.append(0x22)
        needsComma = true
    }

    /// Writes a member whose name is not known before, as custom attributes have.
    public mutating func member(named name: String, _ value: String) {
        key(named: name)
        string(value)
    }

    /// Writes a number under a name that is not known before.
    public mutating func member(named name: String, _ value: some BinaryInteger) {
        key(named: name)
        number(Int64(value))
    }

    /// Writes true or false under a name that is not known before.
    public mutating func member(named name: String, _ value: Bool) {
        key(named: name)
        bool(value)
    }

    /// Writes `null` under a name that is not known before.
    public mutating func null(named name: String) {
        key(named: name)
        append("null")
        needsComma = true
    }

    private mutating func key(named name: String) {
        separate()
        quote(name)
        bytes.append(0x3A)
        needsComma = false
    }

    /// Writes a string as the next value.
    public mutating func string(_ value: String) {
        separate()
        quote(value)
        needsComma = true
    }

    /// Writes a number as the next value.
    public mutating func number(_ value: Int64) {
        separate()
        // No array of digits in between: three numbers stand in every token.
        var divisor: UInt64 = 1
        while value.magnitude / divisor >= 10 { divisor *= 10 }
        if value < 0 { bytes.append(0x2D) }
        while divisor > 0 {
            bytes.append(0x30 + UInt8(value.magnitude / divisor % 10))
            divisor /= 10
        }
        needsComma = true
    }

    /// Writes true or false as the next value.
    public mutating func bool(_ value: Bool) {
        separate()
        append(value ? "true" : "false")
        needsComma = true
    }

    /// Starts a member: the next value written is its value.
    public mutating func key(_ name: StaticString) {
        separate()
        bytes.append(0x22)
        append(name)
        bytes.append(0x22)
        bytes.append(0x3A)
        needsComma = false
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(0x2C) }
    }

    private mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    private mutating func quote(_ value: String) {
        bytes.append(0x22)
        var value = value
        value.withUTF8 { utf8 in
            for byte in utf8 { appendEscaped(byte) }
        }
        bytes.append(0x22)
    }

    @inline(__always)
    private mutating func appendEscaped(_ byte: UInt8) {
        switch byte {
        case 0x22, 0x5C:
            bytes.append(0x5C)
            bytes.append(byte)
        case 0x00..<0x20, 0x7F:
            append("\\u00")
            let digits: StaticString = "0123456789abcdef"
            digits.withUTF8Buffer {
                bytes.append($0[Int(byte >> 4)])
                bytes.append($0[Int(byte & 15)])
            }
        default:
            bytes.append(byte)
        }
    }
}
