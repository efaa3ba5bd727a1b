/// The OAuth settings of an app that never leave its org: keys, callback URLs, certificate and switches. `nil` is what a document leaves out.
public struct GlobalOAuthSettings: Hashable, Sendable {
    /// Callback URL: one address a line, at most 2,000 characters in all.
    public var callbackURL: String?
    /// Certificate in PEM form; its presence enables the JWT bearer flow (RFC 7523).
    public var certificate: String?
    /// Consumer Key (`client_id`); generated when left out at creation.
    public var consumerKey: String?
    /// Consumer Secret (`client_secret`); generated when left out at creation.
    public var consumerSecret: String?
    /// The developer name of the app.
    public var externalClientApplication: String = ""
    /// Configure ID Token: lifetime, audiences and claims of ID tokens.
    public var idTokenConfig: IDTokenConfig?
    /// Enable Client Credentials Flow: the developer's half; the admin's is in ``OAuthPolicies``.
    public var isClientCredentialsFlowEnabled: Bool?
    /// Enable Authorization Code and Credentials Flow. Kept; there is no such flow.
    public var isCodeCredFlowEnabled: Bool?
    /// Whether that flow takes credentials in the body only. Kept, without effect.
    public var isCodeCredPostOnly: Bool?
    /// The opposite of "Require secret for Web Server Flow"; `false` by default.
    public var isConsumerSecretOptional: Bool?
    /// Kept, without effect.
    public var isDPoPEnabled: Bool?
    /// Enable Device Flow. Kept; there is no such flow.
    public var isDeviceFlowEnabled: Bool?
    /// Whether refresh tokens end after 30 idle days, whatever the admin's policy (facts: app-model 8.3).
    public var isEnforceRefreshTokenTTL: Bool?
    /// Introspect All Tokens: all of the org, not only the app's own; `false` by default.
    public var isIntrospectAllTokens: Bool?
    /// Issue JSON Web Token (JWT)-based access tokens for named users; `false` by default, which makes them opaque.
    public var isNamedUserJWTEnabled: Bool?
    /// Require Proof Key for Code Exchange (RFC 7636); `true` by default.
    public var isPKCERequired: Bool?
    /// Enable Refresh Token Rotation; `false` by default.
    public var isRefreshTokenRotationEnabled: Bool?
    /// Require secret for Refresh Token Flow; `true` by default.
    public var isSecretRequiredForRefreshToken: Bool?
    /// Require secret for Token Exchange Flow. Kept; there is no such flow.
    public var isSecretRequiredForTokenExchange: Bool?
    /// Enable Token Exchange Flow: the developer's half. Kept; there is no such flow.
    public var isTokenExchangeEnabled: Bool?
    /// The name of this document.
    public var label: String?
    /// Whether this deployment makes a new consumer key in the place of the present one; never stored.
    public var shouldRotateConsumerKey: Bool?
    /// Whether this deployment makes a new consumer secret in the place of the present one; never stored.
    public var shouldRotateConsumerSecret: Bool?

    /// Settings that say nothing.
    public init() {}
}

extension GlobalOAuthSettings: SatelliteRecord {
    static let type = MetadataType.globalOAuthSettings
    static let fields: [MetadataField<Self>] = [
        .text("callbackUrl", \.callbackURL),
        .text("certificate", \.certificate).since(60),
        .text("consumerKey", \.consumerKey),
        .text("consumerSecret", \.consumerSecret),
        .required("externalClientApplication", \.externalClientApplication),
        .record("idTokenConfig", \.idTokenConfig),
        .flag("isClientCredentialsFlowEnabled", \.isClientCredentialsFlowEnabled).since(60),
        .flag("isCodeCredFlowEnabled", \.isCodeCredFlowEnabled).since(61),
        .flag("isCodeCredPostOnly", \.isCodeCredPostOnly).since(61),
        .flag("isConsumerSecretOptional", \.isConsumerSecretOptional),
        .flag("isDeviceFlowEnabled", \.isDeviceFlowEnabled).since(60),
        .flag("isDPopEnabled", \.isDPoPEnabled).toldSince(67),
        .flag("isEnforceRefreshTokenTTL", \.isEnforceRefreshTokenTTL).toldSince(67),
        .flag("isIntrospectAllTokens", \.isIntrospectAllTokens),
        .flag("isNamedUserJwtEnabled", \.isNamedUserJWTEnabled).since(61),
        .flag("isPkceRequired", \.isPKCERequired),
        .flag("isRefreshTokenRotationEnabled", \.isRefreshTokenRotationEnabled).since(60),
        .flag("isSecretRequiredForRefreshToken", \.isSecretRequiredForRefreshToken),
        .flag("isSecretRequiredForTokenExchange", \.isSecretRequiredForTokenExchange).since(60),
        .flag("isTokenExchangeEnabled", \.isTokenExchangeEnabled).since(60),
        .text("label", \.label),
        .flag("shouldRotateConsumerKey", \.shouldRotateConsumerKey),
        .flag("shouldRotateConsumerSecret", \.shouldRotateConsumerSecret),
    ]
}
