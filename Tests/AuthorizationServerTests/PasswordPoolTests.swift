import Dispatch
import Synchronization
import Testing

@testable import AuthorizationServer

@Suite("Password pool")
struct PasswordPoolTests {
    /// Runs a body while the one thread of a pool is held, with ways to fill its queue, and answers in which order it was worked off.
    private func held(
        _ pool: PasswordPool,
        _ body: (_ add: (PasswordPool.Caller) async -> Void) async throws -> Void
    ) async throws -> [PasswordPool.Caller] {
        let gate = DispatchSemaphore(value: 0)
        let shared = Shared()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await pool.run(for: .stranger(place: "first")) {
                    shared.isHeld.withLock { $0 = true }
                    gate.wait()
                }
            }
            while !shared.isHeld.withLock({ $0 }) { await Task.yield() }
            do {
                try await body { caller in
                    let before = pool.waiting
                    group.addTask {
                        try await pool.run(for: caller) { shared.order.withLock { $0.append(caller) } }
                    }
                    while pool.waiting == before { await Task.yield() }
                }
            } catch {
                gate.signal()
                throw error
            }
            gate.signal()
            try await group.waitForAll()
        }
        return shared.order.withLock { $0 }
    }

    private final class Shared: Sendable {
        let order = Mutex<[PasswordPool.Caller]>([])
        let isHeld = Mutex(false)
    }

    @Test("security 1.15: who comes from one place fills a share of the queue, and others still get in")
    func share() async throws {
        let pool = PasswordPool(queueLimit: 4, share: 2)
        let (flood, other) = (PasswordPool.Caller.stranger(place: "a"), PasswordPool.Caller.stranger(place: "b"))
        let order = try await held(pool) { add in
            await add(flood)
            await add(flood)
            await #expect(throws: PasswordPool.Busy.self) { try await pool.run(for: flood) {} }
            await add(other)
            // Four strangers are in, the one that is served among them.
            await #expect(throws: PasswordPool.Busy.self) { try await pool.run(for: other) {} }
        }
        #expect(order == [flood, flood, other])
        try await pool.run(for: flood) {}
    }

    @Test("security 1.15: browsers that an account knows are served first, and get in when strangers fill the queue")
    func knownFirst() async throws {
        let pool = PasswordPool(queueLimit: 2, share: 2)
        let stranger = PasswordPool.Caller.stranger(place: "a")
        let order = try await held(pool) { add in
            await add(stranger)
            await #expect(throws: PasswordPool.Busy.self) { try await pool.run(for: stranger) {} }
            await add(.known)
            await add(.known)
            await #expect(throws: PasswordPool.Busy.self) { try await pool.run(for: .known) {} }
        }
        #expect(order == [.known, .known, stranger])
    }

    @Test("security 1.15: as many passwords are looked at at once as the pool has threads")
    func threads() async throws {
        let pool = PasswordPool(threads: 2)
        let (first, second) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        // Each waits for the other: one after the other they would wait for ever.
        async let one: Void = pool.run(for: .known) {
            first.signal()
            second.wait()
        }
        async let two: Void = pool.run(for: .known) {
            second.signal()
            first.wait()
        }
        _ = try await (one, two)
    }
}
