/// Random characters for opaque values, keys, secrets and passwords.
public enum RandomText {
    /// The characters to choose from, each equally likely.
    public enum Alphabet: Sendable {
        /// `0`–`9` and `A`–`F`: four bits of randomness for each character.
        case hexadecimal
        /// ASCII digits and letters: 5.95 bits for each.
        case base62
        /// ASCII digits, letters, `.` and `_`: six bits for each.
        case base64

        fileprivate var characters: [UInt8] {
            switch self {
            case .hexadecimal: Self.hexadecimalDigits
            case .base62: Base62.digits
            case .base64: Self.base64Characters
            }
        }

        fileprivate var bits: UInt64 { self == .hexadecimal ? 4 : 6 }

        private static let hexadecimalDigits = Array("0123456789ABCDEF".utf8)
        private static let base64Characters = Base62.digits + Array("._".utf8)
    }

    /// Random characters behind a prefix. Each random word gives several of them; a value beyond the alphabet is thrown away.
    public static func bytes(
        _ count: Int,
        of alphabet: Alphabet,
        after prefix: String = "",
        using randomness: inout some RandomNumberGenerator
    ) -> [UInt8] {
        let characters = alphabet.characters
        let mask = (UInt64(1) << alphabet.bits) - 1
        var text = Array(prefix.utf8)
        let end = text.count + count
        text.reserveCapacity(end)
        while text.count < end {
            var word = randomness.next()
            for _ in 0..<(64 / alphabet.bits) where text.count < end {
                let index = Int(word & mask)
                word >>= alphabet.bits
                if index < characters.count { text.append(characters[index]) }
            }
        }
        return text
    }

    /// Random characters behind a prefix, as text.
    public static func text(
        _ count: Int,
        of alphabet: Alphabet,
        after prefix: String = "",
        using randomness: inout some RandomNumberGenerator
    ) -> String {
        String(decoding: bytes(count, of: alphabet, after: prefix, using: &randomness), as: UTF8.self)
    }
}
