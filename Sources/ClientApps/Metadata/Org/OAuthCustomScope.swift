/// A scope that an org defines itself (facts: app-model 1.10).
public struct OAuthCustomScope: Hashable, Sendable {
    /// The connected apps it is assigned to, by developer name.
    public var assignedTo: [String] = []
    /// What the scope allows, for the consent page: at most 60 characters.
    public var description: String = ""
    /// The name on the wire.
    public var developerName: String = ""
    /// Whether a package hides it.
    public var isProtected: Bool?
    /// Whether discovery lists it.
    public var isPublic: Bool?
    /// The name people read.
    public var masterLabel: String = ""

    /// A scope without values.
    public init() {}
}

/// A handler of the token exchange flow (facts: app-model 1.10). Signet keeps and returns it: it runs no Apex.
public struct OAuthTokenExchangeHandler: Hashable, Sendable {
    /// What it does.
    public var description: String = ""
    /// Its name.
    public var developerName: String = ""
    /// The apps it serves.
    public var enablements: [OAuthTokenExchangeEnablement] = []
    /// Whether it takes access tokens.
    public var isAccessTokenSupported: Bool?
    /// Whether it is on.
    public var isEnabled: Bool?
    /// Whether it takes ID tokens.
    public var isIDTokenSupported: Bool?
    /// Whether it takes JWTs.
    public var isJWTSupported: Bool?
    /// Whether a package hides it.
    public var isProtected: Bool?
    /// Whether it takes refresh tokens.
    public var isRefreshTokenSupported: Bool?
    /// Whether it takes SAML assertions.
    public var isSAML2Supported: Bool?
    /// Whether it may create users.
    public var isUserCreationAllowed: Bool?
    /// The name people read.
    public var masterLabel: String = ""
    /// The Apex class.
    public var tokenHandlerApex: String = ""

    /// A handler without values.
    public init() {}
}

/// One app that a token exchange handler serves.
public struct OAuthTokenExchangeEnablement: Hashable, Sendable {
    /// The user that the Apex class runs as.
    public var apexExecutionUser: String = ""
    /// The connected app, by developer name.
    public var connectedApp: String?
    /// The external client app, by developer name.
    public var externalClientApp: String?
    /// Whether this handler serves requests that name none.
    public var isDefault: Bool?

    /// An enablement without values.
    public init() {}
}

extension OAuthCustomScope: DocumentRecord {
    static let type = MetadataType.customScope
    static let fields: [MetadataField<Self>] = [
        .texts("assignedTo", \.assignedTo),
        .required("description", \.description),
        .required("developerName", \.developerName),
        .flag("isProtected", \.isProtected, isRequired: true),
        .flag("isPublic", \.isPublic),
        .required("masterLabel", \.masterLabel),
    ]
}

extension OAuthTokenExchangeHandler: DocumentRecord {
    static let type = MetadataType.tokenExchangeHandler
    static let fields: [MetadataField<Self>] = [
        .required("description", \.description),
        .required("developerName", \.developerName),
        .list("enablements", \.enablements),
        .flag("isAccessTokenSupported", \.isAccessTokenSupported, isRequired: true),
        .flag("isEnabled", \.isEnabled, isRequired: true),
        .flag("isIdTokenSupported", \.isIDTokenSupported, isRequired: true),
        .flag("isJwtSupported", \.isJWTSupported, isRequired: true),
        .flag("isProtected", \.isProtected),
        .flag("isRefreshTokenSupported", \.isRefreshTokenSupported, isRequired: true),
        .flag("isSaml2Supported", \.isSAML2Supported, isRequired: true),
        .flag("isUserCreationAllowed", \.isUserCreationAllowed, isRequired: true),
        .required("masterLabel", \.masterLabel),
        .required("tokenHandlerApex", \.tokenHandlerApex),
    ]
}

extension OAuthTokenExchangeEnablement: MetadataRecord {
    static let metadataName = "OauthTokenExchHandlerApps"
    static let fields: [MetadataField<Self>] = [
        .required("apexExecutionUser", \.apexExecutionUser),
        .text("connectedApp", \.connectedApp),
        .text("externalClientApp", \.externalClientApp),
        .flag("isDefault", \.isDefault, isRequired: true),
    ]
}
