/// Random characters for opaque values: each random word gives ten of them, six bits apiece, and a value beyond the
/// alphabet is thrown away so that all characters stay equally likely.
enum RandomText {
    static let base62 = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
    static let base64 = base62 + Array("._".utf8)

    static func append(
        _ count: Int,
        from alphabet: [UInt8],
        to text: inout [UInt8],
        using randomness: inout some RandomNumberGenerator
    ) {
        let end = text.count + count
        while text.count < end {
            var word = randomness.next()
            for _ in 0..<10 where text.count < end {
                let index = Int(word & 63)
                word >>= 6
                if index < alphabet.count { text.append(alphabet[index]) }
            }
        }
    }

    static func make(
        prefix: String,
        count: Int,
        from alphabet: [UInt8],
        using randomness: inout some RandomNumberGenerator
    ) -> [UInt8] {
        var text = Array(prefix.utf8)
        text.reserveCapacity(text.count + count)
        append(count, from: alphabet, to: &text, using: &randomness)
        return text
    }
}
