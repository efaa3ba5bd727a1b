import Dispatch
import Synchronization

/// Runs password hashing on a thread of its own, one at a time, so that sign-ins never delay tokens; past a queue limit it refuses.
public final class PasswordPool: Sendable {
    /// Says that too many sign-ins wait already.
    public struct Busy: Error {}

    private let queue = DispatchQueue(label: "signet.passwords")
    private let waiting = Mutex(0)
    private let limit: Int

    /// A pool that lets a number of callers wait.
    public init(queueLimit: Int = 32) {
        self.limit = queueLimit
    }

    /// Runs slow work on the pool's thread.
    ///
    /// - Throws: ``Busy`` when the queue is full, or what the work throws.
    public func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        let admitted = waiting.withLock { waiting in
            guard waiting < limit else { return false }
            waiting += 1
            return true
        }
        guard admitted else { throw Busy() }
        defer { waiting.withLock { $0 -= 1 } }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result { try work() }) }
        }
    }
}
