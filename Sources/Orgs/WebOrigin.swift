/// A checked web origin: `https://host[:port]`, or `http` for a loopback name, in the form that browsers and issuers write it.
public struct WebOrigin: Hashable, Sendable {
    /// The origin as it was given, which is its only form.
    public let text: String
    /// Whether the scheme is `https`.
    public let isHTTPS: Bool
    /// The name or address, an IPv6 address in its brackets.
    public let host: String
    /// The port that is written; `nil` for the scheme's own.
    public let port: Int?

    /// The names of this machine, for which `http` will do.
    public static let loopbackHosts: Set<String> = ["localhost", "127.0.0.1", "[::1]"]

    /// Whether a host is this machine: one of the three names, or a name under `localhost` (RFC 6761 section 6.3).
    public static func isLoopback(_ host: String) -> Bool {
        loopbackHosts.contains(host) || host.hasSuffix(".localhost")
    }

    /// The origin of another host at the scheme and port of this one; `nil` for a text that is no host name in lower case, or `http` off
    /// this machine.
    public func sibling(host: String) -> WebOrigin? {
        guard !host.contains(":") || host.hasPrefix("[") else { return nil }
        return WebOrigin((isHTTPS ? "https://" : "http://") + host + (port.map { ":\($0)" } ?? ""))
    }

    /// Reads an origin; `nil` for a text with a path, a user, a query, upper case, or `http` off this machine.
    public init?(_ text: String) {
        guard let scheme = ["https://", "http://"].first(where: text.hasPrefix) else { return nil }
        let authority = text.dropFirst(scheme.count)
        guard let (host, port) = WebOrigin.split(authority) else { return nil }
        guard scheme == "https://" || WebOrigin.isLoopback(host) else { return nil }
        (self.text, self.isHTTPS, self.host, self.port) = (text, scheme == "https://", host, port)
    }

    /// The port that is meant: the one that is written, else 443 or 80.
    public var portOrDefault: Int { port ?? (isHTTPS ? 443 : 80) }

    private static func split(_ authority: Substring) -> (host: String, port: Int?)? {
        let end =
            authority.hasPrefix("[")
            ? authority.firstIndex(of: "]").map { authority.index(after: $0) }
            : authority.firstIndex(of: ":") ?? authority.endIndex
        guard let end else { return nil }
        let host = authority[..<end]
        guard isHost(host) else { return nil }
        let rest = authority[end...]
        guard !rest.isEmpty else { return (String(host), nil) }
        let digits = rest.dropFirst()
        guard rest.first == ":", digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), digits.first != "0",
            let port = UInt16(digits)
        else { return nil }
        return (String(host), Int(port))
    }

    private static func isHost(_ host: Substring) -> Bool {
        if host.hasPrefix("[") { return IPAddress(host.dropFirst().dropLast()) != nil && host == host.lowercased() }
        return !host.isEmpty
            && host.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F
            }
    }
}
