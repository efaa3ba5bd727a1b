/// Who may use an app: whoever approves it, or those an admin has chosen.
public enum PermittedUsersPolicyType: String, Hashable, Sendable, CaseIterable {
    case allSelfAuthorized = "AllSelfAuthorized"
    case adminApprovedPreAuthorized = "AdminApprovedPreAuthorized"
}
public enum RefreshTokenPolicyType: String, Hashable, Sendable, CaseIterable {
    case infinite = "Infinite", specificInactivity = "SpecificInactivity", specificLifetime = "SpecificLifetime", zero =
        "Zero"
}
public enum ValidityUnit: String, Hashable, Sendable, CaseIterable {
    case days = "Days", hours = "Hours", months = "Months"
}
public enum IPRelaxation: String, Hashable, Sendable, CaseIterable {
    case enforce = "Enforce", bypass = "Bypass", bypassTwoFactor = "Bypass_2factor", enforceRelaxRefresh =
        "Enforce_RelaxRefresh"
}
public enum SessionSecurityLevel: String, Hashable, Sendable, CaseIterable {
    case low = "LOW", standard = "STANDARD", highAssurance = "HIGH_ASSURANCE"
}
public enum PolicyAction: String, Hashable, Sendable, CaseIterable {
    case block = "Block", raiseSessionLevel = "RaiseSessionLevel"
}
public enum JWTSessionTimeoutType: String, Hashable, Sendable, CaseIterable {
    case userSession = "UserSession", custom = "Custom"
}
public enum DistributionState: String, Hashable, Sendable, CaseIterable {
    case local = "Local", packaged = "Packaged", autoInstalled = "AutoInstalled", managed = "Managed"
}
public enum ManagedType: String, Hashable, Sendable, CaseIterable {
    case local = "Local", global = "Global"
}
public enum StartPage: String, Hashable, Sendable, CaseIterable {
    case custom = "Custom", none = "None", oauth = "OAuth", saml = "SAML"
}
