internal import Dispatch
internal import Synchronization

/// Threads of their own for signatures, with a short queue, so that signing delays neither the event loops nor the tasks
/// that answer keys, discovery and introspection.
///
/// A caller takes a ``Turn`` before it uses anything up, such as a code: who has one is signed for, who gets none has lost nothing.
public final class SignerPool: Sendable {
    /// The refusal of a pool that has no turn left or was shut down: the caller answers "try again later".
    public struct Busy: Error, Hashable, Sendable {
        /// The refusal.
        public init() {}
    }

    private let queue: WorkQueue

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - threads: how many sign at once; one for each core.
    ///   - turns: how many callers may wait for a signature or be on their way to one; further ones are refused.
    public init(threads: Int, turns: Int) {
        precondition(threads > 0 && turns > 0, "a signer pool needs a thread and a turn")
        queue = WorkQueue(limit: turns)
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

    /// Takes a turn.
    ///
    /// - Throws: ``Busy`` at once if none is left or the pool was shut down.
    public func turn() throws(Busy) -> Turn {
        guard queue.reserve() else { throw Busy() }
        return Turn(queue: queue)
    }

    /// Takes no more work; what waits already is still signed, then the threads end.
    public func shutDown() {
        queue.close()
    }

    /// The promise of a place in the queue, for one signature at a time; given back when the last reference goes.
    public final class Turn: Sendable {
        private let queue: WorkQueue

        fileprivate init(queue: WorkQueue) {
            self.queue = queue
        }

        deinit {
            queue.release()
        }

        /// Signs in one of the threads, in the order asked; cancelling the task that waits does not take it out of the queue.
        ///
        /// - Throws: ``Busy`` if the pool was shut down in between; else what the key throws.
        public func sign(_ signingInput: [UInt8], with key: SigningKey) async throws -> [UInt8] {
            try await withCheckedThrowingContinuation { continuation in
                let isAdded = queue.add {
                    continuation.resume(with: Result { try key.signature(for: signingInput) })
                }
                if !isAdded { continuation.resume(throwing: Busy()) }
            }
        }

        /// Signs in one of the threads and appends the signature to the signing input: the whole compact JWS in the one
        /// buffer that the encoder made.
        ///
        /// - Throws: as ``sign(_:with:)``.
        public func compactJWS(_ signingInput: consuming [UInt8], with key: SigningKey) async throws -> [UInt8] {
            let signature = try await sign(signingInput, with: key)
            return CompactJWS.assemble(signingInput: signingInput, signature: signature)
        }
    }
}

/// A bounded queue that threads wait at: a ring that is allocated once.
private final class WorkQueue: Sendable {
    private struct Ring {
        var slots: [(@Sendable () -> Void)?]
        var head = 0
        var count = 0
        var reserved = 0
        var isClosed = false
    }

    private let ring: Mutex<Ring>
    private let waiting = DispatchSemaphore(value: 0)

    init(limit: Int) {
        ring = Mutex(Ring(slots: Array(repeating: nil, count: limit)))
    }

    /// Promises a slot, if there is one that is not promised.
    func reserve() -> Bool {
        ring.withLock { ring in
            guard !ring.isClosed, ring.reserved < ring.slots.count else { return false }
            ring.reserved += 1
            return true
        }
    }

    func release() {
        ring.withLock { $0.reserved -= 1 }
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
