import Dispatch
import OAuthTypes
import Storage
import Synchronization

/// A fixed number of sessions, each with a thread of its own: libpq blocks, and no task waits on its pool for that.
final class SessionPool: Sendable {
    typealias Job = @Sendable (PostgresSession) -> Void

    // @unchecked: the session is used in blocks on its serial queue alone.
    private final class Lane: @unchecked Sendable {
        let queue: DispatchQueue
        let session: PostgresSession

        init(number: Int, url: Secret, outage: Outage) {
            queue = DispatchQueue(label: "signet.postgres.\(number)")
            session = PostgresSession(url: url, outage: outage)
        }
    }

    private struct State {
        var idle: [Lane]
        var waiting: [Job] = []
        var isClosed = false
    }

    private enum Placement {
        case start(Lane)
        case waits
        case refused
    }

    /// How many may wait for a session; more than the connections of clients can ask for at once, so that it ends only a flood.
    private static let longestQueue = 10_000

    private let lanes: [Lane]
    private let state: Mutex<State>

    init(url: Secret, count: Int) {
        let outage = Outage()
        let lanes = (0..<max(1, count)).map { Lane(number: $0, url: url, outage: outage) }
        self.lanes = lanes
        self.state = Mutex(State(idle: lanes))
    }

    /// Runs a closure on the first session that is free; who came first is served first.
    func run<Result: Sendable>(_ body: @escaping @Sendable (PostgresSession) throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let isTaken = submit { session in
                continuation.resume(with: Swift.Result { try body(session) })
            }
            if !isTaken { continuation.resume(throwing: DatabaseUnavailable.notTaken) }
        }
    }

    private func submit(_ job: @escaping Job) -> Bool {
        let placement: Placement = state.withLock { state in
            if state.isClosed { return .refused }
            if let lane = state.idle.popLast() { return .start(lane) }
            guard state.waiting.count < Self.longestQueue else { return .refused }
            state.waiting.append(job)
            return .waits
        }
        if case .refused = placement { return false }
        if case .start(let lane) = placement {
            lane.queue.async { self.work(lane, first: job) }
        }
        return true
    }

    private func work(_ lane: Lane, first: @escaping Job) {
        var job: Job? = first
        while let current = job {
            current(lane.session)
            job = state.withLock { state in
                if state.waiting.isEmpty {
                    state.idle.append(lane)
                    return nil
                }
                return state.waiting.removeFirst()
            }
        }
    }

    /// Takes nothing new, finishes what was taken, and closes every session.
    func close() async {
        state.withLock { $0.isClosed = true }
        for lane in lanes {
            await withCheckedContinuation { continuation in
                lane.queue.async {
                    lane.session.close()
                    continuation.resume()
                }
            }
        }
    }
}

/// When a connection could last not be made. Who waits behind the one that has tried is told at once, and does not try for as long again.
final class Outage: Sendable {
    /// For how long after a failure no further attempt is made.
    private static let pause = Duration.seconds(1)

    private let last = Mutex<(failure: DatabaseUnavailable, at: ContinuousClock.Instant)?>(nil)

    /// Makes a connection, unless that has failed a moment ago.
    func attempt<Connected>(_ connect: () throws(DatabaseUnavailable) -> Connected) throws(DatabaseUnavailable)
        -> Connected
    {
        if let (failure, at) = last.withLock({ $0 }), at.duration(to: .now) < Self.pause { throw failure }
        do {
            let connected = try connect()
            last.withLock { $0 = nil }
            return connected
        } catch {
            last.withLock { $0 = (error, .now) }
            throw error
        }
    }
}
