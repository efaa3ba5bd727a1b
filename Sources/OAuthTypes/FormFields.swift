/// The parameters of a request in the order they came (`application/x-www-form-urlencoded`, a query, or the parts of a
/// multipart form), with those that were repeated still to be seen.
///
/// RFC 6749 section 3.1 and 3.2: a parameter must not be included more than once, and one without a value counts as
/// omitted. Names are compared byte by byte.
public struct FormFields: Sendable {
    /// One parameter.
    public struct Field: Sendable {
        /// Its decoded name.
        public let name: String
        /// Its decoded value.
        public let value: String

        /// A parameter with its name and value, both decoded.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// What a form may hold at most; more is refused before anything is decoded.
    public struct Limits: Sendable {
        /// The number of parameters.
        public var fields: Int
        /// The length of one encoded value in bytes.
        public var valueBytes: Int

        /// Limits on the number of parameters and on the bytes of one value.
        public init(fields: Int = 64, valueBytes: Int = 32_768) {
            self.fields = fields
            self.valueBytes = valueBytes
        }
    }

    /// All parameters in their order.
    public private(set) var fields: [Field]

    /// Parameters that are decoded already.
    public init(_ fields: [Field] = []) {
        self.fields = fields
    }

    /// Parses an urlencoded form.
    ///
    /// - Throws: `invalid_request` for too many parameters, one too long, a broken percent escape, or what ``text(_:)`` refuses.
    public init(urlEncoded bytes: some Collection<UInt8>, limits: Limits = Limits()) throws(OAuthError) {
        fields = []
        fields.reserveCapacity(8)
        var scanner = URLEncodedScanner(bytes: ContiguousArray(bytes))
        while let field = try scanner.next(limits: limits) {
            fields.append(field)
            if fields.count > limits.fields {
                throw OAuthError(.invalidRequest, "The request has more than \(limits.fields) parameters; send fewer.")
            }
        }
    }

    /// The text of a decoded name or value.
    ///
    /// U+0000 is refused here, once for all parameters: PostgreSQL stores no such text, and C strings end at it, so that two
    /// readers of one parameter could see two values.
    ///
    /// - Throws: `invalid_request` for bytes that are not UTF-8, or that have a zero among them.
    public static func text(_ bytes: some Collection<UInt8>) throws(OAuthError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw OAuthError(.invalidRequest, "A parameter is not UTF-8 text; encode it as UTF-8.")
        }
        guard !text.utf8.contains(0) else {
            throw OAuthError(.invalidRequest, "A parameter has the character U+0000 (%00); send it without.")
        }
        return text
    }

    /// The value of a parameter that may be given once; `nil` if it is absent or empty.
    ///
    /// - Throws: `invalid_request` if it is repeated.
    public func value(_ name: String) throws(OAuthError) -> String? {
        var found: String?
        for field in fields where field.name.utf8.elementsEqual(name.utf8) {
            if found != nil {
                throw OAuthError(
                    .invalidRequest,
                    "The parameter '\(name)' is given more than once; send it once (RFC 6749 section 3.2)."
                )
            }
            found = field.value
        }
        return found.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The value of a parameter that must be given once.
    ///
    /// - Throws: `invalid_request` if it is absent, empty or repeated.
    public func required(_ name: String) throws(OAuthError) -> String {
        guard let value = try value(name) else {
            throw OAuthError(.invalidRequest, "The parameter '\(name)' is missing; send it.")
        }
        return value
    }

    /// Refuses any parameter that is given more than once, known or not, other than those named.
    ///
    /// - Throws: `invalid_request` that names the first one repeated.
    public func refuseRepetition(except repeatable: Set<String> = []) throws(OAuthError) {
        for (index, field) in fields.enumerated() where !repeatable.contains(field.name) {
            if fields[..<index].contains(where: { $0.name == field.name }) {
                let shown =
                    field.name.utf8.allSatisfy { Base62.isDigit($0) || $0 == 0x5F || $0 == 0x2D }
                    ? " '\(field.name)'" : ""
                throw OAuthError(
                    .invalidRequest,
                    "The parameter\(shown) is given more than once; send it once (RFC 6749 section 3.1)."
                )
            }
        }
    }
}

/// Reads name and value pairs out of urlencoded bytes: `&` between pairs, `=` inside, `+` for a space, `%xx` for a byte.
private struct URLEncodedScanner {
    let bytes: ContiguousArray<UInt8>
    var index = 0

    init(bytes: ContiguousArray<UInt8>) {
        self.bytes = bytes
    }

    mutating func next(limits: FormFields.Limits) throws(OAuthError) -> FormFields.Field? {
        while index < bytes.count, bytes[index] == 0x26 { index += 1 }
        guard index < bytes.count else { return nil }
        let start = index
        var equals: Int?
        while index < bytes.count, bytes[index] != 0x26 {
            if bytes[index] == 0x3D, equals == nil { equals = index }
            index += 1
        }
        let name = start..<(equals ?? index)
        let value = (equals.map { $0 + 1 } ?? index)..<index
        guard name.count <= 256, value.count <= limits.valueBytes else {
            throw OAuthError(
                .invalidRequest,
                "A parameter is longer than the \(limits.valueBytes) bytes allowed; shorten it."
            )
        }
        return FormFields.Field(name: try decode(name), value: try decode(value))
    }

    private func decode(_ range: Range<Int>) throws(OAuthError) -> String {
        let slice = bytes[range]
        var decoded: [UInt8] = []
        decoded.reserveCapacity(slice.count)
        var position = slice.startIndex
        while position < slice.endIndex {
            switch slice[position] {
            case 0x2B:
                decoded.append(0x20)
            case 0x25:
                guard position + 2 < slice.endIndex, let high = hex(slice[position + 1]),
                    let low = hex(slice[position + 2])
                else {
                    throw OAuthError(
                        .invalidRequest,
                        "A parameter has a '%' that no two hexadecimal digits follow; percent-encode it as %25."
                    )
                }
                decoded.append(high << 4 | low)
                position += 2
            case let byte:
                decoded.append(byte)
            }
            position += 1
        }
        return try FormFields.text(decoded)
    }

    private func hex(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x41 + 10
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }
}
