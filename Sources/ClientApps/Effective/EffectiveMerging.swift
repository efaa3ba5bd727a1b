import OAuthTypes
import Orgs

extension EffectiveApp {
    static func runAsUser(_ name: String, _ resolve: AppReferences) throws(MetadataError) -> UserID? {
        guard !name.isEmpty else { return nil }
        if let user = resolve.user(name) { return user }
        throw MetadataError(
            element: "clientCredentialsFlowUser",
            code: .invalidCrossReferenceKey,
            problem: "Enter a valid execution user for the OAuth client credentials flow.",
            remedy: "No user of this org has the username '\(name)'; create one or correct it."
        )
    }

    static func permittedUsers(
        _ policies: OAuthPolicies,
        _ resolve: AppReferences,
        _ log: inout some DecisionLog
    ) throws(MetadataError) -> PermittedUsers {
        let type = log.policy(
            "permittedUsersPolicyType",
            policies.permittedUsersPolicyType,
            or: .allSelfAuthorized,
            \.rawValue
        )
        guard type == .adminApprovedPreAuthorized else { return .selfAuthorized }
        let profiles = log.policy("commaSeparatedProfile", policies.commaSeparatedProfile, or: "")
        let permissionSets = log.policy("commaSeparatedPermissionSet", policies.commaSeparatedPermissionSet, or: "")
        return .adminApproved(
            profiles: try resolved(profiles, "commaSeparatedProfile", resolve.profile),
            permissionSets: try resolved(permissionSets, "commaSeparatedPermissionSet", resolve.permissionSet)
        )
    }

    private static func resolved<ID: Hashable>(
        _ list: String,
        _ element: String,
        _ resolve: (String) -> ID?
    ) throws(MetadataError) -> Set<ID> {
        var ids: Set<ID> = []
        for name in list.namesInList {
            guard let id = resolve(name) else {
                throw MetadataError(
                    element: element,
                    code: .invalidCrossReferenceKey,
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
        isIdleCapped: Bool,
        _ log: inout some DecisionLog
    ) -> RefreshTokenPolicy {
        let asked = refreshTokenPolicy(policies, kind)
        let value: RefreshTokenPolicy =
            switch asked {
            case .infinite where isIdleCapped: .inactivity(longestIdleTime)
            case .inactivity(let span) where isIdleCapped: .inactivity(min(span, longestIdleTime))
            default: asked
            }
        let isCut = value != asked
        log.record(
            Decision(
                element: "refreshTokenPolicyType",
                value: value.description,
                origin: isCut
                    ? .developerSetting : asked == refreshTokenPolicy(OAuthPolicies(), kind) ? .default : .adminPolicy,
                owners: isCut ? [.developer, .admin] : [.admin],
                says: isCut
                    ? [
                        Decision.Say(
                            owner: .developer,
                            value: RefreshTokenPolicy.inactivity(longestIdleTime).description
                        ),
                        Decision.Say(owner: .admin, value: asked.description),
                    ] : [],
                reason: isCut ? "isEnforceRefreshTokenTTL of the developer cuts what the admin allows" : nil
            )
        )
        return value
    }

    private static func refreshTokenPolicy(_ policies: OAuthPolicies, _ kind: AppKind) -> RefreshTokenPolicy {
        let count = Int64(policies.refreshTokenValidityPeriod ?? 365)
        let span: TimeSpan =
            switch policies.refreshTokenValidityUnit ?? .days {
            case .hours: .hours(count)
            case .days: .days(count)
            case .months: .days(30 * count)
            }
        return switch policies.refreshTokenPolicyType ?? kind.refreshTokenPolicyByDefault {
        case .zero: .zero
        case .infinite: .infinite
        case .specificInactivity: .inactivity(span)
        case .specificLifetime: .lifetime(span)
        }
    }

    static func jwtLifetime(_ policies: OAuthPolicies, _ org: Org, _ log: inout some DecisionLog) throws(MetadataError)
        -> JWTLifetime
    {
        let minutes = policies.namedUserJWTTimeout
        let type = policies.namedUserJWTSessionTimeoutType ?? (minutes == nil ? .userSession : .custom)
        let lifetime = type == .custom ? JWTLifetime.minutes(minutes ?? 30) : .userSession
        guard type == .userSession || AppRules.jwtTimeouts.contains(minutes ?? 30) else {
            throw MetadataError(
                element: "namedUserJwtTimeout",
                code: .invalidOrNullForRestrictedPicklist,
                problem: "\(minutes ?? 0) is not a valid timeout.",
                remedy: "Use one of \(AppRules.jwtTimeouts.map(String.init).joined(separator: ", "))."
            )
        }
        return log.policy("namedUserJwtTimeout", lifetime, or: .userSession) { lifetime in
            guard case .minutes(let minutes) = lifetime else {
                return
                    "the session timeout of the user: that of the profile, else \(EffectiveApp.minutes(org.sessionTimeoutMinutes)) of the org"
            }
            return EffectiveApp.minutes(minutes)
        }
    }

    static func ranges(_ element: String, _ given: [TrustedIPRange], _ log: inout some DecisionLog) -> [IPRange] {
        log.setting(element, given.nilIfEmpty, or: []) { ranges in
            ranges.map { "\($0.startIPAddress)-\($0.endIPAddress)" }.joined(separator: ", ")
        }.compactMap(\.parsed)
    }

    /// The developer's attributes, those of the admin in place of their namesakes.
    static func customAttributes(_ oauth: OAuthSettings, _ policies: OAuthPolicies, _ log: inout some DecisionLog)
        -> [CustomAttribute]
    {
        let overridden = Set(policies.customAttributes.map(\.key))
        let own = oauth.customAttributes.filter { !overridden.contains($0.key) }
        for attribute in own { log.record(decision(on: attribute, .developerSetting, [.developer, .admin], [])) }
        for attribute in policies.customAttributes {
            let before = oauth.customAttributes.first { $0.key == attribute.key }
            let says = before.map {
                [
                    Decision.Say(owner: .developer, value: $0.formula),
                    Decision.Say(owner: .admin, value: attribute.formula),
                ]
            }
            log.record(decision(on: attribute, .adminPolicy, [.admin], says ?? []))
        }
        return own + policies.customAttributes
    }

    private static func decision(
        on attribute: CustomAttribute,
        _ origin: Origin,
        _ owners: [AppOwner],
        _ says: [Decision.Say]
    ) -> Decision {
        Decision(
            element: "customAttributes",
            value: "\(attribute.key) = \(attribute.formula)",
            origin: origin,
            owners: owners,
            says: says,
            reason: says.isEmpty ? nil : "an attribute of the admin replaces the developer's of the same key"
        )
    }

    static func minutes(_ count: Int?) -> String { count.map { "\($0) minutes" } ?? "" }

    static func inOneLine(_ urls: String) -> String { RedirectURIRule.split(urls).joined(separator: ", ") }
}

extension Array {
    var nilIfEmpty: Self? { isEmpty ? nil : self }
}
