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
            headers[values: .xForwardedFor].flatMap(Self.addresses),
            headers[values: .forwarded].flatMap(ForwardedLine.addresses),
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

    /// The addresses of one line of `X-Forwarded-For`, `nil` for an element that is none.
    ///
    /// The header has no grammar of its own, so nothing may hide the comma that a proxy appends: no quote, and no scalar that
    /// Swift would join with it into one character.
    private static func addresses(_ line: String) -> [IPAddress?] {
        line.utf8.split(separator: UInt8(ascii: ","))
            .map { $0.withoutBlanks }
            .filter { !$0.isEmpty }
            .map { ForwardedNode.address($0) }
    }
}

/// One line of `Forwarded` (RFC 7239 section 4), byte by byte.
///
/// A proxy appends to what its client wrote, so a line that breaks the grammar anywhere says nothing: whose quote it is that
/// does not end cannot be known.
private struct ForwardedLine {
    private var rest: Substring.UTF8View

    /// The `for` of each element, `nil` for one that names no address; one `nil` for a line that breaks the grammar.
    static func addresses(_ line: String) -> [IPAddress?] {
        var parser = ForwardedLine(rest: Substring(line).utf8)
        return parser.elements() ?? [nil]
    }

    private mutating func elements() -> [IPAddress?]? {
        var addresses: [IPAddress?] = []
        repeat {
            guard let element = pairs() else { return nil }
            if let names = element { addresses.append(names["for"].flatMap { ForwardedNode.address($0.utf8) }) }
        } while take(UInt8(ascii: ","))
        return rest.isEmpty ? addresses : nil
    }

    /// The pairs of an element; an inner `nil` for one that is empty, an outer one for a break of the grammar.
    private mutating func pairs() -> [String: String]?? {
        var pairs: [String: String] = [:]
        repeat {
            skipBlanks()
            guard let name = token() else { continue }
            guard take(UInt8(ascii: "=")), let value = quoted() ?? token(),
                pairs.updateValue(value, forKey: name.lowercased()) == nil
            else { return nil }
            skipBlanks()
        } while take(UInt8(ascii: ";"))
        return .some(pairs.isEmpty ? nil : pairs)
    }

    private mutating func token() -> String? {
        let token = rest.prefix { Self.isTokenByte($0) }
        rest = rest[token.endIndex...]
        return token.isEmpty ? nil : String(token)
    }

    /// A quoted string without its quotes. No address needs a backslash, so none is taken away.
    private mutating func quoted() -> String? {
        guard rest.first == UInt8(ascii: "\"") else { return nil }
        var index = rest.index(after: rest.startIndex)
        while index < rest.endIndex, rest[index] != UInt8(ascii: "\"") {
            let isEscape = rest[index] == UInt8(ascii: "\\")
            index = rest.index(after: index)
            if isEscape, index < rest.endIndex { index = rest.index(after: index) }
        }
        guard index < rest.endIndex else { return nil }
        let value = rest[..<index].dropFirst()
        rest = rest[rest.index(after: index)...]
        return String(value)
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard rest.first == byte else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func skipBlanks() { rest = rest.drop { $0 == 0x20 || $0 == 0x09 } }

    /// RFC 9110 section 5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}

/// What stands for a client or a proxy in a list (RFC 7239 section 6).
private enum ForwardedNode {
    /// An address with or without a port, one of version 6 with or without brackets; `nil` for a text that goes on after them.
    static func address(_ bytes: some BidirectionalCollection<UInt8>) -> IPAddress? {
        let text = String(decoding: bytes, as: UTF8.self)
        if let address = IPAddress(text) { return address }
        let bytes = Array(bytes)
        let isBracketed = bytes.first == UInt8(ascii: "[")
        guard let end = bytes.firstIndex(of: isBracketed ? UInt8(ascii: "]") : UInt8(ascii: ":")) else { return nil }
        let host = isBracketed ? bytes[1..<end] : bytes[..<end]
        let port = isBracketed ? bytes[(end + 1)...] : bytes[end...]
        guard port.isEmpty || isPort(port), isBracketed == host.contains(UInt8(ascii: ":")) else { return nil }
        return IPAddress(String(decoding: host, as: UTF8.self))
    }

    private static func isPort(_ text: ArraySlice<UInt8>) -> Bool {
        let digits = text.dropFirst()
        return text.first == UInt8(ascii: ":") && (1...5).contains(digits.count)
            && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}

extension BidirectionalCollection<UInt8> {
    /// The bytes without spaces and tabs around them.
    fileprivate var withoutBlanks: SubSequence {
        var rest = self[...]
        while let first = rest.first, first == 0x20 || first == 0x09 { rest = rest.dropFirst() }
        while let last = rest.last, last == 0x20 || last == 0x09 { rest = rest.dropLast() }
        return rest
    }
}

extension HTTPField.Name {
    fileprivate static let xForwardedFor = known("X-Forwarded-For")
    fileprivate static let forwarded = known("Forwarded")
}
