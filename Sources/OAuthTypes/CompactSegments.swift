/// The three segments of a compact JWS (RFC 7515 section 7.1), found and neither decoded nor believed.
public struct CompactSegments: Sendable {
    private let bytes: [UInt8]
    private let firstDot: Int
    private let secondDot: Int

    /// Splits a text at its two dots; `nil` if it has fewer or more.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        let dot = UInt8(ascii: ".")
        guard let first = bytes.firstIndex(of: dot), let second = bytes[(first + 1)...].firstIndex(of: dot),
            !bytes[(second + 1)...].contains(dot)
        else { return nil }
        (self.bytes, firstDot, secondDot) = (bytes, first, second)
    }

    /// The bytes that the header segment encodes; `nil` if it is not base64url.
    public var header: [UInt8]? { Base64URL.decode(bytes[..<firstDot]) }
    /// The bytes that the payload segment encodes; `nil` if it is not base64url.
    public var payload: [UInt8]? { Base64URL.decode(bytes[(firstDot + 1)..<secondDot]) }
    /// The bytes that the signature segment encodes; `nil` if it is not base64url.
    public var signature: [UInt8]? { Base64URL.decode(bytes[(secondDot + 1)...]) }
    /// What the signature is made of: the first two segments with their dot (RFC 7515 section 5.1).
    public var signingInput: ArraySlice<UInt8> { bytes[..<secondDot] }
}
