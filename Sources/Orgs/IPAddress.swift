/// An IP address, version 4 or 6.
///
/// The text forms are strict: four decimal numbers without leading zeros, or RFC 4291 section 2.2 without a zone. An
/// IPv4-mapped IPv6 address (`::ffff:192.0.2.1`) is the IPv4 address, so that a rule cannot be passed by the other
/// spelling.
public struct IPAddress: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The version of an address; all of version 4 sort before all of version 6.
    public enum Version: UInt8, Hashable, Sendable {
        case v4 = 4
        case v6 = 6
    }

    /// 4 or 6; an IPv4-mapped address is of version 4.
    public let version: Version
    private let high: UInt64
    private let low: UInt64

    private init(version: Version, high: UInt64, low: UInt64) {
        self.version = version
        self.high = high
        self.low = low
    }

    /// Reads an address; `nil` for every text that is not one in a strict form.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 45 else { return nil }
        if let number = IPAddress.parseV4(bytes[...]) {
            self.init(version: .v4, high: 0, low: UInt64(number))
        } else if let groups = IPAddress.parseV6(bytes) {
            self.init(groups: groups)
        } else {
            return nil
        }
    }

    /// An address from the four or sixteen bytes of its network form; `nil` for another count.
    public init?(networkBytes bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        switch bytes.count {
        case 4:
            self.init(version: .v4, high: 0, low: bytes.reduce(0) { $0 << 8 | UInt64($1) })
        case 16:
            self.init(groups: stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) })
        default:
            return nil
        }
    }

    private init(groups: [UInt16]) {
        let high = groups.prefix(4).reduce(0) { $0 << 16 | UInt64($1) }
        let low = groups.suffix(4).reduce(0) { $0 << 16 | UInt64($1) }
        if high == 0, low >> 32 == 0xFFFF {
            self.init(version: .v4, high: 0, low: low & 0xFFFF_FFFF)
        } else {
            self.init(version: .v6, high: high, low: low)
        }
    }

    /// Version 4 before version 6, then by number.
    public static func < (left: IPAddress, right: IPAddress) -> Bool {
        (left.version.rawValue, left.high, left.low) < (right.version.rawValue, right.high, right.low)
    }

    /// Whether the address is of the machine itself: `127.0.0.0/8` or `::1`.
    public var isLoopback: Bool {
        switch version {
        case .v4: low >> 24 == 127
        case .v6: high == 0 && low == 1
        }
    }

    /// The number of bits of an address of this version.
    public var bitCount: Int { version == .v4 ? 32 : 128 }

    /// How many addresses lie between this one and a later one of its version, both included, counted no further than a limit.
    func count(through end: IPAddress, upTo limit: Int) -> Int {
        let (low, borrow) = end.low.subtractingReportingOverflow(self.low)
        let high = end.high &- self.high &- (borrow ? 1 : 0)
        guard high == 0, low < UInt64(limit) else { return limit }
        return Int(low) + 1
    }

    /// The first address of the network that the address is in, given the length of the network's prefix in bits.
    public func first(ofPrefix bits: Int) -> IPAddress {
        let mask = hostMask(bits)
        return IPAddress(version: version, high: high & ~mask.high, low: low & ~mask.low)
    }

    /// The last address of the network that the address is in, given the length of the network's prefix in bits.
    public func last(ofPrefix bits: Int) -> IPAddress {
        let mask = hostMask(bits)
        return IPAddress(version: version, high: high | mask.high, low: low | mask.low)
    }

    /// The bits behind a prefix.
    private func hostMask(_ bits: Int) -> (high: UInt64, low: UInt64) {
        let host = min(max(bitCount - bits, 0), bitCount)
        // A shift by 64 gives zero, as it should.
        let low = host >= 64 ? UInt64.max : (1 << UInt64(host)) - 1
        let high = host <= 64 ? 0 : host >= 128 ? UInt64.max : (1 << UInt64(host - 64)) - 1
        return (high, low)
    }

    /// The canonical text (RFC 5952 section 4 for version 6).
    public var description: String {
        switch version {
        case .v4:
            return [24, 16, 8, 0].map { String(low >> UInt64($0) & 255) }.joined(separator: ".")
        case .v6:
            return IPAddress.text(
                of: [high, low].flatMap { half in
                    [48, 32, 16, 0].map { UInt16(truncatingIfNeeded: half >> UInt64($0)) }
                }
            )
        }
    }
}

extension IPAddress {
    private static func parseV4(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        let parts = bytes.split(separator: 0x2E, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var number: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            if part.count > 1, part.first == 0x30 { return nil }
            let value = part.reduce(UInt32(0)) { $0 * 10 + UInt32($1 - 0x30) }
            guard value <= 255 else { return nil }
            number = number << 8 | value
        }
        return number
    }

    private static func parseV6(_ bytes: [UInt8]) -> [UInt16]? {
        var compression: Int?
        for index in bytes.indices.dropLast() where bytes[index] == 0x3A && bytes[index + 1] == 0x3A {
            guard compression == nil else { return nil }
            compression = index
        }
        guard let compression else {
            let groups = parseGroups(bytes[...], mayEndInV4: true)
            return groups?.count == 8 ? groups : nil
        }
        guard
            let head = parseGroups(bytes[..<compression], mayEndInV4: false),
            let tail = parseGroups(bytes[(compression + 2)...], mayEndInV4: true),
            head.count + tail.count <= 7
        else { return nil }
        return head + [UInt16](repeating: 0, count: 8 - head.count - tail.count) + tail
    }

    private static func parseGroups(_ bytes: ArraySlice<UInt8>, mayEndInV4: Bool) -> [UInt16]? {
        guard !bytes.isEmpty else { return [] }
        var groups: [UInt16] = []
        let parts = bytes.split(separator: 0x3A, omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if mayEndInV4, index == parts.count - 1, let number = parseV4(part) {
                groups.append(UInt16(number >> 16))
                groups.append(UInt16(truncatingIfNeeded: number))
            } else {
                guard (1...4).contains(part.count), let group = hexadecimal(part) else { return nil }
                groups.append(group)
            }
        }
        return groups
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt16? {
        var value: UInt16 = 0
        for digit in digits {
            switch digit {
            case 0x30...0x39: value = value << 4 | UInt16(digit - 0x30)
            case 0x41...0x46: value = value << 4 | UInt16(digit - 0x41 + 10)
            case 0x61...0x66: value = value << 4 | UInt16(digit - 0x61 + 10)
            default: return nil
            }
        }
        return value
    }

    private static func text(of groups: [UInt16]) -> String {
        var longest = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, groups[end] == 0 { end += 1 }
            if end - start > max(longest.count, 1) { longest = start..<end }
            start = max(end, start + 1)
        }
        let words = groups.map { String($0, radix: 16) }
        guard !longest.isEmpty else { return words.joined(separator: ":") }
        return words[..<longest.lowerBound].joined(separator: ":") + "::"
            + words[longest.upperBound...].joined(separator: ":")
    }
}
