/// The SAML part of a connected app (facts: app-model 2). Signet keeps and returns it.
public struct ConnectedAppSAMLConfig: Hashable, Sendable {
    /// Where assertions go.
    public var acsURL: String = ""
    /// The certificate of the service provider.
    public var certificate: String?
    /// The certificate that assertions are encrypted with.
    public var encryptionCertificate: String?
    /// The cipher of encrypted assertions.
    public var encryptionType: SAMLEncryptionType?
    /// The entity id of the service provider.
    public var entityURL: String = ""
    /// The issuer of assertions.
    public var issuer: String?
    /// How single logout is sent.
    public var samlIdpSLOBinding: SAMLLogoutBinding?
    /// The format of the subject's name.
    public var samlNameIDFormat: SAMLNameIDFormat?
    /// The hash of signatures.
    public var samlSigningAlgorithm: SAMLSigningAlgorithm?
    /// Where single logout is sent.
    public var samlSLOURL: String?
    /// The attribute that names the subject, if it is a custom one.
    public var samlSubjectCustomAttribute: String?
    /// What names the subject.
    public var samlSubjectType: ConnectedAppSAMLSubjectType?

    /// A part without values.
    public init() {}
}

/// ``SAMLSubjectType`` as connected apps spell it.
public enum ConnectedAppSAMLSubjectType: String, Hashable, Sendable, CaseIterable {
    case username = "Username"
    case federationID = "FederationId"
    case userID = "UserId"
    case persistentID = "PersistentID"
    case customAttribute = "CustomAttr"
}

/// The canvas part of a connected app (facts: app-model 2). Signet keeps and returns it.
public struct ConnectedAppCanvasConfig: Hashable, Sendable {
    /// How the signed request is sent.
    public var accessMethod: CanvasAccessMethod?
    /// The address of the app.
    public var canvasURL: String = ""
    /// The Apex class that is told of what happens to the app.
    public var lifecycleClass: String?
    /// Where the app may be shown.
    public var locations: [ConnectedAppCanvasLocation] = []
    /// What is hidden around it.
    public var options: [ConnectedAppCanvasOption] = []
    /// Who starts the sign-in.
    public var samlInitiationMethod: CanvasSAMLInitiation?

    /// A part without values.
    public init() {}
}

/// Where the canvas of a connected app may be shown.
public enum ConnectedAppCanvasLocation: String, Hashable, Sendable, CaseIterable {
    case aura = "Aura"
    case appLauncher = "AppLauncher"
    case chatter = "Chatter"
    case chatterFeed = "ChatterFeed"
    case mobileNav = "MobileNav"
    case none = "None"
    case openCTI = "OpenCTI"
    case pageLayout = "PageLayout"
    case publisher = "Publisher"
    case serviceDesk = "ServiceDesk"
    case userProfile = "UserProfile"
    case visualforce = "Visualforce"
}

/// What is hidden around the canvas of a connected app, and whether users may install it themselves.
public enum ConnectedAppCanvasOption: String, Hashable, Sendable, CaseIterable {
    case hideShare = "HideShare"
    case hideHeader = "HideHeader"
    case personalEnabled = "PersonalEnabled"
}

extension ConnectedAppSAMLConfig: MetadataRecord {
    static let metadataName = "ConnectedAppSamlConfig"
    static let fields: [MetadataField<Self>] = [
        .required("acsUrl", \.acsURL),
        .text("certificate", \.certificate),
        .text("encryptionCertificate", \.encryptionCertificate),
        .word("encryptionType", \.encryptionType, of: "SamlEncryptionType"),
        .required("entityUrl", \.entityURL),
        .text("issuer", \.issuer),
        .word("samlIdpSLOBindingEnum", \.samlIdpSLOBinding, of: "SamlIdpSLOBinding"),
        .word("samlNameIdFormat", \.samlNameIDFormat, of: "SamlNameIdFormatType"),
        .word("samlSigningAlgoType", \.samlSigningAlgorithm, of: "SamlSigningAlgoType"),
        .text("samlSloUrl", \.samlSLOURL),
        .text("samlSubjectCustomAttr", \.samlSubjectCustomAttribute),
        .word("samlSubjectType", \.samlSubjectType, isRequired: true),
    ]
}

extension ConnectedAppCanvasConfig: MetadataRecord {
    static let metadataName = "ConnectedAppCanvasConfig"
    static let fields: [MetadataField<Self>] = [
        .word("accessMethod", \.accessMethod, isRequired: true),
        .required("canvasUrl", \.canvasURL),
        .text("lifecycleClass", \.lifecycleClass),
        .words("locations", \.locations),
        .words("options", \.options),
        .word("samlInitiationMethod", \.samlInitiationMethod),
    ]
}
