public import OAuthTypes
public import Orgs

/// An app as the protocol sees it: settings and policies merged, the stricter winning where both have a say.
public struct EffectiveApp: Sendable {
    public let id: AppID
    public let org: OrgID
    public let developerName: String
    public let label: String
    public let description: String?
    public let contactEmail: String?
    public let isEnabled: Bool
    public let isOAuthEnabled: Bool
    public let consumers: [Consumer]
    public let callbackURLs: [String]
    public let scopes: ScopeSet
    public let tokenFormat: TokenFormat
    /// The developer's half of the client credentials switch.
    public let isClientCredentialsAllowedBySettings: Bool
    /// The admin's half of the client credentials switch.
    public let isClientCredentialsAllowedByPolicy: Bool
    public let runAsUser: UserID?
    public let isPKCERequired: Bool
    public let isSecretRequiredForWebServerFlow: Bool
    public let isSecretRequiredForRefreshToken: Bool
    public let isRefreshTokenRotationEnabled: Bool
    public let isIntrospectAllTokens: Bool
    public let permittedUsers: PermittedUsers
    public let refreshTokenPolicy: RefreshTokenPolicy
    public let ipRelaxation: IPRelaxation
    public let requiredSessionLevel: SessionSecurityLevel
    public let policyAction: PolicyAction?
    /// For opaque tokens; `nil` leaves it to the profile and the org.
    public let opaqueSessionTimeoutMinutes: Int?
    public let jwtLifetime: JWTLifetime
    /// Its presence enables the JWT bearer flow.
    public let certificate: AppCertificate?
    public let trustedIPRanges: [IPRange]
    public let idTokenValidityMinutes: Int
    /// Audiences of the ID token beside the consumer key.
    public let idTokenAudiences: [String]
    public let isIDTokenWithStandardClaims: Bool
    public let isIDTokenWithAttributes: Bool
    /// The developer's attributes, those of the admin in place of their namesakes.
    public let customAttributes: [CustomAttribute]
    /// Who decided, by the name of the property above; what is not listed is the developer's.
    public let origins: [String: Origin]
    /// What was accepted and has no effect.
    public let warnings: [MetadataWarning]

    /// Both halves of the switch.
    public var isClientCredentialsFlowEnabled: Bool {
        isClientCredentialsAllowedBySettings && isClientCredentialsAllowedByPolicy
    }
    /// Whether the JWT bearer flow is on.
    public var isJWTBearerFlowEnabled: Bool { certificate != nil }

    /// Merges the documents of an app; missing policies count as the default ones.
    ///
    /// `namedUserJwtSessionTimeoutType` has no documented default: it counts as `UserSession`, unless
    /// `namedUserJwtTimeout` is given alone, which makes it `Custom`. `Custom` alone is 30 minutes. A month is 30 days.
    ///
    /// - Throws: a reference that does not resolve, a scope, a certificate or a timeout that is not valid.
    public static func merge(
        components given: AppComponents,
        identity: AppIdentity,
        org: Org,
        resolve: AppReferences
    ) throws(MetadataError) -> EffectiveApp {
        var components = given
        components.addDefaultPolicies()
        return try EffectiveApp(components, identity, org, resolve, givenPolicies: given.oauthPolicies?.record)
    }

    private init(
        _ app: AppComponents,
        _ identity: AppIdentity,
        _ org: Org,
        _ resolve: AppReferences,
        givenPolicies: OAuthPolicies?
    ) throws(MetadataError) {
        let global = app.globalOAuth?.record ?? GlobalOAuthSettings()
        let oauth = app.oauth?.record ?? OAuthSettings()
        let policies = app.oauthPolicies?.record ?? OAuthPolicies()
        let switches = app.appPolicies?.record ?? AppPolicies()
        (id, consumers, self.org) = (identity.id, identity.consumers, org.id)
        developerName = app.developerName
        label = app.header?.label ?? app.developerName
        (description, contactEmail) = (app.header?.description, app.header?.contactEmail)
        isEnabled = switches.isEnabled ?? true
        isOAuthEnabled = app.oauth != nil && app.globalOAuth != nil && switches.isOAuthPluginEnabled ?? true
        callbackURLs = RedirectURIRule.split(global.callbackURL ?? "")
        scopes = try OAuthScopeName.scopes(of: oauth.commaSeparatedOAuthScopes ?? "")
        tokenFormat = global.isNamedUserJWTEnabled == true ? .jwt : .opaque
        isClientCredentialsAllowedBySettings = global.isClientCredentialsFlowEnabled ?? false
        isClientCredentialsAllowedByPolicy = policies.isClientCredentialsFlowEnabled ?? false
        runAsUser = try EffectiveApp.runAsUser(policies, resolve)
        isPKCERequired = org.isPKCERequired || global.isPKCERequired ?? true
        isSecretRequiredForWebServerFlow = !(global.isConsumerSecretOptional ?? false)
        isSecretRequiredForRefreshToken = global.isSecretRequiredForRefreshToken ?? true
        isRefreshTokenRotationEnabled = global.isRefreshTokenRotationEnabled ?? false
        isIntrospectAllTokens = global.isIntrospectAllTokens ?? false
        permittedUsers = try EffectiveApp.permittedUsers(policies, resolve)
        refreshTokenPolicy = EffectiveApp.refreshTokenPolicy(
            policies,
            isIdleCapped: global.isEnforceRefreshTokenTTL ?? false
        )
        ipRelaxation = policies.ipRelaxation ?? .enforce
        (requiredSessionLevel, policyAction) = (policies.requiredSessionLevel ?? .standard, policies.policyAction)
        opaqueSessionTimeoutMinutes = policies.sessionTimeoutInMinutes
        jwtLifetime = try EffectiveApp.jwtLifetime(policies)
        if let pem = global.certificate { certificate = try AppCertificate(pem: pem) } else { certificate = nil }
        trustedIPRanges = oauth.trustedIPRanges.compactMap(\.parsed)
        // The documentation's own sample has 0, which means the default.
        idTokenValidityMinutes = global.idTokenConfig?.idTokenValidityInMinutes.flatMap { $0 == 0 ? nil : $0 } ?? 2
        idTokenAudiences = (global.idTokenConfig?.idTokenAudience ?? "")
            .split { $0 == "," || $0.isWhitespace }.map(String.init)
        isIDTokenWithStandardClaims = global.idTokenConfig?.idTokenIncludeStandardClaims ?? false
        isIDTokenWithAttributes = global.idTokenConfig?.idTokenIncludeAttributes ?? false
        let overridden = Set(policies.customAttributes.map(\.key))
        customAttributes = oauth.customAttributes.filter { !overridden.contains($0.key) } + policies.customAttributes
        origins = EffectiveApp.origins(global, givenPolicies, org)
        warnings = EffectiveWarnings(global: global, oauth: oauth, policies: policies, switches: switches).warnings
    }
}
