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

    /// What a job does. Writes wait for one another's rows, so they never have all sessions: what only reads is always served.
    enum Kind {
        case read
        case write
    }

    private struct State {
        var idle: [Lane]
        var writing = 0
        let mostWriting: Int
        var waiting: [Waiting] = []
        var isClosed = false

        /// Whether a job may have a session that is free.
        func admits(_ kind: Kind) -> Bool { kind == .read || writing < mostWriting }

        /// The first in turn of those that may have a session; `nil` when nobody waits who may.
        mutating func next() -> Waiting? {
            guard let place = waiting.firstIndex(where: { admits($0.kind) }) else { return nil }
            return waiting.remove(at: place)
        }
    }

    private struct Waiting {
        let kind: Kind
        let job: Job
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

    /// - Parameter readers: how many of the sessions are kept for what only reads.
    init(url: Secret, count: Int, readers: Int) {
        let outage = Outage()
        let lanes = (0..<max(1, count)).map { Lane(number: $0, url: url, outage: outage) }
        self.lanes = lanes
        self.state = Mutex(State(idle: lanes, mostWriting: max(1, lanes.count - readers)))
    }

    /// Runs a closure on the first session that is free; who came first is served first, writes among themselves and reads too.
    func run<Result: Sendable>(
        _ kind: Kind,
        _ body: @escaping @Sendable (PostgresSession) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let isTaken = submit(
                Waiting(kind: kind) { session in
                    continuation.resume(with: Swift.Result { try body(session) })
                }
            )
            if !isTaken { continuation.resume(throwing: DatabaseUnavailable.notTaken) }
        }
    }

    private func submit(_ work: Waiting) -> Bool {
        let placement: Placement = state.withLock { state in
            if state.isClosed { return .refused }
            if state.admits(work.kind), let lane = state.idle.popLast() {
                if work.kind == .write { state.writing += 1 }
                return .start(lane)
            }
            guard state.waiting.count < Self.longestQueue else { return .refused }
            state.waiting.append(work)
            return .waits
        }
        if case .refused = placement { return false }
        if case .start(let lane) = placement {
            lane.queue.async { self.work(lane, first: work) }
        }
        return true
    }

    private func work(_ lane: Lane, first: Waiting) {
        var current: Waiting? = first
        while let waiting = current {
            waiting.job(lane.session)
            current = state.withLock { state in
                if waiting.kind == .write { state.writing -= 1 }
                guard let next = state.next() else {
                    state.idle.append(lane)
                    return nil
                }
                if next.kind == .write { state.writing += 1 }
                return next
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
