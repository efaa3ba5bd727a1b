/// The types of metadata that Signet knows, by the names that documents and manifests give them (facts: app-model 1.1, 1.10, 2).
public enum MetadataType: String, Hashable, Sendable, CaseIterable {
    case externalClientApplication = "ExternalClientApplication"
    case globalOAuthSettings = "ExtlClntAppGlobalOauthSettings"
    case oauthSettings = "ExtlClntAppOauthSettings"
    case oauthPolicies = "ExtlClntAppOauthConfigurablePolicies"
    case appPolicies = "ExtlClntAppConfigurablePolicies"
    case samlPolicies = "ExtlClntAppSamlConfigurablePolicies"
    case mobileSettings = "ExtlClntAppMobileSettings"
    case mobilePolicies = "ExtlClntAppMobileConfigurablePolicies"
    case pushSettings = "ExtlClntAppPushSettings"
    case pushPolicies = "ExtlClntAppPushConfigurablePolicies"
    case notificationSettings = "ExtlClntAppNotificationSettings"
    case canvasSettings = "ExtlClntAppCanvasSettings"
    case oauthSecuritySettings = "ExtlClntAppOauthSecuritySettings"
    case connectedApp = "ConnectedApp"
    case customScope = "OauthCustomScope"
    case tokenExchangeHandler = "OauthTokenExchangeHandler"
    case externalClientAppSettings = "ExternalClientAppSettings"
    case connectedAppSettings = "ConnectedAppSettings"
    case oauthOIDCSettings = "OauthOidcSettings"
    case profile = "Profile"
    case permissionSet = "PermissionSet"

    /// The folder of an archive or project in which documents of the type stand.
    public var folder: String { place.folder }
    /// The suffix of their files.
    public var suffix: String { place.suffix }
    /// The first version of the API that knows the type.
    public var since: Int { place.since }

    private var place: (folder: String, suffix: String, since: Int) {
        switch self {
        case .externalClientApplication: ("externalClientApps", "eca", 59)
        case .globalOAuthSettings: ("extlClntAppGlobalOauthSets", "ecaGlblOauth", 59)
        case .oauthSettings: ("extlClntAppOauthSettings", "ecaOauth", 59)
        case .oauthPolicies: ("extlClntAppOauthPolicies", "ecaOauthPlcy", 59)
        case .appPolicies: ("extlClntAppPolicies", "ecaPlcy", 60)
        case .samlPolicies: ("extlClntAppSamlConfigurablePolicies", "ecaSamlPlcy", 63)
        case .mobileSettings: ("extlClntAppMobileSettings", "ecaMobile", 64)
        case .mobilePolicies: ("extlClntAppMobilePolicies", "ecaMobilePlcy", 64)
        case .pushSettings: ("extlClntAppPushSettings", "ecaPush", 64)
        case .pushPolicies: ("extlClntAppPushPolicies", "ecaPushPlcy", 64)
        case .notificationSettings: ("extlClntAppNotifSettings", "ecaNotifications", 64)
        case .canvasSettings: ("extlClntAppCanvasSettings", "ecaCanvas", 66)
        case .oauthSecuritySettings: ("extlClntAppOauthSecuritySettings", "ecaOauthSecurity", 67)
        case .connectedApp: ("connectedApps", "connectedApp", 29)
        case .customScope: ("oauthcustomscopes", "oauthcustomscope", 46)
        case .tokenExchangeHandler: ("oauthtokenexchangehandlers", "oauthtokenexchangehandler", 60)
        case .externalClientAppSettings: ("settings", "settings", 58)
        case .connectedAppSettings: ("settings", "settings", 47)
        case .oauthOIDCSettings: ("settings", "settings", 56)
        case .profile: ("profiles", "profile", 10)
        case .permissionSet: ("permissionsets", "permissionset", 22)
        }
    }

    /// The one name that a document of settings has; `nil` for types with a document for each thing.
    public var settingsName: String? {
        switch self {
        case .externalClientAppSettings: "ExternalClientApp"
        case .connectedAppSettings: "ConnectedApp"
        case .oauthOIDCSettings: "OauthOidc"
        default: nil
        }
    }

    /// Whether documents of the type belong to an external client app and name it.
    public var isSatellite: Bool {
        switch self {
        case .globalOAuthSettings, .oauthSettings, .oauthPolicies, .appPolicies, .samlPolicies, .mobileSettings,
            .mobilePolicies, .pushSettings, .pushPolicies, .notificationSettings, .canvasSettings,
            .oauthSecuritySettings:
            true
        default: false
        }
    }

    /// The path of a document, without the suffix that source projects add.
    public func path(of fullName: String) -> String { "\(folder)/\(fullName).\(suffix)" }
}

/// What a path says of the document at it.
package struct MetadataPath {
    /// The type of the document.
    package let type: MetadataType
    /// Its full name.
    package let fullName: String

    /// Reads the last two parts of a path, with `-meta.xml` or without.
    package init?(_ path: String) {
        let parts = path.split(separator: "/")
        guard parts.count >= 2, let file = parts.last else { return nil }
        let plain = file.hasSuffix("-meta.xml") ? file.dropLast("-meta.xml".count) : file[...]
        guard let dot = plain.lastIndex(of: "."), dot != plain.startIndex else { return nil }
        let (name, suffix) = (String(plain[..<dot]), plain[plain.index(after: dot)...])
        let folder = parts[parts.count - 2]
        let type = MetadataType.allCases.first { type in
            type.folder == folder && type.suffix == suffix && type.settingsName ?? name == name
        }
        guard let type else { return nil }
        (self.type, fullName) = (type, name)
    }
}
