import Orgs
import Synchronization

/// Lets a few large bodies be in memory at once, whichever route takes them: each may take some forty megabytes, and several times that while it is looked at.
final class LargeBodyGate: Sendable {
    /// Says that as many large bodies as may be are being read.
    struct Busy: Error {}

    /// How many there may be.
    static let places = 2

    private let taken = Mutex<[OrgID: Int]>([:])

    /// Takes a place, to be given back by ``leave(_:)``. Whoever sends slowly keeps it long, so an org beside others leaves one to them.
    ///
    /// - Throws: ``Busy``.
    func enter(_ org: OrgID, isOnlyOrg: Bool) throws(Busy) {
        let isFree = taken.withLock { taken in
            let own = taken[org, default: 0]
            let all = taken.values.reduce(0, +)
            guard all < Self.places, isOnlyOrg || own < Self.places - 1 else { return false }
            taken[org] = own + 1
            return true
        }
        guard isFree else { throw Busy() }
    }

    /// Gives a place back.
    func leave(_ org: OrgID) {
        taken.withLock { taken in
            let own = taken[org, default: 0]
            taken[org] = own > 1 ? own - 1 : nil
        }
    }
}
