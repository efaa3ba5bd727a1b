import HTTPTypes
import Orgs

/// The proxies whose word on the source of a request counts, as the operator listed them; nobody else's does.
struct TrustedProxies: Sendable {
    let ranges: [IPRange]

    /// Where a request came from.
    ///
    /// The lists are read from the right, since everything left of the first address that is not a proxy of ours is what the
    /// client itself may have written (RFC 7239 section 8.1).
    ///
    /// - Parameter peer: the address at the other end of the connection.
    /// - Returns: the peer, unless it is listed; then the right-most address that is not. `nil` when a listed proxy says what
    ///   cannot be read or two headers disagree, so that no rule takes the proxy's own address for the client's.
    func source(peer: IPAddress?, headers: HTTPFields) -> IPAddress? {
        guard let peer, ranges.contains(peer) else { return peer }
        let chains = [
            Self.elements(headers[values: .xForwardedFor]).map(Self.address),
            Self.elements(headers[values: .forwarded]).map { Self.parameter("for", of: $0).flatMap(Self.address) },
        ].filter { !$0.isEmpty }
        let sources = Set(chains.map { source(of: $0, behind: peer) })
        guard sources.count <= 1 else { return nil }
        return sources.isEmpty ? peer : sources.first ?? nil
    }

    private func source(of chain: [IPAddress?], behind peer: IPAddress) -> IPAddress? {
        var hop = peer
        for address in chain.reversed() {
            guard let address else { return nil }
            hop = address
            guard ranges.contains(address) else { break }
        }
        return hop
    }

    /// The elements of a list in the order of its lines (RFC 9110 section 5.3); a comma in quotes separates nothing.
    private static func elements(_ lines: [String]) -> [String] {
        split(lines.joined(separator: ","), at: ",").filter { !$0.isEmpty }
    }

    private static func split(_ text: String, at separator: Character) -> [String] {
        var parts = [""]
        var isQuoted = false
        for character in text {
            if character == "\"" { isQuoted.toggle() }
            if character == separator, !isQuoted {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        return parts.map {
            String($0.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
        }
    }

    /// The value of a parameter of one element of `Forwarded` (RFC 7239 section 4), without its quotes.
    private static func parameter(_ name: String, of element: String) -> String? {
        for pair in split(element, at: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == name { return parts[1].filter { $0 != "\"" } }
        }
        return nil
    }

    /// An address with or without a port, one of version 6 with or without brackets (RFC 7239 section 6).
    private static func address(_ text: String) -> IPAddress? {
        if let address = IPAddress(text) { return address }
        if text.hasPrefix("[") { return IPAddress(text.dropFirst().prefix { $0 != "]" }) }
        return IPAddress(text.prefix { $0 != ":" })
    }
}

extension HTTPField.Name {
    fileprivate static let xForwardedFor = known("X-Forwarded-For")
    fileprivate static let forwarded = known("Forwarded")
}
