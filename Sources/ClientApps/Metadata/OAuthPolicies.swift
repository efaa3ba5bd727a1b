/// The OAuth policies of an app, which the admin owns. `nil` is what a document leaves out.
public struct OAuthPolicies: Hashable, Sendable {
    /// The class of a custom handler. Kept, without effect.
    public var apexHandler: String?
    /// Run As (Username): the user of client credentials tokens; needs API Only.
    public var clientCredentialsFlowUser: String?
    /// The custom scopes that the admin gives the app, by name; see ``OAuthCustomScope``.
    public var commaSeparatedCustomScopes: String?
    /// Select Permission Sets: whose users are approved, by name or id; with
    /// ``PermittedUsersPolicyType/adminApprovedPreAuthorized`` only.
    public var commaSeparatedPermissionSet: String?
    /// Select Profiles: whose users are approved, by name or id; with
    /// ``PermittedUsersPolicyType/adminApprovedPreAuthorized`` only.
    public var commaSeparatedProfile: String?
    /// The admin's custom attributes, at most 128; they replace the developer's of the same key.
    public var customAttributes: [CustomAttribute] = []
    /// The username that a custom handler runs as. Kept, without effect.
    public var executeHandlerAs: String?
    /// The developer name of the app.
    public var externalClientApplication: String = ""
    /// The like of ``namedUserJWTSessionTimeoutType`` for guests. Kept, without effect.
    public var guestJWTSessionTimeoutType: JWTSessionTimeoutType?
    /// The like of ``namedUserJWTTimeout`` for guests, in minutes. Kept, without effect.
    public var guestJWTTimeout: Int?
    /// IP Relaxation; `Enforce` by default.
    public var ipRelaxation: IPRelaxation?
    /// Enable Client Credentials Flow: the admin's half; `false` by default.
    public var isClientCredentialsFlowEnabled: Bool?
    /// Enable the guest flow. Kept; there is no such flow.
    public var isGuestCodeCredFlowEnabled: Bool?
    /// Deprecated in policies, and decides nothing; the global OAuth settings have the switch.
    public var isNamedUserJWTEnabled: Bool?
    /// Enable Token Exchange Flow: the admin's half. Kept; there is no such flow.
    public var isTokenExchangeFlowEnabled: Bool?
    /// The name of this document.
    public var label: String?
    /// JWT-Based Access Token Timeout: by session or custom.
    public var namedUserJWTSessionTimeoutType: JWTSessionTimeoutType?
    /// That timeout in minutes, one of ``AppRules/jwtTimeouts``; with ``JWTSessionTimeoutType/custom`` only.
    public var namedUserJWTTimeout: Int?
    /// Permitted Users; `AllSelfAuthorized` by default.
    public var permittedUsersPolicyType: PermittedUsersPolicyType?
    /// What a sign-in below ``requiredSessionLevel`` leads to.
    public var policyAction: PolicyAction?
    /// Refresh Token Policy; `SpecificLifetime` by default.
    public var refreshTokenPolicyType: RefreshTokenPolicyType?
    /// Refresh Token Validity Period, in units of ``refreshTokenValidityUnit``: 1 to 36,500; 365 by default.
    public var refreshTokenValidityPeriod: Int?
    /// Refresh Token Validity Unit; `Days` by default.
    public var refreshTokenValidityUnit: ValidityUnit?
    /// High assurance session required, and the lesser levels; `STANDARD` by default.
    public var requiredSessionLevel: SessionSecurityLevel?
    /// Session Timeout in Minutes of opaque access tokens: 1 to 525,600; that of the profile, then of the org, by
    /// default.
    public var sessionTimeoutInMinutes: Int?
    /// Single Logout URL. Kept, without effect.
    public var singleLogoutURL: String?
    /// Start URL. Kept, without effect.
    public var startURL: String?

    /// Policies that say nothing.
    public init() {}
}

extension OAuthPolicies: SatelliteRecord {
    static let type = MetadataType.oauthPolicies
    static let fields: [MetadataField<Self>] = [
        .text("apexHandler", \.apexHandler).since(61),
        .text("clientCredentialsFlowUser", \.clientCredentialsFlowUser).since(60),
        .text("commaSeparatedCustomScopes", \.commaSeparatedCustomScopes).since(61),
        .text("commaSeparatedPermissionSet", \.commaSeparatedPermissionSet),
        .text("commaSeparatedProfile", \.commaSeparatedProfile),
        .list("customAttributes", \.customAttributes, of: "ExtlClntAppOauthPoliciesAttribute"),
        .text("executeHandlerAs", \.executeHandlerAs).since(61),
        .required("externalClientApplication", \.externalClientApplication),
        .word("guestJwtSessionTimeoutType", \.guestJWTSessionTimeoutType).since(65),
        .number("guestJwtTimeout", \.guestJWTTimeout).since(61),
        .word("ipRelaxationPolicyType", \.ipRelaxation),
        .flag("isClientCredentialsFlowEnabled", \.isClientCredentialsFlowEnabled).since(60),
        .flag("isGuestCodeCredFlowEnabled", \.isGuestCodeCredFlowEnabled).since(61),
        .flag("isNamedUserJwtEnabled", \.isNamedUserJWTEnabled).since(61).toldUntil(63),
        .flag("isTokenExchangeFlowEnabled", \.isTokenExchangeFlowEnabled).since(60),
        .text("label", \.label),
        .word("namedUserJwtSessionTimeoutType", \.namedUserJWTSessionTimeoutType).since(65),
        .number("namedUserJwtTimeout", \.namedUserJWTTimeout).since(61),
        .word("permittedUsersPolicyType", \.permittedUsersPolicyType),
        .word("policyAction", \.policyAction),
        .word("refreshTokenPolicyType", \.refreshTokenPolicyType),
        .number("refreshTokenValidityPeriod", \.refreshTokenValidityPeriod),
        .word("refreshTokenValidityUnit", \.refreshTokenValidityUnit),
        .word("requiredSessionLevel", \.requiredSessionLevel),
        .number("sessionTimeoutInMinutes", \.sessionTimeoutInMinutes),
        .text("singleLogoutUrl", \.singleLogoutURL),
        .text("startUrl", \.startURL),
    ]
}

extension OAuthPolicies {
    /// These policies with what others say in their place; what the others leave out stays.
    ///
    /// - Throws: nothing for policies that were read.
    public func overridden(by others: OAuthPolicies) throws(MetadataError) -> OAuthPolicies {
        var policies = try others.completed(with: self)
        policies.externalClientApplication = externalClientApplication
        return policies
    }
}
