import Orgs
import Synchronization

/// Lets a few requests at something that holds up others, whichever route they take. An org beside others never has the last place, so
/// many may wait in each, and orgs take turns: none waits behind all that another has in its queue.
final class OrgGate: Sendable {
    /// Says that an org has taken its places, and that as many wait for them as may.
    struct Busy: Error {
        /// What is the matter and what to do, for whoever asked.
        let text: String
    }

    /// How many there may be at once.
    private let places: Int
    /// How many of one org may wait.
    private let queue: Int
    private let busy: Busy
    private let state = Mutex(State())

    init(places: Int, queue: Int, busy: String) {
        (self.places, self.queue, self.busy) = (places, queue, Busy(text: busy))
    }

    /// For bodies of some forty megabytes, which are several times that while they are looked at. Who sends slowly keeps a place long, so
    /// nobody waits for one.
    static func largeBodies() -> OrgGate {
        OrgGate(
            places: 2,
            queue: 0,
            busy: "Other large requests are being read just now; try again in a few seconds."
        )
    }

    /// For answers that may be of tens of thousands of records: fewer at once than a database keeps for reading (8 connections to
    /// SQLite, 4 to PostgreSQL), so that signing in and tokens never wait for all of them.
    static func reading() -> OrgGate {
        OrgGate(
            places: 3,
            queue: 64,
            busy:
                "This org has too many requests under way at once; wait for the answers of some, and try again in a few seconds."
        )
    }

    /// Does something while there is a place for it.
    ///
    /// - Throws: ``Busy``; `CancellationError` where whoever asked is gone before their turn; or what the work throws.
    func run<Result>(_ org: OrgID, isOnlyOrg: Bool, _ work: () async throws -> Result) async throws -> Result {
        try await enter(org, isOnlyOrg: isOnlyOrg)
        defer { leave(org) }
        return try await work()
    }

    /// Takes a place, when it is the caller's turn; to be given back by ``leave(_:)``.
    ///
    /// - Throws: ``Busy``, or `CancellationError`.
    func enter(_ org: OrgID, isOnlyOrg: Bool) async throws {
        let number = state.withLock { $0.nextNumber() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let waiter = Waiter(number: number, isOnlyOrg: isOnlyOrg, continuation: continuation)
                let answer: Result<Void, any Error>? = state.withLock { state in
                    // Whoever is cancelled from here on is found in the queue.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.queues[org] == nil, state.take(org, isOnlyOrg: isOnlyOrg, of: places) {
                        return .success(())
                    }
                    guard state.queues[org]?.count ?? 0 < queue else { return .failure(busy) }
                    state.append(waiter, of: org)
                    return nil
                }
                if let answer { continuation.resume(with: answer) }
            }
        } onCancel: {
            state.withLock { $0.remove(number, of: org) }?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Gives a place back, to whoever has waited for it.
    func leave(_ org: OrgID) {
        let next = state.withLock { state in
            state.give(org)
            return state.next(of: places)
        }
        for waiter in next { waiter.continuation.resume() }
    }

    /// How many of an org wait.
    func waiting(_ org: OrgID) -> Int { state.withLock { $0.queues[org]?.count ?? 0 } }
}

/// Somebody who waits for a place.
private struct Waiter {
    let number: UInt64
    let isOnlyOrg: Bool
    let continuation: CheckedContinuation<Void, any Error>
}

/// Who is in and who waits.
private struct State {
    private var taken: [OrgID: Int] = [:]
    /// Of each org in which somebody waits, who.
    private(set) var queues: [OrgID: [Waiter]] = [:]
    /// Those orgs, the one whose turn it is first.
    private var turns: [OrgID] = []
    private var lastNumber: UInt64 = 0

    mutating func nextNumber() -> UInt64 {
        lastNumber += 1
        return lastNumber
    }

    mutating func take(_ org: OrgID, isOnlyOrg: Bool, of places: Int) -> Bool {
        let own = taken[org, default: 0]
        guard taken.values.reduce(0, +) < places, isOnlyOrg || own < places - 1 else { return false }
        taken[org] = own + 1
        return true
    }

    mutating func give(_ org: OrgID) {
        let own = taken[org, default: 0]
        taken[org] = own > 1 ? own - 1 : nil
    }

    mutating func append(_ waiter: Waiter, of org: OrgID) {
        if queues[org] == nil { turns.append(org) }
        queues[org, default: []].append(waiter)
    }

    mutating func remove(_ number: UInt64, of org: OrgID) -> Waiter? {
        guard let place = queues[org]?.firstIndex(where: { $0.number == number }) else { return nil }
        return remove(at: place, of: org)
    }

    /// Gives places to those whose turn it is; an org that had its turn is last in the next round.
    mutating func next(of places: Int) -> [Waiter] {
        var next: [Waiter] = []
        while let org = turns.first(where: { org in
            guard let first = queues[org]?.first else { return false }
            return take(org, isOnlyOrg: first.isOnlyOrg, of: places)
        }) {
            guard let waiter = remove(at: 0, of: org) else { break }
            if queues[org] != nil {
                turns.removeAll { $0 == org }
                turns.append(org)
            }
            next.append(waiter)
        }
        return next
    }

    private mutating func remove(at place: Int, of org: OrgID) -> Waiter? {
        let waiter = queues[org]?.remove(at: place)
        if queues[org]?.isEmpty == true {
            queues[org] = nil
            turns.removeAll { $0 == org }
        }
        return waiter
    }
}
