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

    /// Whether an address lies in the range.
    public func contains(_ address: IPAddress) -> Bool {
        address.version == start.version && start <= address && address <= end
    }

    /// `start-end`.
    public var description: String { "\(start)-\(end)" }
}

extension Sequence<IPRange> {
    /// Whether an address lies in any of the ranges.
    public func contains(_ address: IPAddress) -> Bool {
        contains { range in range.contains(address) }
    }
}
