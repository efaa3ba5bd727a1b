public import OAuthTypes

/// A refresh token (RFC 6749 section 1.5): `5Aep861` and random letters and digits. The server stores its digest only.
public enum RefreshTokenText {
    /// What every refresh token starts with.
    public static let prefix = "5Aep861"

    /// Whether a text begins as refresh tokens do, and access tokens of neither form.
    public static func begins(_ token: String) -> Bool { token.utf8.starts(with: prefix.utf8) }

    /// Makes a token of 87 characters with 476 random bits from a cryptographic source.
    public static func generate(using randomness: inout some RandomNumberGenerator) -> Secret {
        Secret(RandomText.bytes(80, of: .base62, after: prefix, using: &randomness))
    }
}
