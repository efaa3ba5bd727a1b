import Synchronization

/// Lets a few large bodies be in memory at once, whichever route takes them: each may take some forty megabytes, and several times that while it is looked at.
final class LargeBodyGate: Sendable {
    /// Says that as many large bodies as may be are being read.
    struct Busy: Error {}

    /// How many there may be.
    static let places = 2

    private let taken = Mutex(0)

    /// Takes a place, to be given back by ``leave()``.
    ///
    /// - Throws: ``Busy``.
    func enter() throws(Busy) {
        let isFree = taken.withLock { taken in
            guard taken < Self.places else { return false }
            taken += 1
            return true
        }
        guard isFree else { throw Busy() }
    }

    /// Gives a place back.
    func leave() { taken.withLock { $0 -= 1 } }
}
