public import OAuthTypes
public import Orgs

/// Who decided a value: the developer by a setting, the admin by a policy, the org for all its apps, its edition, or nobody.
public enum Origin: String, Hashable, Sendable {
    case developerSetting, adminPolicy, orgSetting, edition, `default`
}

/// How long a refresh token lives (facts: app-model 8.3): until revoked, not at all, for a time from its first issue,
/// or for a time from its last use.
public enum RefreshTokenPolicy: Hashable, Sendable {
    case infinite, zero, lifetime(TimeSpan), inactivity(TimeSpan)
}

extension RefreshTokenPolicy: CustomStringConvertible {
    /// In words, with the time in days where it is whole days.
    public var description: String {
        switch self {
        case .infinite: "valid until revoked"
        case .zero: "none"
        case .lifetime(let span): "valid for \(RefreshTokenPolicy.text(span))"
        case .inactivity(let span): "valid for \(RefreshTokenPolicy.text(span)) after the last use"
        }
    }

    private static func text(_ span: TimeSpan) -> String {
        let hours = span.seconds / 3_600
        return hours % 24 == 0 ? "\(hours / 24) days" : "\(hours) hours"
    }
}

/// How long a JWT access token lives: as the user's session would, or for some minutes.
public enum JWTLifetime: Hashable, Sendable {
    case userSession, minutes(Int)
}

/// Who may use an app: everybody, each by an approval of their own, or the users of these profiles and permission
/// sets.
public enum PermittedUsers: Hashable, Sendable {
    case selfAuthorized
    case adminApproved(profiles: Set<ProfileID>, permissionSets: Set<PermissionSetID>)
}

/// What the names in policies stand for; `nil` where nothing has the name or id.
public struct AppReferences: Sendable {
    /// The profile of this name or id.
    public let profile: @Sendable (String) -> ProfileID?
    /// The permission set of this name or id.
    public let permissionSet: @Sendable (String) -> PermissionSetID?
    /// The user of this username.
    public let user: @Sendable (String) -> UserID?
    /// The scopes that the org defines itself.
    public let customScopes: [OAuthCustomScope]
    /// API access control: whether the org lets its users use the connected apps alone that an admin approved (facts: app-model 1.10, 6.3).
    public let isAPIAccessControlled: Bool

    /// Names are looked up while documents are merged, so all three are asked inside the transaction of the merge.
    public init(
        profile: @escaping @Sendable (String) -> ProfileID?,
        permissionSet: @escaping @Sendable (String) -> PermissionSetID?,
        user: @escaping @Sendable (String) -> UserID?,
        customScopes: [OAuthCustomScope] = [],
        isAPIAccessControlled: Bool = false
    ) {
        (self.profile, self.permissionSet, self.user) = (profile, permissionSet, user)
        (self.customScopes, self.isAPIAccessControlled) = (customScopes, isAPIAccessControlled)
    }
}

/// What an app has that its documents do not say.
public struct AppIdentity: Hashable, Sendable {
    /// The id of the app.
    public let id: AppID
    /// Its pairs of consumer key and secret, in any state.
    public let consumers: [Consumer]
    /// Whether an admin has blocked it, which connected apps can be (facts: app-model 6.3).
    public let isBlocked: Bool
    /// Whether it is installed in its org, which connected apps can be without (facts: app-model 6.3).
    public let isInstalled: Bool
    /// Whether introspection names the type of a token as RFC 6749 does, and userinfo a time as OpenID Connect Core section 5.1 does,
    /// where the original has forms of its own that break standard clients (facts: clients section 6).
    public let hasStandardAnswers: Bool
    /// The identity as it is stored.
    public init(
        id: AppID,
        consumers: [Consumer],
        isBlocked: Bool = false,
        isInstalled: Bool = true,
        hasStandardAnswers: Bool = false
    ) {
        (self.id, self.consumers, self.isBlocked, self.isInstalled) = (id, consumers, isBlocked, isInstalled)
        self.hasStandardAnswers = hasStandardAnswers
    }
}
