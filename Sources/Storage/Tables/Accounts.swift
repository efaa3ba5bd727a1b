public import OAuthTypes
public import Orgs

/// A user with the profile that decides about them, and the cut-off of their tokens.
public struct AccountRecord: Sendable {
    /// The user.
    public let user: User
    /// The user's profile.
    public let profile: Profile
    /// All that profile and permission sets grant the user, with what is implied.
    public let permissions: Set<Permission>
    /// Tokens issued at or before this moment are dead.
    public let notBefore: Timestamp

    /// Whether the user may come in through APIs alone, by their own mark or by a permission.
    public var isAPIOnly: Bool { user.isAPIOnly(granted: permissions) }
}

/// What is read of users together with what decides about them.
extension Users {
    private static let columns: StaticString = """
        u.id, u.org_id, u.username, u.email, u.is_email_verified, u.first_name, u.last_name, u.nickname, u.profile_id, \
        u.is_active, u.is_frozen, u.is_api_only, u.language, u.locale, u.time_zone, u.created_at, u.updated_at, \
        u.password_changed_at, u.not_before
        """

    /// The user with this id.
    public static func account(_ id: UserID, on connection: any Connection) throws -> AccountRecord? {
        try accounts(
            """
            SELECT \(raw: columns), \(raw: Profiles.columns) FROM users u JOIN profiles p ON p.id = u.profile_id
            WHERE u.id = \(id)
            """,
            on: connection
        ).first
    }

    /// The user of an org with this username, whatever its case.
    public static func account(username: String, org: OrgID, on connection: any Connection) throws -> AccountRecord? {
        try accounts(
            """
            SELECT \(raw: columns), \(raw: Profiles.columns) FROM users u JOIN profiles p ON p.id = u.profile_id
            WHERE u.username_key = \(username.lowercased()) AND u.org_id = \(org)
            """,
            on: connection
        ).first
    }

    /// The users of an org by username.
    public static func all(org: OrgID, on connection: any Connection) throws -> [AccountRecord] {
        try page(org: org, offset: 0, limit: .max, on: connection)
    }

    /// Some users of an org, by username.
    public static func page(
        org: OrgID,
        offset: Int,
        limit: Int,
        on connection: any Connection
    ) throws -> [AccountRecord] {
        try accounts(
            """
            SELECT \(raw: columns), \(raw: Profiles.columns) FROM users u JOIN profiles p ON p.id = u.profile_id
            WHERE u.org_id = \(org) ORDER BY u.username_key LIMIT \(limit) OFFSET \(offset)
            """,
            on: connection
        )
    }

    /// The users of a statement. However many they are, their permission sets take one more.
    private static func accounts(_ statement: SQL, on connection: any Connection) throws -> [AccountRecord] {
        let users = try connection.rows(statement).map { row in
            var row = row
            return (id: try row.id() as UserID, rest: row)
        }
        let sets = try PermissionSets.all(users: users.map(\.id), on: connection)
        return try users.map { try account($0.id, $0.rest, sets[$0.id] ?? []) }
    }

    private static func account(_ id: UserID, _ row: Row, _ sets: [PermissionSet]) throws -> AccountRecord {
        var row = row
        let user = User(
            id: id,
            org: try row.id(),
            username: try row.text(),
            email: try row.text(),
            isEmailVerified: try row.bool(),
            firstName: try row.text(),
            lastName: try row.text(),
            nickname: try row.text(),
            profile: try row.id(),
            permissionSets: sets.map(\.id),
            isActive: try row.bool(),
            isFrozen: try row.bool(),
            isAPIOnly: try row.bool(),
            language: try row.text(),
            locale: try row.text(),
            timeZone: try row.text(),
            createdAt: try row.time(),
            updatedAt: try row.time(),
            passwordChangedAt: try row.optionalTime()
        )
        let notBefore = try row.time()
        let profile = try Profile(&row)
        return AccountRecord(
            user: user,
            profile: profile,
            permissions: Permission.granted(by: profile, sets),
            notBefore: notBefore
        )
    }
}
