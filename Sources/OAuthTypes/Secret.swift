/// Bytes that must not be seen: a password, a consumer secret, a token on its way to its digest.
///
/// A secret has no description and no mirror, so that logging or interpolating it prints a fixed word; it is compared
/// in a time that does not depend on where two values differ.
public struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let bytes: [UInt8]

    /// Keeps these bytes.
    public init(_ bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
    }

    /// Keeps the UTF-8 bytes of a text.
    public init(_ text: String) {
        self.bytes = Array(text.utf8)
    }

    /// The number of bytes.
    public var count: Int { bytes.count }

    /// Whether there are none.
    public var isEmpty: Bool { bytes.isEmpty }

    /// Lends the bytes to a closure: the one way to read them, easy to search for.
    public func withBytes<Result, Failure: Error>(
        _ body: ([UInt8]) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(bytes)
    }

    /// The secret as text, for the few places that must show or send it once.
    public var revealed: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether two byte strings are the same, in a time that depends on their lengths alone.
    public static func constantTimeEqual(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for (a, b) in zip(left, right) { difference |= a ^ b }
        return difference == 0
    }

    /// Whether this secret holds the same bytes as another, in a time that depends on their lengths alone.
    public func matches(_ other: Secret) -> Bool {
        Secret.constantTimeEqual(bytes, other.bytes)
    }

    /// A fixed word, whatever the secret.
    public var description: String { "(secret)" }
    /// A fixed word, whatever the secret.
    public var debugDescription: String { "(secret)" }
    /// A mirror without children, so that nothing that walks a value finds the bytes.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
