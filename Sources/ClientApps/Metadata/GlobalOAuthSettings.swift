/// The OAuth settings of an app that never leave its org: keys, callback URLs, certificate and switches. `nil` is what a document leaves out.
public struct GlobalOAuthSettings: Hashable, Sendable {
    public var callbackURL: String?
    public var certificate: String?
    public var consumerKey: String?
    public var consumerSecret: String?
    public var externalClientApplication: String = ""
    public var idTokenConfig: IDTokenConfig?
    public var isClientCredentialsFlowEnabled: Bool?
    public var isCodeCredFlowEnabled: Bool?
    public var isCodeCredPostOnly: Bool?
    public var isConsumerSecretOptional: Bool?
    public var isDPoPEnabled: Bool?
    public var isDeviceFlowEnabled: Bool?
    public var isEnforceRefreshTokenTTL: Bool?
    public var isIntrospectAllTokens: Bool?
    public var isNamedUserJWTEnabled: Bool?
    public var isPKCERequired: Bool?
    public var isRefreshTokenRotationEnabled: Bool?
    public var isSecretRequiredForRefreshToken: Bool?
    public var isSecretRequiredForTokenExchange: Bool?
    public var isTokenExchangeEnabled: Bool?
    public var label: String?
    public var shouldRotateConsumerKey: Bool?
    public var shouldRotateConsumerSecret: Bool?

    public init() {}
}

extension GlobalOAuthSettings: SatelliteRecord {
    static let type = MetadataType.globalOAuthSettings
    static let fields: [MetadataField<Self>] = [
        .text("callbackUrl", \.callbackURL),
        .text("certificate", \.certificate),
        .text("consumerKey", \.consumerKey),
        .text("consumerSecret", \.consumerSecret),
        .required("externalClientApplication", \.externalClientApplication),
        .record("idTokenConfig", \.idTokenConfig),
        .flag("isClientCredentialsFlowEnabled", \.isClientCredentialsFlowEnabled),
        .flag("isCodeCredFlowEnabled", \.isCodeCredFlowEnabled),
        .flag("isCodeCredPostOnly", \.isCodeCredPostOnly),
        .flag("isConsumerSecretOptional", \.isConsumerSecretOptional),
        .flag("isDeviceFlowEnabled", \.isDeviceFlowEnabled),
        .flag("isDPopEnabled", \.isDPoPEnabled),
        .flag("isEnforceRefreshTokenTTL", \.isEnforceRefreshTokenTTL),
        .flag("isIntrospectAllTokens", \.isIntrospectAllTokens),
        .flag("isNamedUserJwtEnabled", \.isNamedUserJWTEnabled),
        .flag("isPkceRequired", \.isPKCERequired),
        .flag("isRefreshTokenRotationEnabled", \.isRefreshTokenRotationEnabled),
        .flag("isSecretRequiredForRefreshToken", \.isSecretRequiredForRefreshToken),
        .flag("isSecretRequiredForTokenExchange", \.isSecretRequiredForTokenExchange),
        .flag("isTokenExchangeEnabled", \.isTokenExchangeEnabled),
        .text("label", \.label),
        .flag("shouldRotateConsumerKey", \.shouldRotateConsumerKey),
        .flag("shouldRotateConsumerSecret", \.shouldRotateConsumerSecret),
    ]
}
