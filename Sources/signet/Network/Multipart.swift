import OAuthTypes

/// A body of several parts (RFC 7578).
struct Multipart {
    /// One part.
    struct Part {
        let name: String
        let contentType: String
        let content: [UInt8]
    }

    private let parts: [Part]
    private let boundary: String

    init(_ parts: [Part]) {
        var randomness = SystemRandomNumberGenerator()
        boundary = "signet-" + RandomText.text(32, of: .base62, using: &randomness)
        self.parts = parts
    }

    var contentType: String { "multipart/form-data; boundary=\(boundary)" }

    var body: [UInt8] {
        var body: [UInt8] = []
        for part in parts {
            let disposition = "Content-Disposition: form-data; name=\"\(part.name)\"; filename=\"\(part.name)\""
            body += Array("--\(boundary)\r\n\(disposition)\r\nContent-Type: \(part.contentType)\r\n\r\n".utf8)
            body += part.content + Array("\r\n".utf8)
        }
        return body + Array("--\(boundary)--\r\n".utf8)
    }
}
