public import OAuthTypes

/// A refresh token (RFC 6749 section 1.5): `5Aep861` and random letters and digits. The server stores its digest only.
public enum RefreshTokenText {
    /// Makes a token of 87 characters with 476 random bits from a cryptographic source.
    public static func generate(using randomness: inout some RandomNumberGenerator) -> Secret {
        Secret(RandomText.make(prefix: "5Aep861", count: 80, from: RandomText.base62, using: &randomness))
    }
}
