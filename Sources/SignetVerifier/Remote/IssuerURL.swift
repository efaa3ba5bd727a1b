import OAuthTypes

/// The URL of an issuer that keys may be fetched from: https, or http on this machine; a host, a port and a path, and nothing else
/// (RFC 8414 section 2).
package struct IssuerURL: Sendable {
    /// The issuer to the letter.
    package let text: String
    /// Scheme, host and port.
    package let origin: String

    private static let loopbackNames = ["localhost", "127.0.0.1", "[::1]"]

    /// - Throws: ``FetchFailure`` that names what is wrong.
    package init(_ text: String) throws {
        let (scheme, rest) = try Self.scheme(of: text)
        let authority = rest.prefix { $0 != "/" }
        let path = rest[authority.endIndex...]
        guard let host = Self.host(of: authority) else {
            throw FetchFailure("the issuer must be a host and at most a port after \(scheme), without user information")
        }
        guard scheme == "https://" || Self.loopbackNames.contains(host) || host.hasSuffix(".localhost") else {
            throw FetchFailure("the issuer \(text) is not https; plain http is for this machine alone")
        }
        guard path.utf8.allSatisfy(Self.isPathByte) else {
            throw FetchFailure(
                "the issuer must have no query, no fragment, and no character in its path that needs an escape"
            )
        }
        self.text = text
        self.origin = scheme + authority
    }

    /// Whether a URL is of this origin: another port or a longer host name is another one.
    package func isOrigin(of url: String) -> Bool { url.utf8.starts(with: origin.utf8 + [UInt8(ascii: "/")]) }

    private static func scheme(of text: String) throws -> (String, Substring) {
        for scheme in ["https://", "http://"] where text.utf8.starts(with: scheme.utf8) {
            return (scheme, text.dropFirst(scheme.count))
        }
        throw FetchFailure(
            "the issuer must be a URL that begins with https://, such as https://acme.example; http:// is for this machine alone"
        )
    }

    /// The host of `host[:port]`, in brackets if it is an IPv6 address; `nil` for anything else, such as `user@host`.
    private static func host(of authority: Substring) -> String? {
        let isBracketed = authority.hasPrefix("[")
        let end =
            isBracketed
            ? authority.firstIndex(of: "]").map(authority.index(after:)) : authority.firstIndex(of: ":")
        let host = authority[..<(end ?? authority.endIndex)]
        let port = authority[host.endIndex...]
        let isName =
            isBracketed
            ? host.utf8.dropFirst().dropLast().allSatisfy(isAddressByte) : host.utf8.allSatisfy(isNameByte)
        guard host.utf8.count > (isBracketed ? 2 : 0), isName, !isBracketed || end != nil, isPort(port) else {
            return nil
        }
        return String(host)
    }

    private static func isPort(_ text: Substring) -> Bool {
        guard let colon = text.utf8.first else { return true }
        let digits = text.utf8.dropFirst()
        return colon == UInt8(ascii: ":") && (1...5).contains(digits.count)
            && digits.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
            || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
    }

    private static func isPathByte(_ byte: UInt8) -> Bool {
        isNameByte(byte) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "~")
    }
}
