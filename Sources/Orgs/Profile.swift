public import OAuthTypes

/// The id of a profile, prefix `00e`.
public typealias ProfileID = Identifier<Profile>

/// What kind of user somebody is: every user has exactly one.
public struct Profile: Hashable, Sendable {
    /// The three characters that every profile's id starts with.
    public static let idPrefix: StaticString = "00e"

    /// The id of the profile.
    public let id: ProfileID
    /// The org it belongs to.
    public let org: OrgID
    /// Unique in the org; the name that policies refer to.
    public let name: String
    /// What it grants.
    public let permissions: Set<Permission>
    /// The session timeout in minutes; `nil` leaves it to the org.
    public let sessionTimeoutMinutes: Int?
    /// The addresses from which users of the profile may come at all; none means from anywhere.
    public let loginIPRanges: [IPRange]

    /// A profile with what it grants and limits.
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

    /// The name of the standard profile that may do everything but be API Only.
    public static let systemAdministrator = "System Administrator"
    /// The name of the standard profile of people who work with data.
    public static let standardUser = "Standard User"
    /// The name of the standard profile that grants nothing by itself.
    public static let minimumAccess = "Minimum Access"

    /// Whether a name is that of a profile that every org has from its start.
    public static func isStandard(_ name: String) -> Bool {
        [systemAdministrator, standardUser, minimumAccess].contains(name)
    }

    /// The three profiles that every org has from its start, with new ids.
    public static func standardProfiles(
        org: OrgID,
        now: Timestamp,
        using randomness: inout some RandomNumberGenerator
    ) -> [Profile] {
        let contents: [(String, Set<Permission>)] = [
            (systemAdministrator, Set(Permission.allCases).subtracting([.apiUserOnly])),
            (standardUser, [.apiEnabled]),
            (minimumAccess, []),
        ]
        var profiles: [Profile] = []
        for (name, permissions) in contents {
            let id = ProfileID.make(prefix: idPrefix, now: now, using: &randomness)
            profiles.append(Profile(id: id, org: org, name: name, permissions: permissions))
        }
        return profiles
    }
}
