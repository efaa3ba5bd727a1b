/// The OAuth part of a connected app (facts: app-model 2). `nil` is what a document leaves out.
public struct ConnectedAppOAuthConfig: Hashable, Sendable {
    /// How asset tokens are made. Signet keeps and returns it.
    public var assetTokenConfig: ConnectedAppAssetTokenConfig?
    /// The redirect URIs, one in a line.
    public var callbackURL: String = ""
    /// The certificate of the JWT bearer flow, in PEM.
    public var certificate: String?
    /// `client_id`: chosen at creation only, never changed.
    public var consumerKey: String?
    /// `client_secret`: chosen at creation only, never returned.
    public var consumerSecret: String?
    /// What ID tokens carry.
    public var idTokenConfig: ConnectedAppIDTokenConfig?
    /// Whether an admin approves the users.
    public var isAdminApproved: Bool?
    /// Whether the client credentials flow is on.
    public var isClientCredentialEnabled: Bool?
    /// Whether the authorization code and credentials flow is on.
    public var isCodeCredentialEnabled: Bool?
    /// Whether that flow takes credentials in a POST body only.
    public var isCodeCredentialPostOnly: Bool?
    /// Whether the web server flow needs no secret.
    public var isConsumerSecretOptional: Bool?
    /// Whether the app may introspect every token of the org.
    public var isIntrospectAllTokens: Bool?
    /// Whether access tokens are JWTs.
    public var isNamedUserJWTEnabled: Bool?
    /// Whether PKCE is required; not, unless said.
    public var isPKCERequired: Bool?
    /// Whether each refresh gives a new refresh token.
    public var isRefreshTokenRotationEnabled: Bool?
    /// Whether a refresh needs the secret; so, unless said.
    public var isSecretRequiredForRefreshToken: Bool?
    /// Whether a token exchange needs the secret.
    public var isSecretRequiredForTokenExchange: Bool?
    /// Whether the token exchange flow is on.
    public var isTokenExchangeEnabled: Bool?
    /// The user that the client credentials flow acts as, by username.
    public var oauthClientCredentialUser: String?
    /// The scopes, by their names in metadata.
    public var scopes: [String] = []
    /// Where single logout is sent.
    public var singleLogoutURL: String?

    /// A part without values.
    public init() {}
}

/// What the ID tokens of a connected app carry.
public struct ConnectedAppIDTokenConfig: Hashable, Sendable {
    /// Further audiences, comma separated.
    public var idTokenAudience: String?
    /// Whether custom attributes are in it.
    public var idTokenIncludeAttributes: Bool?
    /// Whether custom permissions are in it.
    public var idTokenIncludeCustomPerms: Bool?
    /// Whether the standard claims are in it.
    public var idTokenIncludeStandardClaims: Bool?
    /// How long it is valid, in minutes: 1 to 720, else 2.
    public var idTokenValidity: Int?

    /// Values left out.
    public init() {}
}

/// How the asset tokens of a connected app are made. Signet keeps and returns it.
public struct ConnectedAppAssetTokenConfig: Hashable, Sendable {
    /// The audiences.
    public var assetAudiences: String = ""
    /// Whether custom attributes are in it.
    public var assetIncludeAttributes: Bool?
    /// Whether custom permissions are in it.
    public var assetIncludeCustomPerms: Bool?
    /// The id of the signing certificate.
    public var assetSigningCertID: String = ""
    /// How long it is valid, in seconds.
    public var assetValidityPeriod: Int?

    /// Values left out.
    public init() {}
}

/// The OAuth policies of a connected app, which the admin owns.
public struct ConnectedAppOAuthPolicy: Hashable, Sendable {
    /// Which addresses users may come from.
    public var ipRelaxation: ConnectedAppIPRelaxation?
    /// Whether the token exchange flow is allowed.
    public var isTokenExchangeFlowEnabled: Bool?
    /// `infinite`, `zero`, `specific_lifetime:N:UNIT` or `specific_inactivity:N:UNIT`.
    public var refreshTokenPolicy: String = ""
    /// Where single logout is sent, by https.
    public var singleLogoutURL: String?

