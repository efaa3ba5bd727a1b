/// The on and off switches of an app, which the admin owns. `nil` is what a document leaves out.
public struct AppPolicies: Hashable, Sendable {
    public var externalClientApplication: String = ""
    public var isCanvasPluginEnabled: Bool?
    public var isEnabled: Bool?
    public var isMobilePluginEnabled: Bool?
    public var isNotificationPluginEnabled: Bool?
    public var isOAuthPluginEnabled: Bool?
    public var isPushPluginEnabled: Bool?
    public var isSAMLPluginEnabled: Bool?
    public var label: String?
    public var startPage: StartPage?
    public var startURL: String?

    public init() {}
}

extension AppPolicies: SatelliteRecord {
    static let type = MetadataType.appPolicies
    static let fields: [MetadataField<Self>] = [
        .required("externalClientApplication", \.externalClientApplication),
        .flag("isCanvasPluginEnabled", \.isCanvasPluginEnabled),
        .flag("isEnabled", \.isEnabled),
        .flag("isMobilePluginEnabled", \.isMobilePluginEnabled),
        .flag("isNotificationPluginEnabled", \.isNotificationPluginEnabled),
        .flag("isOauthPluginEnabled", \.isOAuthPluginEnabled),
        .flag("isPushPluginEnabled", \.isPushPluginEnabled),
        .flag("isSamlPluginEnabled", \.isSAMLPluginEnabled),
        .text("label", \.label),
        .word("startPage", \.startPage),
        .text("startUrl", \.startURL),
    ]
}
