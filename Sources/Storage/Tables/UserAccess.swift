public import OAuthTypes
public import Orgs

/// What decides of what a user may do.
public struct UserAccess: Hashable, Sendable {
    /// The one profile.
    public var profile: ProfileID
    /// The permission sets.
    public var permissionSets: Set<PermissionSetID>
    /// Whether the user may sign in and be acted for at all.
    public var isActive: Bool

    /// The access that a user has.
    public init(of user: User) {
        (profile, permissionSets, isActive) = (user.profile, Set(user.permissionSets), user.isActive)
    }
}

extension Users {
    /// Puts other access in the place of what a user has. Who is no longer active has no session and no token any more, also when they are
    /// active again.
    ///
    /// A caller that reads the user first asks ``AuditTrail/serialize(_:on:)`` before, so that nobody else changes them in between.
    ///
    /// - Parameter clock: the time, read when all else that uses the user's authorizations has ended.
    public static func setAccess(
        _ id: UserID,
        _ access: UserAccess,
        by actor: AuditActor,
        clock: () -> Timestamp,
        on connection: any Connection
    ) throws {
        guard let user = try account(id, on: connection)?.user else { return }
        let before = UserAccess(of: user)
        guard before != access else { return }
        try AuditTrail.recordUpdate(
            "User",
            user.username,
            in: user.org,
            try changes(from: before, to: access, org: user.org, on: connection),
            by: actor,
            now: clock(),
            on: connection
        )
        try connection.execute(
            """
            UPDATE users SET profile_id = \(access.profile), is_active = \(access.isActive), updated_at = \(clock())
            WHERE id = \(id)
            """
        )
        for set in before.permissionSets.subtracting(access.permissionSets) {
            try connection.execute(
                "DELETE FROM user_permission_sets WHERE user_id = \(id) AND permission_set_id = \(set)"
            )
        }
        for set in access.permissionSets.subtracting(before.permissionSets) {
            try connection.execute(
                "INSERT INTO user_permission_sets (user_id, permission_set_id) VALUES (\(id), \(set))"
            )
        }
        if before.isActive && !access.isActive { try endEverything(of: id, clock, on: connection) }
        Versions.bump(user.org, on: connection)
    }

    private static func endEverything(of id: UserID, _ clock: () -> Timestamp, on connection: any Connection) throws {
        try serialize(id, on: connection)
        let now = clock()
        try Authorizations.revokeAll(user: id, now: now, on: connection)
        try connection.execute("UPDATE users SET not_before = \(now) WHERE id = \(id)")
        try Sessions.deleteAll(user: id, on: connection)
    }

    private static func changes(
        from before: UserAccess,
        to after: UserAccess,
        org: OrgID,
        on connection: any Connection
    ) throws -> [AuditChange] {
        let profiles = try Profiles.all(org: org, on: connection)
        let sets = try PermissionSets.all(org: org, on: connection)
        func fields(_ access: UserAccess) -> AuditedFields {
            var fields = AuditedFields.nothing
            fields.add("profile", profiles.first { $0.id == access.profile }?.name ?? access.profile.rawValue)
            let names = sets.filter { access.permissionSets.contains($0.id) }.map(\.name)
            fields.add("permissionSets", names.joined(separator: "\n"))
            fields.add("isActive", "\(access.isActive)")
            return fields
        }
        return fields(before).changes(to: fields(after))
    }
}
