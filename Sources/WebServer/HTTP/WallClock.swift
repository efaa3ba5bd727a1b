public import OAuthTypes

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The clock, read at the edge of a request and nowhere else; a test gives its own.
public struct WallClock: Sendable {
    private let read: @Sendable () -> Timestamp

    /// A clock that answers what a closure answers.
    public init(_ read: @escaping @Sendable () -> Timestamp) {
        self.read = read
    }

    /// The time now.
    public var now: Timestamp { read() }

    /// The clock of the machine.
    public static let system = WallClock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
