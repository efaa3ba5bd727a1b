/// A connected app: the older kind of app, settings and policies in one document (facts: app-model 2). `nil` is what a document leaves out.
public struct ConnectedApp: Hashable, Sendable {
    /// Attributes that tokens and assertions may carry.
    public var attributes: [CustomAttribute] = []
    /// Where a canvas app of the first kind had its address. Kept, without effect.
    public var canvas: String?
    /// The canvas part.
    public var canvasConfig: ConnectedAppCanvasConfig?
    /// Whom an admin asks.
    public var contactEmail: String = ""
    /// The telephone number beside it.
    public var contactPhone: String?
    /// What the app is.
    public var description: String?
    /// Reserved by the original.
    public var iconURL: String?
    /// A page about the app.
    public var infoURL: String?
    /// The trusted addresses of the web server flow.
    public var ipRanges: [ConnectedAppIPRange] = []
    /// The name people read.
    public var label: String = ""
    /// The logo, by https.
    public var logoURL: String?
    /// The mobile part.
    public var mobileAppConfig: ConnectedAppMobileConfig?
    /// Where the app starts on a phone.
    public var mobileStartURL: String?
    /// The OAuth part.
    public var oauthConfig: ConnectedAppOAuthConfig?
    /// The OAuth policies, which the admin owns.
    public var oauthPolicy: ConnectedAppOAuthPolicy?
    /// Permission sets whose holders may use the app, if an admin approves users.
    public var permissionSetName: [String] = []
    /// The Apex class that handles the app.
    public var plugin: String?
    /// The user it runs as.
    public var pluginExecutionUser: String?
    /// Profiles whose users may use the app, if an admin approves users.
    public var profileName: [String] = []
    /// The SAML part.
    public var samlConfig: ConnectedAppSAMLConfig?
    /// The session policies, which the admin owns.
    public var sessionPolicy: ConnectedAppSessionPolicy?
    /// Where the app starts.
    public var startURL: String?

    /// An app without values.
    public init() {}
}

/// A range of trusted addresses.
public struct ConnectedAppIPRange: Hashable, Sendable {
    /// What it is.
    public var description: String?
    /// The last address.
    public var end: String = ""
    /// The first address.
    public var start: String = ""

    /// A range without values.
    public init() {}
}

/// The mobile part of a connected app. Signet keeps and returns it.
public struct ConnectedAppMobileConfig: Hashable, Sendable {
    /// The binary of the app, as base64.
    public var applicationBinaryFile: String?
    /// Its file name.
    public var applicationBinaryFileName: String?
    /// Its bundle id.
    public var applicationBundleIdentifier: String?
    /// Its size in bytes.
    public var applicationFileLength: Int?
    /// Its icon.
    public var applicationIconFile: String?
    /// The icon's file name.
    public var applicationIconFileName: String?
    /// Where it is installed from.
    public var applicationInstallURL: String?
    /// The kind of device.
    public var devicePlatform: String?
    /// The size of the screen.
    public var deviceType: String?
    /// The least version of the device.
    public var minimumOSVersion: String?
    /// Whether it is private to the org.
    public var privateApp: Bool?
    /// The version.
    public var version: String?

    /// A part without values.
    public init() {}
}

/// The session policies of a connected app (facts: app-model 2).
public struct ConnectedAppSessionPolicy: Hashable, Sendable {
    /// What happens where the session's level is too low.
    public var policyAction: PolicyAction?
    /// The level that sessions need.
    public var sessionLevel: SessionSecurityLevel?
    /// The timeout in minutes; the profile's, else the org's, where absent.
    public var sessionTimeout: Int?

    /// Policies without values.
    public init() {}
}

extension ConnectedApp: DocumentRecord {
    static let type = MetadataType.connectedApp
    static let fields: [MetadataField<Self>] = [
        .list("attributes", \.attributes, of: "ConnectedAppAttribute"),
        .text("canvas", \.canvas),
        .record("canvasConfig", \.canvasConfig),
        .required("contactEmail", \.contactEmail),
        .text("contactPhone", \.contactPhone),
        .text("description", \.description),
        .text("iconUrl", \.iconURL),
        .text("infoUrl", \.infoURL),
        .list("ipRanges", \.ipRanges),
        .required("label", \.label),
        .text("logoUrl", \.logoURL),
        .record("mobileAppConfig", \.mobileAppConfig),
        .text("mobileStartUrl", \.mobileStartURL),
        .record("oauthConfig", \.oauthConfig),
        .record("oauthPolicy", \.oauthPolicy),
        .texts("permissionSetName", \.permissionSetName),
        .text("plugin", \.plugin),
        .text("pluginExecutionUser", \.pluginExecutionUser),
        .texts("profileName", \.profileName),
        .record("samlConfig", \.samlConfig),
        .record("sessionPolicy", \.sessionPolicy),
        .text("startUrl", \.startURL),
    ]
}

extension ConnectedAppIPRange: MetadataRecord {
    static let metadataName = "ConnectedAppIpRange"
    static let fields: [MetadataField<Self>] = [
        .text("description", \.description),
        .required("end", \.end),
        .required("start", \.start),
    ]
}

extension ConnectedAppMobileConfig: MetadataRecord {
    static let metadataName = "ConnectedAppMobileDetailConfig"
    static let fields: [MetadataField<Self>] = [
        .text("applicationBinaryFile", \.applicationBinaryFile),
        .text("applicationBinaryFileName", \.applicationBinaryFileName),
        .text("applicationBundleIdentifier", \.applicationBundleIdentifier),
        .number("applicationFileLength", \.applicationFileLength),
        .text("applicationIconFile", \.applicationIconFile),
        .text("applicationIconFileName", \.applicationIconFileName),
        .text("applicationInstallUrl", \.applicationInstallURL),
        .text("devicePlatform", \.devicePlatform),
        .text("deviceType", \.deviceType),
        .text("minimumOsVersion", \.minimumOSVersion),
        .flag("privateApp", \.privateApp),
        .text("version", \.version),
    ]
}

extension ConnectedAppSessionPolicy: MetadataRecord {
    static let metadataName = "ConnectedAppSessionPolicy"
    static let fields: [MetadataField<Self>] = [
        .word("policyAction", \.policyAction),
        .word("sessionLevel", \.sessionLevel),
        .number("sessionTimeout", \.sessionTimeout),
    ]
}
