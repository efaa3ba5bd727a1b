/// The id of one kind of record: fifteen case-sensitive characters and a three-character suffix that makes the whole
/// safe where case is lost, as the original writes its ids (`00D…`, `005…`).
///
/// `Subject` is the kind that is identified, so that a user's id cannot be passed where an app's is asked for.
public struct Identifier<Subject>: Hashable, Comparable, Sendable {
    /// The eighteen-character form, the one that is stored and sent.
    public let rawValue: String

    /// Takes a fifteen- or eighteen-character id; `nil` if it has another length, another character, or a suffix that
    /// does not fit.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 15 || bytes.count == 18, bytes.allSatisfy(Base62.isDigit) else { return nil }
        let short = Array(bytes.prefix(15))
        let suffix = RecordID.caseSafeSuffix(of: short)
        if bytes.count == 18, !RecordID.matches(suffix, Array(bytes.suffix(3))) { return nil }
        self.rawValue = String(decoding: short + suffix, as: UTF8.self)
    }

    /// An id that a trusted place holds already in its eighteen-character form, such as a stored row.
    public init(stored rawValue: String) {
        self.rawValue = rawValue
    }

    /// Makes a new id that sorts after those made earlier: `prefix`, eight characters of the time, four random ones.
    ///
    /// - Parameters:
    ///   - prefix: the three characters that name the kind, such as `005`.
    ///   - now: the time of making.
    ///   - randomness: the source of the last four characters.
    public static func make(
        prefix: StaticString,
        now: Timestamp,
        using randomness: inout some RandomNumberGenerator
    ) -> Identifier {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(18)
        prefix.withUTF8Buffer { bytes.append(contentsOf: $0) }
        precondition(bytes.count == 3, "a key prefix has three characters")
        Base62.append(UInt64(clamping: now.milliseconds), digits: 8, to: &bytes)
        Base62.append(UInt64.random(in: 0..<14_776_336, using: &randomness), digits: 4, to: &bytes)
        bytes.append(contentsOf: RecordID.caseSafeSuffix(of: bytes))
        return Identifier(stored: String(decoding: bytes, as: UTF8.self))
    }

    /// Makes a new id that is not taken: of some thousand that are made at one moment, as a deployment does, two may come out alike.
    ///
    /// - Parameter isTaken: whether something has an id already.
    /// - Throws: what the closure throws.
    public static func make<Failure: Error>(
        prefix: StaticString,
        now: Timestamp,
        using randomness: inout some RandomNumberGenerator,
        unless isTaken: (Identifier) throws(Failure) -> Bool
    ) throws(Failure) -> Identifier {
        while true {
            let id = make(prefix: prefix, now: now, using: &randomness)
            if try !isTaken(id) { return id }
        }
    }

    /// The fifteen-character form, as it stands in a key name (`CORE_ATJWT.<15 characters>.…`) and in opaque tokens.
    public var short: String { String(rawValue.prefix(15)) }

    /// The order of the 18-character forms, byte by byte; ids of one kind sort by their time.
    public static func < (left: Identifier, right: Identifier) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// The rule of the three-character suffix: one character for each five, which has a bit set for each capital letter.
enum RecordID {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345".utf8)

    static func caseSafeSuffix(of short: [UInt8]) -> [UInt8] {
        (0..<3).map { chunk in
            var bits = 0
            for position in 0..<5 where (65...90).contains(short[chunk * 5 + position]) {
                bits |= 1 << position
            }
            return alphabet[bits]
        }
    }

    static func matches(_ suffix: [UInt8], _ given: [UInt8]) -> Bool {
        zip(suffix, given).allSatisfy { $0 == $1 || $0 == ($1 & ~0x20) }
    }
}

/// Numbers in the sixty-two digits `0-9A-Za-z`, which sort as their ASCII codes do.
public enum Base62 {
    static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// Whether a byte is an ASCII letter or digit.
    public static func isDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }

    static func append(_ value: UInt64, digits count: Int, to bytes: inout [UInt8]) {
        var rest = value
        var reversed: [UInt8] = []
        for _ in 0..<count {
            reversed.append(digits[Int(rest % 62)])
            rest /= 62
        }
        bytes.append(contentsOf: reversed.reversed())
    }
}

extension Base62 {
    /// Eight digits of a time in milliseconds, which sort as the times do.
    public static func time(_ moment: Timestamp) -> String {
        var bytes: [UInt8] = []
        append(UInt64(clamping: moment.milliseconds), digits: 8, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The time that eight digits say; `nil` for any other text.
    public static func time(_ text: some StringProtocol) -> Timestamp? {
        let bytes = Array(text.utf8)
        guard bytes.count == 8, bytes.allSatisfy(isDigit) else { return nil }
        let value = bytes.reduce(Int64(0)) { $0 * 62 + Int64(digits.firstIndex(of: $1) ?? 0) }
        return Timestamp(milliseconds: value)
    }
}
