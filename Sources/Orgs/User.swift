public import OAuthTypes

/// The id of a user, `005…`.
public typealias UserID = Identifier<User>

/// Somebody, or something, that belongs to an org and acts in it.
public struct User: Sendable {
    /// The three characters that a user's id starts with.
    public static let keyPrefix: StaticString = "005"

    public let id: UserID
    public let org: OrgID
    /// The name to sign in with, in the form of an e-mail address; unique on the server whatever its case.
    public let username: String
    public let email: String
    public let isEmailVerified: Bool
    public let firstName: String
    public let lastName: String
    public let nickname: String
    public let profile: ProfileID
    public let permissionSets: [PermissionSetID]
    public let isActive: Bool
    public let isFrozen: Bool
    /// The permission *API Only User*: never signs in at a browser, and may be the run-as user of client credentials.
    public let isAPIOnly: Bool
    /// Such as `en_US`.
    public let language: String
    public let locale: String
    /// An IANA name, such as `Europe/Paris`.
    public let timeZone: String
    public let createdAt: Timestamp
    public let updatedAt: Timestamp

    public init(
        id: UserID,
        org: OrgID,
        username: String,
        email: String,
        isEmailVerified: Bool,
        firstName: String,
        lastName: String,
        nickname: String,
        profile: ProfileID,
        permissionSets: [PermissionSetID],
        isActive: Bool,
        isFrozen: Bool,
        isAPIOnly: Bool,
        language: String,
        locale: String,
        timeZone: String,
        createdAt: Timestamp,
        updatedAt: Timestamp
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
    }

    /// First and last name, as far as there are any.
    public var displayName: String {
        [firstName, lastName].filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// Whether a text can be a username: the form of an e-mail address, 80 characters at most.
    public static func isUsername(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        let allowed = text.utf8.allSatisfy { (0x21...0x7E).contains($0) && ![0x22, 0x27, 0x3C, 0x3E, 0x5C].contains($0) }
        return text.utf8.count <= 80 && allowed && parts.count == 2 && !parts[0].isEmpty && parts[1].contains(".")
            && !parts[1].hasPrefix(".") && !parts[1].hasSuffix(".")
    }
}
