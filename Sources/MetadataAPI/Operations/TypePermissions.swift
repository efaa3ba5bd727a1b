package import ClientApps
import Orgs

/// Which action each type of metadata is: the one place that joins types and the action matrix (facts: app-model 1.1 and 4.2).
extension MetadataType {
    /// What making, changing or deleting a document of the type is.
    var writeAction: Action {
        switch self {
        case .externalClientApplication, .globalOAuthSettings, .oauthSettings, .mobileSettings, .pushSettings,
            .notificationSettings, .canvasSettings, .oauthSecuritySettings:
            .developExternalClientApp
        case .oauthPolicies, .appPolicies, .samlPolicies, .mobilePolicies, .pushPolicies: .administerExternalClientApp
        case .connectedApp: .developConnectedApp
        case .customScope: .manageCustomScopes
        case .tokenExchangeHandler, .externalClientAppSettings, .connectedAppSettings, .oauthOIDCSettings:
            .changeSettings
        case .profile, .permissionSet: .manageAccess
        }
    }

    /// What seeing a document of the type is.
    var readAction: Action {
        switch self {
        case .connectedApp: .developConnectedApp
        case .customScope: .manageCustomScopes
        case .tokenExchangeHandler, .externalClientAppSettings, .connectedAppSettings, .oauthOIDCSettings, .profile,
            .permissionSet:
            .viewSettings
        case .externalClientApplication: .viewExternalClientApps
        // "View all External Client Apps" does not go on with "view their settings, and edit their policies".
        case .globalOAuthSettings, .oauthSettings, .oauthPolicies, .appPolicies, .samlPolicies, .mobileSettings,
            .mobilePolicies, .pushSettings, .pushPolicies, .notificationSettings, .canvasSettings,
            .oauthSecuritySettings:
            .administerExternalClientApp
        }
    }

    /// The name of the type in a manifest, where all settings are of one type.
    package var manifestName: String { settingsName == nil ? rawValue : "Settings" }

    /// The types that a manifest means by a name, as far as a version knows them.
    static func named(_ name: String, version: Int) -> [MetadataType] {
        allCases.filter { $0.manifestName == name && $0.since <= version }
    }

    /// The type of a name in a call, where each kind of settings is a type, as far as a version knows it.
    ///
    /// - Throws: ``MetadataFault``.
    static func called(_ name: String, version: Int) throws(MetadataFault) -> MetadataType {
        guard let type = MetadataType(rawValue: name) else {
            throw MetadataFault(
                .invalidType,
                "This type of metadata is not available for this organization; describeMetadata lists those that are."
            )
        }
        guard type.since <= version else {
            throw MetadataFault(
                .invalidType,
                "\(type.rawValue) is not part of version \(version).0; use version \(type.since).0 or later."
            )
        }
        return type
    }
}
