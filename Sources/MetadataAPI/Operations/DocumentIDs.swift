import ClientApps
import OAuthTypes

/// The ids of the documents of apps. A document has no row with an id of its own: its id is that of its app under the prefix of its type, so that
/// clients which keep components by their ids tell the documents of one app apart.
extension MetadataType {
    /// The id of the document of this type that an app has.
    func documentID(of app: AppID) -> String {
        guard let prefix = documentPrefix else { return app.rawValue }
        return AppID(prefix + app.short.dropFirst(prefix.utf8.count))?.rawValue ?? app.rawValue
    }

    private var documentPrefix: String? {
        switch self {
        case .globalOAuthSettings: "0xG"
        case .oauthSettings: "0xO"
        case .oauthPolicies: "0xP"
        case .appPolicies: "0xC"
        case .samlPolicies: "0xS"
        case .mobileSettings: "0xM"
        case .mobilePolicies: "0xN"
        case .pushSettings: "0xU"
        case .pushPolicies: "0xV"
        case .notificationSettings: "0xT"
        case .canvasSettings: "0xA"
        case .oauthSecuritySettings: "0xR"
        case .externalClientApplication, .connectedApp, .customScope, .tokenExchangeHandler, .externalClientAppSettings,
            .connectedAppSettings, .oauthOIDCSettings, .profile, .permissionSet:
            nil
        }
    }
}
