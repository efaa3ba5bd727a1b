public import Orgs

/// Who can administer an org at a browser or over the network. There must be somebody, or the operator of the server alone can change it.
public enum OrgAdministrators {
    /// The permissions by which an org is administered: its users, their access, its settings and its apps.
    public static let permissions: Set<Permission> = [
        .manageUsers, .manageProfilesPermissionSets, .customizeApplication, .modifyMetadata,
        .externalClientAppDeveloper, .externalClientAppAdmin, .manageRemoteAccess,
    ]

    /// How many users are looked at in one read.
    private static let pageSize = 100

    /// Those of some permissions that somebody has who can sign in: a user who is active, not frozen and not for APIs alone.
    ///
    /// Users are looked at until all of the permissions are found, so that it takes one read where the first of them is an admin.
    public static func held(
        _ wanted: Set<Permission>,
        org: OrgID,
        on connection: any Connection
    ) throws -> Set<Permission> {
        var missing = wanted
        var offset = 0
        while !missing.isEmpty {
            let users = try Users.page(org: org, offset: offset, limit: pageSize, on: connection)
            for account in users where account.canSignIn { missing.subtract(account.permissions) }
            guard users.count == pageSize else { break }
            offset += users.count
        }
        return wanted.subtracting(missing)
    }
}

extension AccountRecord {
    /// Whether the user may come to a page of the org at all.
    fileprivate var canSignIn: Bool { user.isActive && !user.isFrozen && !isAPIOnly }

    /// The permissions by which the user administers the org now; none for who cannot sign in.
    public var administration: Set<Permission> {
        canSignIn ? permissions.intersection(OrgAdministrators.permissions) : []
    }
}
