public import OAuthTypes

/// The id of a user, prefix `005`.
public typealias UserID = Identifier<User>

/// Somebody, or some machine, that belongs to an org; has one profile and any number of permission sets.
public struct User: Hashable, Sendable {
    /// The three characters that every user's id starts with.
    public static let idPrefix: StaticString = "005"

    /// The id of the user.
    public let id: UserID
    /// The org the user belongs to.
    public let org: OrgID
    /// The name to sign in with, in the form of an e-mail address; unique, see `comparable(username:)`.
    public let username: String
    /// The e-mail address, which need not be the username: `email` (OpenID Connect Core section 5.1).
    public let email: String
    /// Whether the user has proved to read that mail: `email_verified`.
    public let isEmailVerified: Bool
    /// Empty where the user has none.
    public let firstName: String
    /// Never empty: `family_name`.
    public let lastName: String
    /// The name others of the org see: `nickname`.
    public let nickname: String
    /// The one profile of the user.
    public let profile: ProfileID
    /// The permission sets of the user, in the order of their ids.
    public let permissionSets: [PermissionSetID]
    /// Whether the user exists for the org's purposes; `false` gives `inactive_user`.
    public let isActive: Bool
    /// Whether an admin has locked the user out for now.
    public let isFrozen: Bool
    /// The user's own "API Only User" mark; see `isAPIOnly(granted:)` for the one that counts.
    public let isAPIOnly: Bool
    /// Such as `en_US`.
    public let language: String
    /// Such as `en_GB`.
    public let locale: String
    /// A name of the IANA time zone database.
    public let timeZone: String
    /// When the user was made.
    public let createdAt: Timestamp
    /// When something about the user was last changed: `updated_at`.
    public let updatedAt: Timestamp
    /// When the password was last set; `nil` while there is none.
    public let passwordChangedAt: Timestamp?

    /// A user with all that is known of them.
    public init(
        id: UserID,
        org: OrgID,
        username: String,
        email: String,
        isEmailVerified: Bool = false,
        firstName: String = "",
        lastName: String,
        nickname: String,
        profile: ProfileID,
        permissionSets: [PermissionSetID] = [],
        isActive: Bool = true,
        isFrozen: Bool = false,
        isAPIOnly: Bool = false,
        language: String = "en_US",
        locale: String = "en_US",
        timeZone: String = "Etc/UTC",
        createdAt: Timestamp,
        updatedAt: Timestamp,
        passwordChangedAt: Timestamp? = nil
    ) {
        self.id = id
        self.org = org
        self.username = username
        self.email = email
        self.isEmailVerified = isEmailVerified
        self.firstName = firstName
        self.lastName = lastName
        self.nickname = nickname
        self.profile = profile
        self.permissionSets = permissionSets
        self.isActive = isActive
        self.isFrozen = isFrozen
        self.isAPIOnly = isAPIOnly
        self.language = language
        self.locale = locale
        self.timeZone = timeZone
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.passwordChangedAt = passwordChangedAt
    }

    /// The first and last name with a space between, or the one there is.
    public var displayName: String { Self.displayName(firstName: firstName, lastName: lastName) }

    /// The name by which somebody of these names is shown.
    public static func displayName(firstName: String, lastName: String) -> String {
        firstName.isEmpty ? lastName : "\(firstName) \(lastName)"
    }

    /// The form in which a username is unique and looked up: lower case.
    public static func comparable(username: String) -> String { username.lowercased() }

    /// Whether the user may come in through APIs alone, by their own mark or by the permission "API Only User".
    ///
    /// - Parameter granted: the permissions of the user's profile and permission sets.
    public func isAPIOnly(granted: Set<Permission>) -> Bool { isAPIOnly || granted.contains(.apiUserOnly) }
}
