/// The base64url alphabet without padding (RFC 4648 section 5, RFC 7515 appendix C), into and out of byte arrays.
public enum Base64URL {
    private static let alphabet: [UInt8] = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8
    )

    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() { table[Int(character)] = UInt8(value) }
        return table
    }()

    /// The number of characters that encode a number of bytes.
    public static func encodedCount(_ count: Int) -> Int { (count * 4 + 2) / 3 }

    /// Appends the encoding of some bytes to a buffer.
    public static func encode(_ source: UnsafeRawBufferPointer, into output: inout [UInt8]) {
        alphabet.withUnsafeBufferPointer { alphabet in
            var index = 0
            let count = source.count
            while index + 3 <= count {
                let group = UInt32(source[index]) << 16 | UInt32(source[index + 1]) << 8 | UInt32(source[index + 2])
                output.append(alphabet[Int(group >> 18)])
                output.append(alphabet[Int(group >> 12 & 63)])
                output.append(alphabet[Int(group >> 6 & 63)])
                output.append(alphabet[Int(group & 63)])
                index += 3
            }
            let rest = count - index
            guard rest > 0 else { return }
            let second: UInt32 = rest == 2 ? UInt32(source[index + 1]) << 8 : 0
            let group = UInt32(source[index]) << 16 | second
            output.append(alphabet[Int(group >> 18)])
            output.append(alphabet[Int(group >> 12 & 63)])
            if rest == 2 { output.append(alphabet[Int(group >> 6 & 63)]) }
        }
    }

    /// The encoding of some bytes as text.
    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var output: [UInt8] = []
        Array(bytes).withUnsafeBytes { encode($0, into: &output) }
        return String(decoding: output, as: UTF8.self)
    }

    /// The bytes that a text encodes; `nil` if it has a character outside the alphabet, padding, an impossible length,
    /// or bits set after the last byte, so that each byte string has one encoding only.
    public static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        text.withUnsafeBufferPointer(decode)
    }

    /// The bytes that a text encodes, or `nil` as above.
    public static func decode(_ text: String) -> [UInt8]? { decode(Array(text.utf8)[...]) }

    private static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        var isValid = true
        let output = [UInt8](unsafeUninitializedCapacity: text.count * 3 / 4) { output, count in
            values.withUnsafeBufferPointer { values in
                let whole = text.count & ~3
                isValid = decodeGroups(text[..<whole], values, output)
                isValid = decodeRest(text[whole...], values, output[(whole / 4 * 3)...]) && isValid
            }
            count = isValid ? output.count : 0
        }
        return isValid ? output : nil
    }

    /// Decodes groups of four characters to three bytes each; looks once at the end whether all were of the alphabet.
    private static func decodeGroups(
        _ text: Slice<UnsafeBufferPointer<UInt8>>,
        _ values: UnsafeBufferPointer<UInt8>,
        _ output: UnsafeMutableBufferPointer<UInt8>
    ) -> Bool {
        var seen: UInt8 = 0
        var target = 0
        for index in stride(from: 0, to: text.endIndex, by: 4) {
            let first = values[Int(text[index])]
            let second = values[Int(text[index + 1])]
            let third = values[Int(text[index + 2])]
            let fourth = values[Int(text[index + 3])]
            seen |= first | second | third | fourth
            output[target] = first << 2 | second >> 4
            output[target + 1] = second << 4 | third >> 2
            output[target + 2] = third << 6 | fourth
            target += 3
        }
        return seen < 64
    }

    /// Decodes the two or three characters that may be left; the bits after the last byte must be zero.
    private static func decodeRest(
        _ text: Slice<UnsafeBufferPointer<UInt8>>,
        _ values: UnsafeBufferPointer<UInt8>,
        _ output: Slice<UnsafeMutableBufferPointer<UInt8>>
    ) -> Bool {
        guard !text.isEmpty else { return true }
        let first = values[Int(text[text.startIndex])]
        let second = values[Int(text[text.startIndex + 1])]
        let third = text.count == 3 ? values[Int(text[text.startIndex + 2])] : 0
        let surplus = text.count == 3 ? third & 0b11 : second & 0b1111
        guard first | second | third < 64, surplus == 0 else { return false }
        var output = output
        output[output.startIndex] = first << 2 | second >> 4
        if text.count == 3 { output[output.startIndex + 1] = second << 4 | third >> 2 }
        return true
    }
}
