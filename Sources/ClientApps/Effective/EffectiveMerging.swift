import OAuthTypes
import Orgs

extension EffectiveApp {
    static func runAsUser(_ policies: OAuthPolicies, _ resolve: AppReferences) throws(MetadataError) -> UserID? {
        guard let name = policies.clientCredentialsFlowUser, !name.isEmpty else { return nil }
        if let user = resolve.user(name) { return user }
        throw MetadataError(
            element: "clientCredentialsFlowUser",
            code: "INVALID_CROSS_REFERENCE_KEY",
            problem: "Enter a valid execution user for the OAuth client credentials flow.",
            remedy: "No user of this org has the username '\(name)'; create one or correct it."
        )
    }

    static func permittedUsers(_ policies: OAuthPolicies, _ resolve: AppReferences) throws(MetadataError)
        -> PermittedUsers
    {
        guard policies.permittedUsersPolicyType == .adminApprovedPreAuthorized else { return .selfAuthorized }
        return .adminApproved(
            profiles: try resolved(policies.commaSeparatedProfile, "commaSeparatedProfile", resolve.profile),
            permissionSets: try resolved(
                policies.commaSeparatedPermissionSet,
                "commaSeparatedPermissionSet",
                resolve.permissionSet
            )
        )
    }

    private static func resolved<ID: Hashable>(
        _ list: String?,
        _ element: String,
        _ resolve: (String) -> ID?
    ) throws(MetadataError) -> Set<ID> {
        var ids: Set<ID> = []
        for name in (list ?? "").split(separator: ",").map(\.trimmed) where !name.isEmpty {
            guard let id = resolve(name) else {
                throw MetadataError(
                    element: element,
                    code: "INVALID_CROSS_REFERENCE_KEY",
                    problem: "Nothing in this org is named '\(name)'.",
                    remedy: "Create it or correct the name."
                )
            }
            ids.insert(id)
        }
        return ids
    }

    /// The idle time that the developer's switch allows (facts: app-model 8.3).
    static let longestIdleTime = TimeSpan.days(30)

    /// The admin's policy, with "valid until revoked" and longer idle times cut to 30 idle days where the developer caps them.
    static func refreshTokenPolicy(
        _ policies: OAuthPolicies,
        _ kind: AppKind,
        isIdleCapped: Bool
    ) -> RefreshTokenPolicy {
        let count = Int64(policies.refreshTokenValidityPeriod ?? 365)
        let span: TimeSpan =
            switch policies.refreshTokenValidityUnit ?? .days {
            case .hours: .hours(count)
            case .days: .days(count)
            case .months: .days(30 * count)
            }
        switch policies.refreshTokenPolicyType ?? kind.refreshTokenPolicyByDefault {
        case .zero: return .zero
        case .infinite: return isIdleCapped ? .inactivity(longestIdleTime) : .infinite
        case .specificInactivity: return .inactivity(isIdleCapped ? min(span, longestIdleTime) : span)
        case .specificLifetime: return .lifetime(span)
        }
    }

    static func jwtLifetime(_ policies: OAuthPolicies) throws(MetadataError) -> JWTLifetime {
        let minutes = policies.namedUserJWTTimeout
        let type = policies.namedUserJWTSessionTimeoutType ?? (minutes == nil ? .userSession : .custom)
        guard type == .custom else { return .userSession }
        guard AppRules.jwtTimeouts.contains(minutes ?? 30) else {
            throw MetadataError(
                element: "namedUserJwtTimeout",
                code: "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
                problem: "\(minutes ?? 0) is not a valid timeout.",
                remedy: "Use one of \(AppRules.jwtTimeouts.map(String.init).joined(separator: ", "))."
            )
        }
        return .minutes(minutes ?? 30)
    }

    static func origins(_ global: GlobalOAuthSettings, _ policies: OAuthPolicies?, _ org: Org) -> [String: Origin] {
        func admin(_ isGiven: Bool?) -> Origin { isGiven == true ? .adminPolicy : .default }
        func developer(_ isGiven: Bool) -> Origin { isGiven ? .developerSetting : .default }
        return [
            "tokenFormat": developer(global.isNamedUserJWTEnabled != nil),
            "isPKCERequired": org.isPKCERequired ? .orgSetting : developer(global.isPKCERequired != nil),
            "isSecretRequiredForWebServerFlow": developer(global.isConsumerSecretOptional != nil),
            "isSecretRequiredForRefreshToken": developer(global.isSecretRequiredForRefreshToken != nil),
            "isClientCredentialsFlowEnabled": policies?.isClientCredentialsFlowEnabled == true
                ? developer(global.isClientCredentialsFlowEnabled != nil)
                : admin(policies?.isClientCredentialsFlowEnabled != nil),
            "runAsUser": admin(policies?.clientCredentialsFlowUser != nil),
            "permittedUsers": admin(policies?.permittedUsersPolicyType != nil),
            "refreshTokenPolicy": admin(policies?.refreshTokenPolicyType != nil),
            "ipRelaxation": admin(policies?.ipRelaxation != nil),
            "requiredSessionLevel": admin(policies?.requiredSessionLevel != nil),
            "opaqueSessionTimeoutMinutes": admin(policies?.sessionTimeoutInMinutes != nil),
            "jwtLifetime": admin(
                policies?.namedUserJWTTimeout != nil || policies?.namedUserJWTSessionTimeoutType != nil
            ),
        ]
    }
}
