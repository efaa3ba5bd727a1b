internal import Crypto
public import OAuthTypes

/// The member `signature` of a token answer: it lets a client see that the identity URL was not changed on the way.
public enum ResponseSignature {
    /// The standard base64 (RFC 4648 section 4) of HMAC-SHA-256 with the consumer secret over `id` and `issued_at`.
    ///
    /// - Parameters:
    ///   - secret: the consumer secret as its UTF-8 bytes.
    ///   - id: the identity URL.
    ///   - issuedAt: the member `issued_at`: milliseconds since the epoch as text.
    public static func base64(secret: Secret, id: String, issuedAt: String) -> String {
        let code = secret.withBytes { key in
            var mac = HMAC<SHA256>(key: SymmetricKey(data: key))
            mac.update(data: Array(id.utf8))
            mac.update(data: Array(issuedAt.utf8))
            return Array(mac.finalize())
        }
        return standardBase64(code)
    }

    private static func standardBase64(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        bytes.withUnsafeBytes { Base64URL.encode($0, into: &text) }
        for index in text.indices {
            if text[index] == 0x2D { text[index] = 0x2B }
            if text[index] == 0x5F { text[index] = 0x2F }
        }
        while !text.count.isMultiple(of: 4) { text.append(0x3D) }
        return String(decoding: text, as: UTF8.self)
    }
}
