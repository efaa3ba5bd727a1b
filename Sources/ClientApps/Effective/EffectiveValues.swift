public import OAuthTypes
public import Orgs

/// Who decided a value.
public enum Origin: String, Hashable, Sendable {
    case developerSetting, adminPolicy, orgSetting, `default`
}

/// How long a refresh token lives.
public enum RefreshTokenPolicy: Hashable, Sendable {
    case infinite, zero, lifetime(TimeSpan), inactivity(TimeSpan)
}

/// How long a JWT access token lives: as the user's session would, or for some minutes.
public enum JWTLifetime: Hashable, Sendable {
    case userSession, minutes(Int)
}

/// Who may use an app.
public enum PermittedUsers: Hashable, Sendable {
    case selfAuthorized
    case adminApproved(profiles: Set<ProfileID>, permissionSets: Set<PermissionSetID>)
}

/// What the names in policies stand for; `nil` where nothing has the name or id.
public struct AppReferences: Sendable {
    public let profile: @Sendable (String) -> ProfileID?
    public let permissionSet: @Sendable (String) -> PermissionSetID?
    public let user: @Sendable (String) -> UserID?

    public init(
        profile: @escaping @Sendable (String) -> ProfileID?,
        permissionSet: @escaping @Sendable (String) -> PermissionSetID?,
        user: @escaping @Sendable (String) -> UserID?
    ) {
        (self.profile, self.permissionSet, self.user) = (profile, permissionSet, user)
    }
}

/// What an app has that its documents do not say.
public struct AppIdentity: Hashable, Sendable {
    public let id: AppID
    public let consumers: [Consumer]
    public init(id: AppID, consumers: [Consumer]) {
        (self.id, self.consumers) = (id, consumers)
    }
}
