internal import Dispatch
internal import Synchronization

/// Threads of their own for signatures, with a short queue, so that signing delays neither the event loops nor the tasks
/// that answer keys, discovery and introspection.
public final class SignerPool: Sendable {
    /// The refusal of a pool whose queue is full or that was shut down: the caller answers "try again later".
    public struct Busy: Error, Hashable, Sendable {
        /// The refusal.
        public init() {}
    }

    private let queue: WorkQueue

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - threads: how many sign at once; one for each core.
    ///   - queueLimit: how many may wait for a thread; further ones are refused.
    public init(threads: Int, queueLimit: Int) {
        precondition(threads > 0 && queueLimit > 0, "a signer pool needs a thread and room for a waiting signature")
        queue = WorkQueue(limit: queueLimit)
        for _ in 0..<threads {
            WorkerThread.start { [queue] in
                while let work = queue.next() { work() }
                // Others sleep still: each that leaves wakes the next.
                queue.wakeOne()
            }
        }
    }

    deinit {
        queue.close()
    }

    /// Signs in one of the threads, in the order asked; cancelling the task that waits does not take it out of the queue.
    ///
    /// - Throws: `Busy` at once if the queue is full or the pool shut down; else what the key throws.
    public func sign(_ signingInput: [UInt8], with key: SigningKey) async throws -> [UInt8] {
        try await run { try key.signature(for: signingInput) }
    }

    /// Signs in one of the threads and appends the signature to the signing input: the whole compact JWS in the one
    /// buffer that the encoder made.
    ///
    /// - Throws: as `sign`.
    public func compactJWS(_ signingInput: consuming [UInt8], with key: SigningKey) async throws -> [UInt8] {
        let signature = try await sign(signingInput, with: key)
        return CompactJWS.assemble(signingInput: signingInput, signature: signature)
    }

    /// Takes no more work; what waits already is still signed, then the threads end.
    public func shutDown() {
        queue.close()
    }

    private func run(_ body: @escaping @Sendable () throws -> [UInt8]) async throws -> [UInt8] {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try submit { continuation.resume(with: Result(catching: body)) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    func submit(_ work: @escaping @Sendable () -> Void) throws(Busy) {
        guard queue.add(work) else { throw Busy() }
    }
}

/// A bounded queue that threads wait at: a ring that is allocated once.
private final class WorkQueue: Sendable {
    private struct Ring {
        var slots: [(@Sendable () -> Void)?]
        var head = 0
        var count = 0
        var isClosed = false
    }

    private let ring: Mutex<Ring>
    private let waiting = DispatchSemaphore(value: 0)

    init(limit: Int) {
        ring = Mutex(Ring(slots: Array(repeating: nil, count: limit)))
    }

    func add(_ work: @escaping @Sendable () -> Void) -> Bool {
        let isAdded = ring.withLock { ring in
            guard !ring.isClosed, ring.count < ring.slots.count else { return false }
            ring.slots[(ring.head + ring.count) % ring.slots.count] = work
            ring.count += 1
            return true
        }
        if isAdded { waiting.signal() }
        return isAdded
    }

    /// Waits for work; `nil` once the queue is closed and empty.
    func next() -> (@Sendable () -> Void)? {
        waiting.wait()
        return ring.withLock { ring in
            guard ring.count > 0 else { return nil }
            let work = ring.slots[ring.head]
            ring.slots[ring.head] = nil
            ring.head = (ring.head + 1) % ring.slots.count
            ring.count -= 1
            return work
        }
    }

    func close() {
        ring.withLock { $0.isClosed = true }
        wakeOne()
    }

    func wakeOne() {
        waiting.signal()
    }
}
