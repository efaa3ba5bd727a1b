internal import Crypto

/// What is stored and looked up instead of a token: its SHA-256, which is enough because tokens are random and long.
public enum TokenDigest {
    /// The 32 bytes of the digest of a token's UTF-8 text.
    public static func sha256(_ token: String) -> [UInt8] {
        var token = token
        return token.withUTF8 { digest(of: UnsafeRawBufferPointer($0)) }
    }

    /// The 32 bytes of the digest of some bytes.
    public static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { digest(of: $0) }
    }

    private static func digest(of bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var hasher = SHA256()
        hasher.update(bufferPointer: bytes)
        return Array(hasher.finalize())
    }
}
