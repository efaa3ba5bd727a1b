/// A range of addresses of one version, both ends included.
public struct IPRange: Hashable, Sendable, CustomStringConvertible {
    /// The first address of the range.
    public let start: IPAddress
    /// The last address of the range.
    public let end: IPAddress

    /// A range from its first to its last address; `nil` if the versions differ or the order is the other way round.
    public init?(start: IPAddress, end: IPAddress) {
        guard start.version == end.version, start <= end else { return nil }
        self.start = start
        self.end = end
    }

    /// A network in the form `192.0.2.0/24` (RFC 4632 section 3.1, RFC 4291 section 2.3), or a single address; `nil` for
    /// another text, and for an address with bits behind the prefix, which is a slip more often than meant.
    public init?(cidr text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let address = IPAddress(parts[0]), parts.count <= 2 else { return nil }
        guard parts.count == 2 else {
            self.init(start: address, end: address)
            return
        }
        guard parts[1].utf8.count <= 3, parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let bits = Int(parts[1]), bits <= address.bitCount, address.first(ofPrefix: bits) == address
        else { return nil }
        self.init(start: address, end: address.last(ofPrefix: bits))
    }

    /// Whether an address lies in the range.
    public func contains(_ address: IPAddress) -> Bool {
        address.version == start.version && start <= address && address <= end
    }

    /// How many addresses the range has, counted no further than a limit.
    public func addressCount(upTo limit: Int) -> Int { start.count(through: end, upTo: limit) }

    /// `start-end`.
    public var description: String { "\(start)-\(end)" }
}

extension Sequence<IPRange> {
    /// Whether an address lies in any of the ranges.
    public func contains(_ address: IPAddress) -> Bool {
        contains { range in range.contains(address) }
    }
}
