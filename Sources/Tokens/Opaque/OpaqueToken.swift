public import OAuthTypes

/// An opaque access token: `00D<12 characters>!AQ<random>`, in which clients find the org before the exclamation mark.
///
/// The server stores its `TokenDigest` only.
public enum OpaqueToken {
    /// Makes a token of 112 characters with 564 random bits.
    ///
    /// - Parameters:
    ///   - shortID: the org's id in its fifteen-character form.
    ///   - randomness: a cryptographic source.
    public static func generate(
        org shortID: String,
        using randomness: inout some RandomNumberGenerator
    ) -> Secret {
        Secret(RandomText.bytes(94, of: .base64, after: shortID + "!AQ", using: &randomness))
    }

    /// The fifteen-character id of the org that a token names; `nil` if the text does not have the form of one.
    ///
    /// It says where to look, not that the token exists.
    public static func orgPart(of token: String) -> String? {
        let bytes = token.utf8
        guard bytes.count > 16, bytes.count <= 512, token.hasPrefix("00D") else { return nil }
        let mark = bytes.index(bytes.startIndex, offsetBy: 15)
        let random = bytes[bytes.index(after: mark)...]
        guard bytes[mark] == 0x21, bytes[..<mark].allSatisfy(Base62.isDigit) else { return nil }
        guard random.allSatisfy({ Base62.isDigit($0) || $0 == 0x2E || $0 == 0x5F }) else { return nil }
        return String(token[..<mark])
    }
}
