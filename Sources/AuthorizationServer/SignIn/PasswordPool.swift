import Dispatch
import Synchronization

/// Runs password hashing a few at a time, apart from the threads that answer; past a queue limit it refuses.
///
/// Who floods the queue waits behind those whom an account knows, and from one place fills a share of it alone.
public final class PasswordPool: Sendable {
    /// Says that too many sign-ins wait already.
    public struct Busy: Error {}

    /// Who waits.
    public enum Caller: Hashable, Sendable {
        /// A browser in which somebody has signed in to the account before.
        case known
        /// Anybody else, by the place that they come from.
        case stranger(place: String)
    }

    private struct State {
        var known: [@Sendable () -> Void] = []
        var strangers: [@Sendable () -> Void] = []
        var admitted: [Caller: Int] = [:]
        var admittedStrangers = 0
        var running = 0

        mutating func next() -> (@Sendable () -> Void)? {
            if !known.isEmpty { return known.removeFirst() }
            if !strangers.isEmpty { return strangers.removeFirst() }
            running -= 1
            return nil
        }
    }

    private let queue = DispatchQueue(label: "signet.passwords", attributes: .concurrent)
    private let state = Mutex(State())
    private let threads: Int
    private let limit: Int
    private let share: Int

    /// A pool.
    ///
    /// - Parameters:
    ///   - threads: how many passwords are hashed at once.
    ///   - queueLimit: how many strangers may wait or be served, and as many known callers beside them.
    ///   - share: how many of the strangers may come from one place; a third unless given, so that all
    ///     ten attempts that an account has from one place are looked at.
    public init(threads: Int = 1, queueLimit: Int = 32, share: Int? = nil) {
        (self.threads, limit) = (threads, queueLimit)
        self.share = share ?? max(1, queueLimit / 3)
    }

    /// Runs slow work on one of the pool's threads.
    ///
    /// - Throws: ``Busy`` when the queue or the caller's share of it is full, or what the work throws.
    public func run<Result: Sendable>(
        for caller: Caller,
        _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        guard admit(caller) else { throw Busy() }
        defer { release(caller) }
        return try await withCheckedThrowingContinuation { continuation in
            add(caller) { continuation.resume(with: Swift.Result { try work() }) }
        }
    }

    /// How many are waiting for a thread.
    var waiting: Int { state.withLock { $0.known.count + $0.strangers.count } }

    private func admit(_ caller: Caller) -> Bool {
        state.withLock { state in
            let count = state.admitted[caller, default: 0]
            switch caller {
            case .known:
                guard count < limit else { return false }
            case .stranger:
                guard count < share, state.admittedStrangers < limit else { return false }
                state.admittedStrangers += 1
            }
            state.admitted[caller] = count + 1
            return true
        }
    }

    private func release(_ caller: Caller) {
        state.withLock { state in
            let count = state.admitted[caller, default: 0]
            state.admitted[caller] = count > 1 ? count - 1 : nil
            if case .stranger = caller { state.admittedStrangers -= 1 }
        }
    }

    private func add(_ caller: Caller, _ work: @escaping @Sendable () -> Void) {
        let needsThread = state.withLock { state in
            if caller == .known { state.known.append(work) } else { state.strangers.append(work) }
            guard state.running < threads else { return false }
            state.running += 1
            return true
        }
        guard needsThread else { return }
        queue.async { [self] in
            while let work = state.withLock({ $0.next() }) { work() }
        }
    }
}
