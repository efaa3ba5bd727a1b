public import OAuthTypes
public import Orgs

/// Who a user is, as others of the org may list them: nothing of what they may do.
public struct ListedUser: Hashable, Sendable {
    /// The id of the user.
    public let id: UserID
    /// The name to sign in with.
    public let username: String
    /// The e-mail address.
    public let email: String
    /// Empty where the user has none.
    public let firstName: String
    /// Never empty.
    public let lastName: String
    /// The name others of the org see.
    public let nickname: String
    /// The one profile of the user.
    public let profile: ProfileID
    /// Whether the user exists for the org's purposes.
    public let isActive: Bool
    /// Such as `en_US`.
    public let language: String
    /// Such as `en_GB`.
    public let locale: String
    /// A name of the IANA time zone database.
    public let timeZone: String
    /// When the user was made.
    public let createdAt: Timestamp
    /// When something about the user was last changed.
    public let updatedAt: Timestamp

    /// The first and last name with a space between, or the one there is.
    public var displayName: String { User.displayName(firstName: firstName, lastName: lastName) }

    /// What others may list of a user.
    public init(_ user: User) {
        (id, username, email) = (user.id, user.username, user.email)
        (firstName, lastName, nickname) = (user.firstName, user.lastName, user.nickname)
        (profile, isActive) = (user.profile, user.isActive)
        (language, locale, timeZone) = (user.language, user.locale, user.timeZone)
        (createdAt, updatedAt) = (user.createdAt, user.updatedAt)
    }

    fileprivate init(_ row: Row) throws {
        var row = row
        (id, username, email) = (try row.id(), try row.text(), try row.text())
        (firstName, lastName, nickname) = (try row.text(), try row.text(), try row.text())
        (profile, isActive) = (try row.id(), try row.bool())
        (language, locale, timeZone) = (try row.text(), try row.text(), try row.text())
        (createdAt, updatedAt) = (try row.time(), try row.time())
    }
}

extension Users {
    /// The users of an org by username, up to a number of them, in one statement however many they are.
    public static func listed(org: OrgID, limit: Int, on connection: any Connection) throws -> [ListedUser] {
        try connection.rows(
            """
            SELECT id, username, email, first_name, last_name, nickname, profile_id, is_active, language, locale, time_zone,
                created_at, updated_at
            FROM users WHERE org_id = \(org) ORDER BY username_key LIMIT \(limit)
            """
        ).map(ListedUser.init)
    }

    /// The ids of the users of an org with some usernames, whatever their case; each by the username as it was given.
    static func ids(usernames: Set<String>, org: OrgID, on connection: any Connection) throws -> [String: UserID] {
        let given = Dictionary(grouping: usernames) { $0.lowercased() }
        var ids: [String: UserID] = [:]
        for var row in try connection.rows(
            about: given.keys.sorted(),
            { "SELECT username_key, id FROM users WHERE org_id = \(org) AND username_key IN (\(list: $0))" }
        ) {
            let (key, id): (String, UserID) = (try row.text(), try row.id())
            for username in given[key] ?? [] { ids[username] = id }
        }
        return ids
    }

    /// The usernames of some users.
    public static func usernames(_ ids: Set<UserID>, on connection: any Connection) throws -> [UserID: String] {
        let rows = try connection.rows(about: Array(ids)) {
            "SELECT id, username FROM users WHERE id IN (\(list: $0))"
        }
        return try rows.reduce(into: [:]) { names, row in
            var row = row
            names[try row.id()] = try row.text()
        }
    }

    /// How many users an org has.
    public static func count(org: OrgID, on connection: any Connection) throws -> Int {
        var row = try connection.row("SELECT COUNT(*) FROM users WHERE org_id = \(org)")
        return try row?.int() ?? 0
    }
}
