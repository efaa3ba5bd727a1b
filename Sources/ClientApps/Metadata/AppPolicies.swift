/// The on and off switches of an app, which the admin owns. `nil` is what a document leaves out.
public struct AppPolicies: Hashable, Sendable {
    /// The developer name of the app.
    public var externalClientApplication: String = ""
    /// Kept; there is no canvas plugin.
    public var isCanvasPluginEnabled: Bool?
    /// Whether the app may be used at all; `true` by default.
    public var isEnabled: Bool?
    /// Kept; there is no mobile plugin.
    public var isMobilePluginEnabled: Bool?
    /// Kept; there is no notification plugin.
    public var isNotificationPluginEnabled: Bool?
    /// Whether the app may be used by OAuth; `true` by default.
    public var isOAuthPluginEnabled: Bool?
    /// Kept; there is no push plugin.
    public var isPushPluginEnabled: Bool?
    /// Kept; there is no SAML plugin.
    public var isSAMLPluginEnabled: Bool?
    /// The name of this document.
    public var label: String?
    /// What opens when a user starts the app. Kept, without effect.
    public var startPage: StartPage?
    /// The address that ``StartPage/custom`` opens. Kept, without effect.
    public var startURL: String?

    /// Policies that say nothing.
    public init() {}
}

extension AppPolicies: SatelliteRecord {
    static let type = MetadataType.appPolicies
    static let fields: [MetadataField<Self>] = [
        .required("externalClientApplication", \.externalClientApplication),
        .flag("isCanvasPluginEnabled", \.isCanvasPluginEnabled).since(66),
        .flag("isEnabled", \.isEnabled),
        .flag("isMobilePluginEnabled", \.isMobilePluginEnabled).since(63),
        .flag("isNotificationPluginEnabled", \.isNotificationPluginEnabled).since(63),
        .flag("isOauthPluginEnabled", \.isOAuthPluginEnabled),
        .flag("isPushPluginEnabled", \.isPushPluginEnabled).since(63),
        .flag("isSamlPluginEnabled", \.isSAMLPluginEnabled).since(63),
        .text("label", \.label),
        .word("startPage", \.startPage).since(63),
        .text("startUrl", \.startURL).since(63),
    ]
}