    /// Policies without values.
    public init() {}
}

/// ``IPRelaxation`` as connected apps spell it.
public enum ConnectedAppIPRelaxation: String, Hashable, Sendable, CaseIterable {
    case enforce = "ENFORCE"
    case bypassTwoFactor = "BYPASS_2FACTOR"
    case bypass = "BYPASS"
    case enforceRelaxRefresh = "ENFORCE_RELAXREFRESH"
}

extension ConnectedAppOAuthConfig: MetadataRecord {
    static let metadataName = "ConnectedAppOauthConfig"
    static let fields: [MetadataField<Self>] = [
        .record("assetTokenConfig", \.assetTokenConfig),
        .required("callbackUrl", \.callbackURL),
        .text("certificate", \.certificate),
        .text("consumerKey", \.consumerKey),
        .text("consumerSecret", \.consumerSecret),
        .record("idTokenConfig", \.idTokenConfig),
        .flag("isAdminApproved", \.isAdminApproved),
        .flag("isClientCredentialEnabled", \.isClientCredentialEnabled),
        .flag("isCodeCredentialEnabled", \.isCodeCredentialEnabled),
        .flag("isCodeCredentialPostOnly", \.isCodeCredentialPostOnly),
        .flag("isConsumerSecretOptional", \.isConsumerSecretOptional),
        .flag("isIntrospectAllTokens", \.isIntrospectAllTokens),
        .flag("isNamedUserJwtEnabled", \.isNamedUserJWTEnabled),
        .flag("isPkceRequired", \.isPKCERequired),
        .flag("isRefreshTokenRotationEnabled", \.isRefreshTokenRotationEnabled).since(60),
        .flag("isSecretRequiredForRefreshToken", \.isSecretRequiredForRefreshToken),
        .flag("isSecretRequiredForTokenExchange", \.isSecretRequiredForTokenExchange).since(60),
        .flag("isTokenExchangeEnabled", \.isTokenExchangeEnabled).since(60),
        .text("oauthClientCredentialUser", \.oauthClientCredentialUser),
        .scopes("scopes", \.scopes),
        .text("singleLogoutUrl", \.singleLogoutURL),
    ]
}

extension ConnectedAppIDTokenConfig: MetadataRecord {
    static let metadataName = "ConnectedAppOauthIdToken"
    static let fields: [MetadataField<Self>] = [
        .text("idTokenAudience", \.idTokenAudience),
        .flag("idTokenIncludeAttributes", \.idTokenIncludeAttributes),
        .flag("idTokenIncludeCustomPerms", \.idTokenIncludeCustomPerms),
        .flag("idTokenIncludeStandardClaims", \.idTokenIncludeStandardClaims),
        .number("idTokenValidity", \.idTokenValidity),
    ]
}

extension ConnectedAppAssetTokenConfig: MetadataRecord {
    static let metadataName = "ConnectedAppOauthAssetToken"
    static let fields: [MetadataField<Self>] = [
        .required("assetAudiences", \.assetAudiences),
        .flag("assetIncludeAttributes", \.assetIncludeAttributes, isRequired: true),
        .flag("assetIncludeCustomPerms", \.assetIncludeCustomPerms, isRequired: true),
        .required("assetSigningCertId", \.assetSigningCertID),
        .number("assetValidityPeriod", \.assetValidityPeriod, isRequired: true),
    ]
}

extension ConnectedAppOAuthPolicy: MetadataRecord {
    static let metadataName = "ConnectedAppOauthPolicy"
    static let fields: [MetadataField<Self>] = [
        .word("ipRelaxation", \.ipRelaxation, isRequired: true),
        .flag("isTokenExchangeFlowEnabled", \.isTokenExchangeFlowEnabled),
        .required("refreshTokenPolicy", \.refreshTokenPolicy),
        .text("singleLogoutUrl", \.singleLogoutURL),
    ]
}
