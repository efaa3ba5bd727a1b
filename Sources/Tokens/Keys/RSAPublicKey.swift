public import OAuthTypes

/// The public part of an RSA key, and nothing else: what is published can therefore not hold a private part.
public struct RSAPublicKey: Hashable, Sendable {
    /// The modulus as big-endian bytes without leading zeros.
    public let modulus: [UInt8]
    /// The public exponent as big-endian bytes without leading zeros.
    public let exponent: [UInt8]

    /// A public key by its two numbers, big-endian; leading zeros are dropped (RFC 7518 section 6.3.1.1).
    public init(modulus: some Sequence<UInt8>, exponent: some Sequence<UInt8>) {
        self.modulus = Array(modulus.drop { $0 == 0 })
        self.exponent = Array(exponent.drop { $0 == 0 })
    }

    /// Writes this key as a JWK object, the next value of a writer (RFC 7517 section 4, RFC 7518 section 6.3.1).
    public func writeJWK(kid: String, use: String, alg: String, into json: inout JSONWriter) {
        json.object { key in
            key.member("kty", "RSA")
            key.member("use", use)
            key.member("alg", alg)
            key.member("kid", kid)
            key.member("n", Base64URL.encode(modulus))
            key.member("e", Base64URL.encode(exponent))
        }
    }
}
