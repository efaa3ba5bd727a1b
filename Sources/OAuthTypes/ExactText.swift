extension String {
    /// Whether both texts are the same bytes of UTF-8.
    ///
    /// `==` also holds two spellings of one character for equal, such as U+212A (Kelvin) and `K`; names and values of tokens are
    /// compared without such a transformation (RFC 7515 section 5.3, RFC 8259 section 8.3).
    public func isExactly(_ other: String) -> Bool {
        // The same bytes are equal by `==` as well, which is fastest for the many that differ; the rest is told by the bytes where
        // they lie, since the views' own iterators ask at each byte how the string is stored.
        guard self == other, utf8.count == other.utf8.count else { return false }
        let isSame = utf8.withContiguousStorageIfAvailable { own in
            other.utf8.withContiguousStorageIfAvailable { own.elementsEqual($0) }
        }
        return (isSame ?? nil) ?? utf8.elementsEqual(other.utf8)
    }
}

/// A text as a key of a set or dictionary, found by its bytes of UTF-8 alone.
public struct ExactText: Hashable, Sendable {
    /// The text as it came.
    public let text: String

    /// A text to be found by its bytes.
    public init(_ text: String) {
        self.text = text
    }

    /// Whether both are the same bytes.
    public static func == (left: ExactText, right: ExactText) -> Bool { left.text.isExactly(right.text) }

    /// Feeds the bytes, and not the normalized characters that `String` would.
    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
