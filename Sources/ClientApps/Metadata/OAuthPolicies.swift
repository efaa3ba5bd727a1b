/// The OAuth policies of an app, which the admin owns. `nil` is what a document leaves out.
public struct OAuthPolicies: Hashable, Sendable {
    public var apexHandler: String?
    public var clientCredentialsFlowUser: String?
    public var commaSeparatedCustomScopes: String?
    public var commaSeparatedPermissionSet: String?
    public var commaSeparatedProfile: String?
    public var customAttributes: [CustomAttribute] = []
    public var executeHandlerAs: String?
    public var externalClientApplication: String = ""
    public var guestJWTSessionTimeoutType: JWTSessionTimeoutType?
    public var guestJWTTimeout: Int?
    public var ipRelaxation: IPRelaxation?
    public var isClientCredentialsFlowEnabled: Bool?
    public var isGuestCodeCredFlowEnabled: Bool?
    public var isNamedUserJWTEnabled: Bool?
    public var isTokenExchangeFlowEnabled: Bool?
    public var label: String?
    public var namedUserJWTSessionTimeoutType: JWTSessionTimeoutType?
    public var namedUserJWTTimeout: Int?
    public var permittedUsersPolicyType: PermittedUsersPolicyType?
    public var policyAction: PolicyAction?
    public var refreshTokenPolicyType: RefreshTokenPolicyType?
    public var refreshTokenValidityPeriod: Int?
    public var refreshTokenValidityUnit: ValidityUnit?
    public var requiredSessionLevel: SessionSecurityLevel?
    public var sessionTimeoutInMinutes: Int?
    public var singleLogoutURL: String?
    public var startURL: String?

    public init() {}
}

extension OAuthPolicies: SatelliteRecord {
    static let type = MetadataType.oauthPolicies
    static let fields: [MetadataField<Self>] = [
        .text("apexHandler", \.apexHandler),
        .text("clientCredentialsFlowUser", \.clientCredentialsFlowUser),
        .text("commaSeparatedCustomScopes", \.commaSeparatedCustomScopes),
        .text("commaSeparatedPermissionSet", \.commaSeparatedPermissionSet),
        .text("commaSeparatedProfile", \.commaSeparatedProfile),
        .list("customAttributes", \.customAttributes),
        .text("executeHandlerAs", \.executeHandlerAs),
        .required("externalClientApplication", \.externalClientApplication),
        .word("guestJwtSessionTimeoutType", \.guestJWTSessionTimeoutType),
        .number("guestJwtTimeout", \.guestJWTTimeout),
        .word("ipRelaxationPolicyType", \.ipRelaxation),
        .flag("isClientCredentialsFlowEnabled", \.isClientCredentialsFlowEnabled),
        .flag("isGuestCodeCredFlowEnabled", \.isGuestCodeCredFlowEnabled),
        .flag("isNamedUserJwtEnabled", \.isNamedUserJWTEnabled),
        .flag("isTokenExchangeFlowEnabled", \.isTokenExchangeFlowEnabled),
        .text("label", \.label),
        .word("namedUserJwtSessionTimeoutType", \.namedUserJWTSessionTimeoutType),
        .number("namedUserJwtTimeout", \.namedUserJWTTimeout),
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
