public import OAuthTypes
public import Orgs
public import Storage

/// What somebody would have otherwise about what a user may do; what is not named stays.
public struct UserChange: Hashable, Sendable {
    /// Another profile, by its name.
    public var profile: String?
    /// Permission sets that the user is to have, by their API names.
    public var addedPermissionSets: [String]
    /// Permission sets that the user is to have no more.
    public var removedPermissionSets: [String]
    /// Whether the user is active.
    public var isActive: Bool?

    /// A change; nothing where nothing is said.
    public init(
        profile: String? = nil,
        addedPermissionSets: [String] = [],
        removedPermissionSets: [String] = [],
        isActive: Bool? = nil
    ) {
        (self.profile, self.isActive) = (profile, isActive)
        (self.addedPermissionSets, self.removedPermissionSets) = (addedPermissionSets, removedPermissionSets)
    }

    /// Whether it says nothing.
    public var isEmpty: Bool { self == UserChange() }
}

extension UserAdministration {
    /// Changes what a user may do. Somebody who is deactivated has no session and no token any more.
    ///
    /// - Parameter clock: the time, read when all else that uses the user's authorizations has ended.
    /// - Returns: the user as they are then.
    /// - Throws: ``UserRefusal``.
    public func change(
        _ id: UserID,
        _ change: UserChange,
        clock: () -> Timestamp,
        on connection: any Connection
    ) throws -> AccountRecord {
        let account = try own(id, on: connection)
        var access = UserAccess(of: account.user)
        let profiles = try Profiles.all(org: org, on: connection)
        let profile =
            try change.profile.map { try self.profile($0, among: profiles) }
            ?? profiles.first { $0.id == access.profile } ?? account.profile
        access.profile = profile.id
        let sets = try PermissionSets.all(org: org, on: connection)
        access.permissionSets.formUnion(
            try permissionSets(change.addedPermissionSets, among: sets).map(\.id)
        )
        access.permissionSets.subtract(
            try permissionSets(change.removedPermissionSets, among: sets).map(\.id)
        )
        access.isActive = change.isActive ?? access.isActive
        let granted = Permission.granted(by: profile, sets.filter { access.permissionSets.contains($0.id) })
        try requireOwn(granted)
        if actor.user == id {
            guard access.isActive && granted.contains(.manageUsers) else { throw UserRefusal.oneself }
            guard account.user.isAPIOnly || !account.isAPIOnly || granted.contains(.apiUserOnly),
                account.profile.loginIPRanges.isEmpty || account.profile.loginIPRanges == profile.loginIPRanges
            else { throw UserRefusal.ownLimits }
        }
        try Users.setAccess(id, access, by: actor, clock: clock, on: connection)
        guard let changed = try Users.account(id, on: connection) else { throw UserRefusal.noUser }
        return changed
    }

    /// - Throws: ``UserRefusal/noProfile(_:there:)``.
    func profile(_ name: String, among profiles: [Profile]) throws(UserRefusal) -> Profile {
        guard let profile = profiles.first(where: { $0.name == name }) else {
            throw .noProfile(name, there: profiles.map(\.name))
        }
        return profile
    }

    /// - Throws: ``UserRefusal/noPermissionSet(_:there:)``.
    func permissionSets(_ names: [String], among sets: [PermissionSet]) throws(UserRefusal) -> [PermissionSet] {
        try names.map { (name) throws(UserRefusal) in
            guard let set = sets.first(where: { $0.name == name }) else {
                throw .noPermissionSet(name, there: sets.map(\.name))
            }
            return set
        }
    }
}
