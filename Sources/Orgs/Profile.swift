public import OAuthTypes

/// The id of a profile, `00e…`.
public typealias ProfileID = Identifier<Profile>
/// The id of a permission set, `0PS…`.
public typealias PermissionSetID = Identifier<PermissionSet>

/// What every user has exactly one of: permissions, a session timeout, and addresses to sign in from.
public struct Profile: Sendable {
    /// The three characters that a profile's id starts with.
    public static let keyPrefix: StaticString = "00e"

    public let id: ProfileID
    public let org: OrgID
    public let name: String
    public let permissions: Set<Permission>
    /// In minutes; where it is absent the org's counts.
    public let sessionTimeoutMinutes: Int?
    /// Login IP ranges; none means every address.
    public let loginIPRanges: [IPRange]

    public init(
        id: ProfileID,
        org: OrgID,
        name: String,
        permissions: Set<Permission>,
        sessionTimeoutMinutes: Int? = nil,
        loginIPRanges: [IPRange] = []
    ) {
        self.id = id
        self.org = org
        self.name = name
        self.permissions = permissions
        self.sessionTimeoutMinutes = sessionTimeoutMinutes
        self.loginIPRanges = loginIPRanges
    }

    /// The profiles that every org has from the start, with their permissions.
    public static let standard: [(name: String, permissions: Set<Permission>)] = [
        ("System Administrator", Set(Permission.allCases).subtracting([.apiUserOnly])),
        ("Standard User", [.apiEnabled]),
        ("Minimum Access", []),
    ]
}

/// A named set of permissions that any number of users may hold beside their profile.
public struct PermissionSet: Sendable {
    /// The three characters that a permission set's id starts with.
    public static let keyPrefix: StaticString = "0PS"

    public let id: PermissionSetID
    public let org: OrgID
    /// The API name.
    public let name: String
    public let label: String
    public let permissions: Set<Permission>

    public init(id: PermissionSetID, org: OrgID, name: String, label: String, permissions: Set<Permission>) {
        self.id = id
        self.org = org
        self.name = name
        self.label = label
        self.permissions = permissions
    }
}
