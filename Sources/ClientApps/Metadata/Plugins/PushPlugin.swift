/// The push settings of an app, which its developer owns (facts: app-model 1.8). Signet keeps and returns them.
///
/// Exactly one of the two services is set up, or the link to a set-up that came with a package.
public struct PushSettings: Hashable, Sendable {
    /// The set-up of Google's service.
    public var androidPushConfig: AndroidPushConfig?
    /// The set-up of Apple's service.
    public var applePushConfig: ApplePushConfig?
    /// The developer name of the app.
    public var externalClientApplication: String = ""
    /// The name of this record.
    public var label: String?
    /// `<org id>:<push configuration id>` of the org that holds the set-up.
    public var pushConfigLink: String?
    /// The service.
    public var pushServiceType: PushServiceType?

    /// Settings without values.
    public init() {}

    /// What a credential of a push service begins with that a server has sealed; no base64 and no password of Apple's has it.
    public static let sealedMark = "signet-sealed:"
}

/// The service that carries push notifications.
public enum PushServiceType: String, Hashable, Sendable, CaseIterable {
    case apple = "Apple"
    case android = "Android"
}

/// The set-up of Google's service.
public struct AndroidPushConfig: Hashable, Sendable {
    /// The project.
    public var fcmProject: String = ""
    /// The service account as base64, at most 8,000 characters.
    public var serviceAccount: String = ""

    /// A set-up without values.
    public init() {}
}

/// The set-up of Apple's service: a signing key with its two ids, or a certificate with its password.
public struct ApplePushConfig: Hashable, Sendable {
    /// The bundle id.
    public var applicationBundle: String?
    /// The certificate as base64.
    public var certificate: String?
    /// Which of Apple's servers.
    public var environment: ApplePushEnvironment?
    /// The id of the signing key.
    public var keyIdentifier: String?
    /// The password of the certificate.
    public var password: String?
    /// The signing key.
    public var signingKey: String?
    /// The id of the team.
    public var teamIdentifier: String?

    /// A set-up without values.
    public init() {}
}

/// Which of Apple's servers.
public enum ApplePushEnvironment: String, Hashable, Sendable, CaseIterable {
    case production = "Production"
    case sandbox = "Sandbox"
}

/// The push policies of an app, which the admin owns (facts: app-model 1.8). Signet keeps and returns them.
public struct PushPolicies: Hashable, Sendable {
    /// The developer name of the app.
    public var externalClientApplication: String = ""
    /// Whether notifications carry their whole content.
    public var isFullContent: Bool?
    /// The name of this record.
    public var label: String?

    /// Policies without values.
    public init() {}
}

extension PushSettings: SatelliteRecord {
    static let type = MetadataType.pushSettings
    static let fields: [MetadataField<Self>] = [
        .record("androidPushConfig", \.androidPushConfig),
        .record("applePushConfig", \.applePushConfig),
        .required("externalClientApplication", \.externalClientApplication),
        .text("label", \.label),
        .text("pushConfigLink", \.pushConfigLink),
        .word("pushServiceType", \.pushServiceType, isRequired: true),
    ]
}

extension AndroidPushConfig: MetadataRecord {
    static let metadataName = "ExtlClntAppAndroidPushConfig"
    static let fields: [MetadataField<Self>] = [
        .required("fcmProject", \.fcmProject),
        .required("serviceAccount", \.serviceAccount),
    ]
}

extension ApplePushConfig: MetadataRecord {
    static let metadataName = "ExtlClntAppApplePushConfig"
    static let fields: [MetadataField<Self>] = [
        .text("applicationBundle", \.applicationBundle),
        .text("certificate", \.certificate),
        .word("environment", \.environment, isRequired: true),
        .text("keyIdentifier", \.keyIdentifier),
        .text("password", \.password),
        .text("signingKey", \.signingKey),
        .text("teamIdentifier", \.teamIdentifier),
    ]
}

extension PushPolicies: SatelliteRecord {
    static let type = MetadataType.pushPolicies
    static let fields: [MetadataField<Self>] = [
        .required("externalClientApplication", \.externalClientApplication),
        .flag("isFullContent", \.isFullContent, isRequired: true),
        .text("label", \.label),
    ]
}
