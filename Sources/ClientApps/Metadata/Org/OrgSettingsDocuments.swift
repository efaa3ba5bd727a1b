/// The org's switches for external client apps, `ExternalClientApp.settings` (facts: app-model 1.10).
public struct ExternalClientAppSettings: Hashable, Sendable {
    /// Whether consumer secrets may be read and rotated by REST.
    public var enableClientSecretInRESTAPIAccess: Bool?
    /// Whether consumer secrets may be read as metadata; deprecated by the original.
    public var enableConsumerSecretAPIAccess: Bool?
    /// The old opt-in to external client apps, which current documentation no longer names.
    public var enableExternalClientApps: Bool?
    /// Whether an app of this org may be packaged though the org is no Dev Hub.
    public var enablePackageECAOAuthFromDevOrg: Bool?

    /// Switches left out.
    public init() {}
}

/// The org's switches for connected apps, `ConnectedApp.settings` (facts: app-model 1.10).
public struct ConnectedAppSettings: Hashable, Sendable {
    /// API access control: whether users may use only the connected apps that an admin has approved, unless they may use any API client.
    public var enableAdminApprovedAppsOnly: Bool?
    /// The same for external users, of whom there are none. Signet keeps and returns it.
    public var enableAdminApprovedAppsOnlyForExternalUser: Bool?
    /// Whether a welcome page is left out. Signet keeps and returns it.
    public var enableSkipUserProvisioningWizardWelcomePage: Bool?

    /// Switches left out.
    public init() {}
}

/// The org's switches for OAuth and OpenID Connect, `OauthOidc.settings` (facts: app-model 1.10).
public struct OAuthOIDCSettings: Hashable, Sendable {
    /// Internal to the original. Kept, without effect.
    public var agentAuthLinking: Bool?
    /// Whether the username-password flow is blocked.
    public var blockOAuthUserPasswordFlow: Bool?
    /// Whether the user-agent flow is blocked.
    public var blockOAuthUserAgentFlow: Bool?
    /// Internal to the original. Kept, without effect.
    public var isHeadlessForgotPasswordFlowEnabled: Bool?
    /// Whether every app of the org must use PKCE.
    public var isPKCERequired: Bool?
    /// Whether the authorization code and credentials flow is on.
    public var isCodeAndCredentialsFlowEnabled: Bool?

    /// Switches left out.
    public init() {}
}

extension ExternalClientAppSettings: DocumentRecord {
    static let type = MetadataType.externalClientAppSettings
    static let fields: [MetadataField<Self>] = [
        .flag("enableClientSecretInRestApiAccess", \.enableClientSecretInRESTAPIAccess).since(62),
        .flag("enableConsumerSecretApiAccess", \.enableConsumerSecretAPIAccess),
        .flag("enableExternalClientApps", \.enableExternalClientApps),
        .flag("enablePackageEcaOauthFromDevOrg", \.enablePackageECAOAuthFromDevOrg).since(62),
    ]
}

extension ConnectedAppSettings: DocumentRecord {
    static let type = MetadataType.connectedAppSettings
    static let fields: [MetadataField<Self>] = [
        .flag("enableAdminApprovedAppsOnly", \.enableAdminApprovedAppsOnly),
        .flag("enableAdminApprovedAppsOnlyForExternalUser", \.enableAdminApprovedAppsOnlyForExternalUser),
        .flag("enableSkipUserProvisioningWizardWelcomePage", \.enableSkipUserProvisioningWizardWelcomePage),
    ]
}

extension OAuthOIDCSettings: DocumentRecord {
    static let type = MetadataType.oauthOIDCSettings
    static let fields: [MetadataField<Self>] = [
        .flag("agentAuthLinking", \.agentAuthLinking),
        .flag("blockOAuthUnPwFlow", \.blockOAuthUserPasswordFlow),
        .flag("blockOAuthUsrAgtFlow", \.blockOAuthUserAgentFlow),
        .flag("enableHdlessFgtPswFlow", \.isHeadlessForgotPasswordFlowEnabled),
        .flag("isPkceRequired", \.isPKCERequired),
        .flag("oAuthCdCrdtFlowEnable", \.isCodeAndCredentialsFlowEnabled),
    ]
}
