/// A moment, as whole milliseconds since 1970-01-01T00:00:00Z.
///
/// Every time that Signet stores or compares is one of these; it is read from the clock once at the edge and passed
/// down as an argument named `now`.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Milliseconds since the epoch.
    public let milliseconds: Int64

    /// A moment given in milliseconds since the epoch.
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// A moment given in seconds since the epoch, the unit of JWT's NumericDate (RFC 7519 section 2).
    public init(seconds: Int64) {
        self.milliseconds = seconds &* 1_000
    }

    /// Whole seconds since the epoch, rounded down: the unit of JWT's NumericDate (RFC 7519 section 2).
    public var seconds: Int64 {
        let (quotient, remainder) = milliseconds.quotientAndRemainder(dividingBy: 1_000)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// Whether a moment is before another.
    public static func < (earlier: Timestamp, later: Timestamp) -> Bool {
        earlier.milliseconds < later.milliseconds
    }

    /// The moment that lies a span after this one.
    public static func + (moment: Timestamp, span: TimeSpan) -> Timestamp {
        Timestamp(milliseconds: moment.milliseconds &+ span.milliseconds)
    }

    /// The moment that lies a span before this one.
    public static func - (moment: Timestamp, span: TimeSpan) -> Timestamp {
        Timestamp(milliseconds: moment.milliseconds &- span.milliseconds)
    }

    /// The span from one moment to a later one; negative if the order is the other way round.
    public static func - (later: Timestamp, earlier: Timestamp) -> TimeSpan {
        TimeSpan(milliseconds: later.milliseconds &- earlier.milliseconds)
    }
}

/// A length of time in whole milliseconds.
public struct TimeSpan: Hashable, Comparable, Sendable {
    /// The length in milliseconds.
    public let milliseconds: Int64

    /// A length given in milliseconds.
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// The length in whole seconds, rounded towards zero.
    public var seconds: Int64 { milliseconds / 1_000 }

    /// A length given in seconds.
    public static func seconds(_ count: Int64) -> TimeSpan { TimeSpan(milliseconds: count * 1_000) }

    /// A length given in minutes.
    public static func minutes(_ count: Int64) -> TimeSpan { .seconds(count * 60) }

    /// A length given in hours.
    public static func hours(_ count: Int64) -> TimeSpan { .minutes(count * 60) }

    /// A length given in days of 24 hours.
    public static func days(_ count: Int64) -> TimeSpan { .hours(count * 24) }

    /// Whether a span is shorter than another.
    public static func < (shorter: TimeSpan, longer: TimeSpan) -> Bool {
        shorter.milliseconds < longer.milliseconds
    }
}
