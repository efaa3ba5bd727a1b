/// An IPv4 or IPv6 address as sixteen bytes; IPv4 ones in their mapped form, so that `::ffff:192.0.2.1` is `192.0.2.1`.
public struct IPAddress: Hashable, Comparable, Sendable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    /// Reads dotted IPv4 (four decimal numbers without leading zeros) or IPv6 (RFC 4291 section 2.2); `nil` for anything else.
    public init?(_ text: some StringProtocol) {
        if text.contains(":") {
            guard let groups = Self.groups(of: String(text)) else { return nil }
            high = groups[..<4].reduce(0) { $0 << 16 | UInt64($1) }
            low = groups[4...].reduce(0) { $0 << 16 | UInt64($1) }
        } else {
            guard let address = Self.dotted(String(text)) else { return nil }
            high = 0
            low = 0xFFFF_0000_0000 | UInt64(address)
        }
    }

    /// Whether this is an IPv4 address.
    public var isIPv4: Bool { high == 0 && low >> 32 == 0xFFFF }

    /// Whether this is an address of this machine alone: 127.0.0.0/8 or ::1.
    public var isLoopback: Bool { isIPv4 ? low >> 24 & 0xFF == 127 : high == 0 && low == 1 }

    public static func < (left: IPAddress, right: IPAddress) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    public var description: String {
        if isIPv4 {
            return [24, 16, 8, 0].map { String(low >> UInt64($0) & 0xFF) }.joined(separator: ".")
        }
        return [48, 32, 16, 0].map { String(high >> UInt64($0) & 0xFFFF, radix: 16) }.joined(separator: ":") + ":"
            + [48, 32, 16, 0].map { String(low >> UInt64($0) & 0xFFFF, radix: 16) }.joined(separator: ":")
    }

    private static func dotted(_ text: String) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (48...57).contains($0) }),
                part.utf8.count == 1 || part.first != "0", let value = UInt8(part)
            else { return nil }
            address = address << 8 | UInt32(value)
        }
        return address
    }

    private static func groups(of text: String) -> [UInt16]? {
        var text = text
        if text.contains("."), let colon = text.lastIndex(of: ":") {
            guard let address = dotted(String(text[text.index(after: colon)...])) else { return nil }
            text = text[...colon] + String(address >> 16, radix: 16) + ":" + String(address & 0xFFFF, radix: 16)
        }
        let halves = text.components(separatedBy: "::")
        guard halves.count <= 2 else { return nil }
        let parsed = halves.map { half in
            half.isEmpty ? [] : half.split(separator: ":", omittingEmptySubsequences: false).map(group)
        }
        guard parsed.allSatisfy({ $0.allSatisfy { $0 != nil } }) else { return nil }
        let known = parsed.map { $0.compactMap { $0 } }
        if known.count == 1 { return known[0].count == 8 ? known[0] : nil }
        let missing = 8 - known[0].count - known[1].count
        guard missing >= 1 else { return nil }
        return known[0] + Array(repeating: 0, count: missing) + known[1]
    }

    private static func group(_ text: Substring) -> UInt16? {
        let isHex = text.utf8.allSatisfy { (48...57).contains($0) || (65...70).contains($0) || (97...102).contains($0) }
        return (1...4).contains(text.utf8.count) && isHex ? UInt16(text, radix: 16) : nil
    }
}

extension String {
    /// The parts between a separator, without Foundation.
    fileprivate func components(separatedBy separator: String) -> [String] {
        var parts: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}

/// The addresses from one to another, both included, of one family.
public struct IPRange: Hashable, Sendable, CustomStringConvertible {
    public let start: IPAddress
    public let end: IPAddress

    /// A range; `nil` if the end stands before the start or is of the other family.
    public init?(start: IPAddress, end: IPAddress) {
        guard start <= end, start.isIPv4 == end.isIPv4 else { return nil }
        self.start = start
        self.end = end
    }

    /// Reads the form `start-end`, as it is stored.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-")
        guard parts.count == 2, let start = IPAddress(parts[0]), let end = IPAddress(parts[1]) else { return nil }
        self.init(start: start, end: end)
    }

    public func contains(_ address: IPAddress) -> Bool { start <= address && address <= end }
    public var description: String { "\(start)-\(end)" }
}
