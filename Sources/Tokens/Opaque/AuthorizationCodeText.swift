public import OAuthTypes

/// An authorization code (RFC 6749 section 4.1.2): `aPrx` and random letters and digits, so that it stands in a query
/// without escapes. The server stores its digest only.
public enum AuthorizationCodeText {
    /// Makes a code of 64 characters with 357 random bits from a cryptographic source.
    public static func generate(using randomness: inout some RandomNumberGenerator) -> Secret {
        Secret(RandomText.bytes(60, of: .base62, after: "aPrx", using: &randomness))
    }
}
