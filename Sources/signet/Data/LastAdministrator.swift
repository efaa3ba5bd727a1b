import Orgs
import Storage

/// The warning of a change by the operator after which nobody can administer the org over the network. The operator may make it, since they
/// can undo it.
enum LastAdministrator {
    /// The permissions by which a user administered the org before a change, and that nobody has after it.
    static func lost(by before: AccountRecord, on connection: any Connection) throws -> Set<Permission> {
        let had = before.administration
        return had.subtracting(try OrgAdministrators.held(had, org: before.user.org, on: connection))
    }

    /// Says on standard error what nobody has any more.
    ///
    /// - Parameter undo: the command that gives it back.
    static func warn(_ lost: Set<Permission>, undo: String) {
        guard !lost.isEmpty else { return }
        let names = lost.map(\.fullLabel).sorted().joined(separator: ", ")
        Terminal.error(
            "warning: nobody who can sign in to the org has \(names) any more; only the operator can administer that. To undo it: \(undo)"
        )
    }
}
