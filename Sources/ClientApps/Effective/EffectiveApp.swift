public import OAuthTypes
public import Orgs

/// An app as the protocol sees it: settings and policies merged, the stricter winning where both have a say.
public struct EffectiveApp: Sendable {
    /// The id of the app.
    public let id: AppID
    /// The org the app belongs to.
    public let org: OrgID
    /// The kind of its documents, which decides nothing but their defaults.
    public let kind: AppKind
    /// Whether it is installed in its org; one that is not is for those who used it before (facts: app-model 6.3).
    public let isInstalled: Bool
    /// Whether it gets the answers of the standards where the original's are known to break standard clients.
    public let hasStandardAnswers: Bool
    /// The developer name: unique in its org without regard to case.
    public let developerName: String
    /// The name people see; the developer name where the header has none.
    public let label: String
    /// What the app is for, as its developer says.
    public let description: String?
    /// Whom an admin can write to about the app.
    public let contactEmail: String?
    /// Whether the app may be used at all: the admin's main switch.
    public let isEnabled: Bool
    /// Whether the OAuth plugin is on and both OAuth settings are there.
    public let isOAuthEnabled: Bool
    /// The pairs of consumer key and secret, in any state.
    public let consumers: [Consumer]
    /// The addresses that answers may be sent to; see ``RedirectURIRule/matches(registered:presented:)``.
    public let callbackURLs: [String]
    /// What the app may ask for at most, as wire names.
    public let scopes: ScopeSet
    /// What those of ``scopes`` that the org defines itself let the app do, in its words.
    public let customScopeLabels: [Scope: String]
    /// Whether its access tokens are JWTs or opaque.
    public let tokenFormat: TokenFormat
    /// The developer's half of the client credentials switch.
    public let isClientCredentialsAllowedBySettings: Bool
    /// The admin's half of the client credentials switch.
    public let isClientCredentialsAllowedByPolicy: Bool
    /// The user of client credentials tokens; `nil` keeps that flow off.
    public let runAsUser: UserID?
    /// Whether the web server flow needs a code challenge (RFC 7636), by the developer or by the org.
    public let isPKCERequired: Bool
    /// Whether a code is redeemed only by a client that authenticates.
    public let isSecretRequiredForWebServerFlow: Bool
    /// Whether a refresh token is used only by a client that authenticates. A secret that is sent is checked in any
    /// case.
    public let isSecretRequiredForRefreshToken: Bool
    /// Whether each use of a refresh token makes a new one and ends the old one (RFC 9700 section 4.14.2).
    public let isRefreshTokenRotationEnabled: Bool
    /// Whether the app may introspect all tokens of the org, not only its own.
    public let isIntrospectAllTokens: Bool
    /// Who may use the app.
    public let permittedUsers: PermittedUsers
    /// Whether API access control of the org keeps the app from all who have not "Use Any API Client".
    public let isKeptByAPIAccessControl: Bool
    /// How long its refresh tokens live.
    public let refreshTokenPolicy: RefreshTokenPolicy
    /// How long a refresh token may be idle whatever the policy says, where the developer caps it (`isEnforceRefreshTokenTTL`).
    public let refreshTokenIdleCap: TimeSpan?
    /// How far the IP ranges of org and profile bind the app (facts: app-model 8.2).
    public let ipRelaxation: IPRelaxation
    /// The assurance that a sign-in must have (facts: app-model 8.5).
    public let requiredSessionLevel: SessionSecurityLevel
    /// What happens to a sign-in of less assurance; `nil` is nothing.
    public let policyAction: PolicyAction?
    /// For opaque tokens; `nil` leaves it to the profile and the org.
    public let opaqueSessionTimeoutMinutes: Int?
    /// How long its JWT access tokens live.
    public let jwtLifetime: JWTLifetime
    /// Its presence enables the JWT bearer flow.
    public let certificate: AppCertificate?
    /// The app's own trusted addresses, which ``IPRelaxation/bypassTwoFactor`` goes by.
    public let trustedIPRanges: [IPRange]
    /// From where codes and refresh tokens may be exchanged; from everywhere if there is none (facts: app-model 8.4).
    public let refreshTokenIPAllowlist: [IPRange]
    /// The life of its ID tokens, in minutes: 1 to 720, 2 by default.
    public let idTokenValidityMinutes: Int
    /// Audiences of the ID token beside the consumer key.
    public let idTokenAudiences: [String]
    /// Whether its ID tokens carry the claims of the user's profile.
    public let isIDTokenWithStandardClaims: Bool
    /// Whether its ID tokens carry the custom attributes.
    public let isIDTokenWithAttributes: Bool
    /// The developer's attributes, those of the admin in place of their namesakes; without those that cannot be told.
    public let customAttributes: [EffectiveAttribute]
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
        components: AppComponents,
        identity: AppIdentity,
        org: Org,
        resolve: AppReferences
    ) throws(MetadataError) -> EffectiveApp {
        var log = Unexplained()
        return try merge(components, identity, org, resolve, &log)
    }

    static func merge(
        _ given: AppComponents,
        _ identity: AppIdentity,
        _ org: Org,
        _ resolve: AppReferences,
        _ log: inout some DecisionLog
    ) throws(MetadataError) -> EffectiveApp {
        var components = given.asExternalClientApp
        components.addDefaultPolicies()
        do throws(MetadataError) {
            return try EffectiveApp(components, given.kind, identity, org, resolve, &log)
        } catch {
            throw error.named(as: given.kind)
        }
    }

    private init(
        _ app: AppComponents,
        _ kind: AppKind,
        _ identity: AppIdentity,
        _ org: Org,
        _ resolve: AppReferences,
        _ log: inout some DecisionLog
    ) throws(MetadataError) {
        let global = app.globalOAuth?.record ?? GlobalOAuthSettings()
        let oauth = app.oauth?.record ?? OAuthSettings()
        let policies = app.oauthPolicies?.record ?? OAuthPolicies()
        let switches = app.appPolicies?.record ?? AppPolicies()
        (id, consumers, self.org) = (identity.id, identity.consumers, org.id)
        (self.kind, isInstalled, developerName) = (kind, identity.isInstalled, app.developerName)
        hasStandardAnswers = identity.hasStandardAnswers
        label = app.header?.label ?? app.developerName
        (description, contactEmail) = (app.header?.description, app.header?.contactEmail)

        isEnabled = log.policy("isEnabled", identity.isBlocked ? false : switches.isEnabled, or: true)
        let isPluginOn = log.policy("isOauthPluginEnabled", switches.isOAuthPluginEnabled, or: true)
        isOAuthEnabled = app.oauth != nil && app.globalOAuth != nil && isPluginOn
        callbackURLs = RedirectURIRule.split(
            log.setting("callbackUrl", global.callbackURL, or: "", EffectiveApp.inOneLine)
        )
        let customScopes = CustomScopes(app, kind, resolve.customScopes, &log)
        customScopeLabels = customScopes.labels
        scopes = try OAuthScopeName.scopes(
            of: log.setting("commaSeparatedOauthScopes", oauth.commaSeparatedOAuthScopes, or: "")
        ).union(ScopeSet(customScopes.scopes))
        let jwt: EditionFeature = kind == .connectedApp ? .connectedAppJWT : .externalClientAppJWT
        tokenFormat =
            log.feature("isNamedUserJwtEnabled", global.isNamedUserJWTEnabled, jwt, org.edition) ? .jwt : .opaque
        let credentials = try EffectiveClientCredentials(global, policies, resolve, &log)
        isClientCredentialsAllowedBySettings = credentials.isAllowedBySettings
        isClientCredentialsAllowedByPolicy = credentials.isAllowedByPolicy
        runAsUser = credentials.runAsUser
        let client = EffectiveClientRules(global, kind, org, &log)
        isPKCERequired = client.isPKCERequired
        isSecretRequiredForWebServerFlow = client.isSecretRequiredForWebServerFlow
        isSecretRequiredForRefreshToken = client.isSecretRequiredForRefreshToken
        isRefreshTokenRotationEnabled = client.isRefreshTokenRotationEnabled
        isIntrospectAllTokens = client.isIntrospectAllTokens
        permittedUsers = try EffectiveApp.permittedUsers(policies, resolve, &log)
        // External client apps are closed by themselves: they have no counterpart (facts: app-model 6.3).
        isKeptByAPIAccessControl =
            resolve.isAPIAccessControlled && kind == .connectedApp
            && !(identity.isInstalled && permittedUsers != .selfAuthorized)
        let isIdleCapped = log.setting("isEnforceRefreshTokenTTL", global.isEnforceRefreshTokenTTL, or: false)
        refreshTokenPolicy = EffectiveApp.refreshTokenPolicy(policies, kind, isIdleCapped: isIdleCapped, &log)
        refreshTokenIdleCap = isIdleCapped ? EffectiveApp.longestIdleTime : nil
        let session = EffectiveSessionRules(policies, &log)
        ipRelaxation = session.ipRelaxation
        (requiredSessionLevel, policyAction) = (session.requiredLevel, session.policyAction)
        opaqueSessionTimeoutMinutes = session.opaqueTimeoutMinutes
        jwtLifetime = try EffectiveApp.jwtLifetime(policies, org, &log)
        certificate = try EffectiveApp.certificate(global, &log)
        trustedIPRanges = EffectiveApp.ranges("trustedIpRanges", oauth.trustedIPRanges, &log)
        let allowlist = app.oauthSecurity?.tokenIPRanges ?? []
        // Shown only where there is such a document: connected apps have none.
        refreshTokenIPAllowlist = allowlist.isEmpty ? [] : EffectiveApp.ranges("tokenIpRanges", allowlist, &log)
        let idToken = EffectiveIDTokenRules(global.idTokenConfig, &log)
        idTokenValidityMinutes = idToken.validityMinutes
        idTokenAudiences = idToken.audiences
        isIDTokenWithStandardClaims = idToken.hasStandardClaims
        isIDTokenWithAttributes = idToken.hasAttributes
        let attributes = EffectiveAttributes(EffectiveApp.customAttributes(oauth, policies, &log))
        customAttributes = attributes.told
        let others = EffectiveWarnings(
            global: global,
            oauth: oauth,
            policies: policies,
            switches: switches,
            plugins: MetadataType.allCases.filter { $0 != .oauthSecuritySettings && app.plugins[$0] != nil }
        )
        warnings =
            (attributes.warnings + others.warnings).map {
                MetadataWarning(element: ConnectedAppElement.name($0.element, kind), problem: $0.problem)
            }
            + customScopes.warnings
    }
}
