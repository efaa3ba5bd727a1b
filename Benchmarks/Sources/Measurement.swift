#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One operation and how often it runs in a second of this thread's CPU time.
struct Measurement {
    let name: String
    let operation: () throws -> Void
    private(set) var rates: [Double] = []

    init(_ name: String, _ operation: @escaping () throws -> Void) {
        self.name = name
        self.operation = operation
    }

    /// The median of the runs, in operations per CPU second.
    var rate: Double { rates.sorted()[rates.count / 2] }

    /// Runs the operation for a quarter of a CPU second and notes the rate.
    mutating func run() throws {
        let start = Self.cpuSeconds()
        var count = 0
        var elapsed = 0.0
        while elapsed < 0.25 {
            for _ in 0..<20 { try operation() }
            count += 20
            elapsed = Self.cpuSeconds() - start
        }
        rates.append(Double(count) / elapsed)
    }

    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
