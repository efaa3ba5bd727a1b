/// The mobile settings of an app, which its developer owns (facts: app-model 1.8). Signet keeps and returns them.
public struct MobileSettings: Hashable, Sendable {
    /// The developer name of the app.
    public var externalClientApplication: String = ""
    /// Whether the app locks its screen when it is idle.
    public var isScreenLockEnabled: Bool?
    /// The name of this record.
    public var label: String?

    /// Settings without values.
    public init() {}
}

/// The mobile policies of an app, which the admin owns (facts: app-model 1.8). Signet keeps and returns them.
public struct MobilePolicies: Hashable, Sendable {
    /// The developer name of the app.
    public var externalClientApplication: String = ""
    /// The name of this record.
    public var label: String?
    /// After how many idle minutes the screen locks.
    public var screenLockTimeout: ScreenLockTimeout?

    /// Policies without values.
    public init() {}
}

/// After how many idle minutes a screen locks, spelled as words.
public enum ScreenLockTimeout: String, Hashable, Sendable, CaseIterable {
    case never = "Never"
    case one = "One"
    case five = "Five"
    case ten = "Ten"
    case thirty = "Thirty"
    case sixty = "Sixty"
    case oneTwenty = "OneTwenty"
    case oneEighty = "OneEighty"
    case twoForty = "TwoForty"
}

extension MobileSettings: SatelliteRecord {
    static let type = MetadataType.mobileSettings
    static let fields: [MetadataField<Self>] = [
        .required("externalClientApplication", \.externalClientApplication),
        .flag("isScreenLockEnabled", \.isScreenLockEnabled, isRequired: true),
        .text("label", \.label),
    ]
}

extension MobilePolicies: SatelliteRecord {
    static let type = MetadataType.mobilePolicies
    static let fields: [MetadataField<Self>] = [
        .required("externalClientApplication", \.externalClientApplication),
        .text("label", \.label),
        .word("screenLockTimeout", \.screenLockTimeout),
    ]
}
