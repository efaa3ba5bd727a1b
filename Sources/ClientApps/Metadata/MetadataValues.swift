/// Who may use an app: whoever approves it, or those an admin has chosen.
public enum PermittedUsersPolicyType: String, Hashable, Sendable, CaseIterable {
    case allSelfAuthorized = "AllSelfAuthorized"
    case adminApprovedPreAuthorized = "AdminApprovedPreAuthorized"
}
/// Refresh Token Policy: valid until revoked, expired if not used for a time, expired after a time, or at once
/// (facts: app-model 8.3).
public enum RefreshTokenPolicyType: String, Hashable, Sendable, CaseIterable {
    case infinite = "Infinite", specificInactivity = "SpecificInactivity", specificLifetime = "SpecificLifetime", zero =
        "Zero"
}
/// The unit of a refresh token's validity period; a month counts 30 days.
public enum ValidityUnit: String, Hashable, Sendable, CaseIterable {
    case days = "Days", hours = "Hours", months = "Months"
}
/// IP Relaxation: which requests the IP ranges of org and profile bind (facts: app-model 8.2): all, none, those from
/// outside the app's trusted ranges, or all but the exchange of refresh tokens.
public enum IPRelaxation: String, Hashable, Sendable, CaseIterable {
    case enforce = "Enforce", bypass = "Bypass", bypassTwoFactor = "Bypass_2factor", enforceRelaxRefresh =
        "Enforce_RelaxRefresh"
}
/// The assurance of a sign-in; a password alone is `STANDARD`.
public enum SessionSecurityLevel: String, Hashable, Sendable, CaseIterable {
    case low = "LOW", standard = "STANDARD", highAssurance = "HIGH_ASSURANCE"
}
/// What happens when a sign-in has less assurance than an app asks for: it is refused, or more proof is asked for.
public enum PolicyAction: String, Hashable, Sendable, CaseIterable {
    case block = "Block", raiseSessionLevel = "RaiseSessionLevel"
}
/// Where the lifetime of JWT access tokens comes from: the session timeout of profile or org, or a number of minutes
/// of the app.
public enum JWTSessionTimeoutType: String, Hashable, Sendable, CaseIterable {
    case userSession = "UserSession", custom = "Custom"
}
/// Distribution State: whether an app is for its own org or for a package; the last two are the original's own.
public enum DistributionState: String, Hashable, Sendable, CaseIterable {
    case local = "Local", packaged = "Packaged", autoInstalled = "AutoInstalled", managed = "Managed"
}
/// Who manages an app; for use by the original itself.
public enum ManagedType: String, Hashable, Sendable, CaseIterable {
    case local = "Local", global = "Global"
}
/// What opens when a user starts an app.
public enum StartPage: String, Hashable, Sendable, CaseIterable {
    case custom = "Custom", none = "None", oauth = "OAuth", saml = "SAML"
}
