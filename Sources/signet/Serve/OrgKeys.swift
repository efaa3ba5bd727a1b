import AuthorizationServer
import OAuthTypes
import Orgs
import Synchronization

/// Makes the first signing keys of orgs that were created while the server runs, as soon as it sees them and off the path of requests.
final class OrgKeys: Sendable {
    private let directory: Directory
    private let keeper: KeyKeeper
    private let known: Mutex<Set<OrgID>>

    /// - Parameter known: the orgs that have keys already.
    init(directory: Directory, keeper: KeyKeeper, known: [OrgID]) {
        self.directory = directory
        self.keeper = keeper
        self.known = Mutex(Set(known))
    }

    func keep(now: Timestamp) async throws {
        let ids = Set(try await directory.orgTable().ids)
        for id in ids.subtracting(known.withLock { $0 }) {
            try await keeper.keep(id, now: now)
            known.withLock { _ = $0.insert(id) }
        }
    }
}
