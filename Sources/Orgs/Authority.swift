/// A host with its port, as a request names it or an origin has it.
public struct Authority: Hashable, Sendable {
    /// The host in lower case, an IPv6 address in its brackets.
    public let host: String
    /// The port as it is written; `nil` where none is.
    public let port: String?

    /// Reads `host` or `host:port`, whatever it is: a text that is none equals no host there is.
    public init(_ text: String) {
        let lowered = text.lowercased()
        let afterHost =
            lowered.hasPrefix("[") ? (lowered.firstIndex(of: "]") ?? lowered.startIndex) : lowered.startIndex
        if let colon = lowered[afterHost...].lastIndex(of: ":") {
            host = String(lowered[..<colon])
            port = String(lowered[lowered.index(after: colon)...])
        } else {
            host = lowered
            port = nil
        }
    }

    /// The host and port of an origin such as an issuer; the port is the scheme's own where none is written.
    public init(origin: String) {
        let isSecure = origin.hasPrefix("https://")
        let authority = Authority(String(origin.drop { $0 != "/" }.dropFirst(2)))
        self.init(host: authority.host, port: authority.port ?? (isSecure ? "443" : "80"))
    }

    private init(host: String, port: String?) {
        (self.host, self.port) = (host, port)
    }

    /// All the forms in which a request may name this origin: a port that is the scheme's own may be left out, and `localhost` and the
    /// two loopback addresses are one machine.
    public var aliases: [Authority] {
        let hosts = WebOrigin.loopbackHosts.contains(host) ? WebOrigin.loopbackHosts.sorted() : [host]
        let ports: [String?] = port == "443" || port == "80" ? [port, nil] : [port]
        return hosts.flatMap { host in ports.map { Authority(host: host, port: $0) } }
    }

    /// Whether a request that names this host is for an origin.
    public func names(origin: String) -> Bool { Authority(origin: origin).aliases.contains(self) }
}
