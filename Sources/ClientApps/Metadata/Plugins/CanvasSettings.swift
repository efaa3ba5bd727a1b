/// The canvas settings of an app, which its developer owns (facts: app-model 1.8). Signet keeps and returns them.
public struct CanvasSettings: Hashable, Sendable {
    /// How the signed request is sent.
    public var accessMethod: CanvasAccessMethod?
    /// Where the app may be shown.
    public var canvasLocationOptions: [CanvasLocation] = []
    /// What is hidden around it.
    public var canvasOptions: [CanvasOption] = []
    /// The address of the app.
    public var canvasURL: String = ""
    /// The developer name of the app.
    public var externalClientApplication: String = ""
    /// The name of this record.
    public var label: String?
    /// The Apex class that is told of what happens to the app.
    public var lifeCycleHandler: String?
    /// Who starts the sign-in.
    public var samlInitiationMethod: CanvasSAMLInitiation?

    /// Settings without values.
    public init() {}
}

/// How a canvas app gets its signed request.
public enum CanvasAccessMethod: String, Hashable, Sendable, CaseIterable {
    case get = "Get"
    case post = "Post"
}

/// Where a canvas app may be shown.
public enum CanvasLocation: String, Hashable, Sendable, CaseIterable {
    case aura = "Aura"
    case chatterFeed = "ChatterFeed"
    case mobileNav = "MobileNav"
    case none = "None"
    case pageLayout = "PageLayout"
    case publisher = "Publisher"
    case visualforce = "Visualforce"
}

/// What is hidden around a canvas app.
public enum CanvasOption: String, Hashable, Sendable, CaseIterable {
    case hideShare = "HideShare"
    case hideHeader = "HideHeader"
}

/// Who starts the sign-in of a canvas app.
public enum CanvasSAMLInitiation: String, Hashable, Sendable, CaseIterable {
    case identityProvider = "IdpInitiated"
    case serviceProvider = "SpInitiated"
    case none = "None"
}

extension CanvasSettings: SatelliteRecord {
    static let type = MetadataType.canvasSettings
    static let fields: [MetadataField<Self>] = [
        .word("accessMethod", \.accessMethod, isRequired: true),
        .words("canvasLocationOptions", \.canvasLocationOptions),
        .words("canvasOptions", \.canvasOptions),
        .required("canvasUrl", \.canvasURL),
        .required("externalClientApplication", \.externalClientApplication),
        .text("label", \.label),
        .text("lifeCycleHandler", \.lifeCycleHandler),
        .word("samlInitiationMethod", \.samlInitiationMethod),
    ]
}
