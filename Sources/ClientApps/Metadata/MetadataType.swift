/// The types of document that an app is made of.
public enum MetadataType: Hashable, Sendable, CaseIterable {
    /// The header, which the developer owns.
    case application
    /// The OAuth settings that never leave their org.
    case globalOAuth
    /// The OAuth settings that travel with the app.
    case oauth
    /// The OAuth policies, which the admin owns.
    case oauthPolicies
    /// The switches of the app, which the admin owns.
    case appPolicies

    /// The name of the root element.
    public var name: String {
        switch self {
        case .application: ExternalClientApplication.metadataName
        case .globalOAuth: GlobalOAuthSettings.metadataName
        case .oauth: OAuthSettings.metadataName
        case .oauthPolicies: OAuthPolicies.metadataName
        case .appPolicies: AppPolicies.metadataName
        }
    }

    /// The folder that its files are in.
    public var folder: String {
        switch self {
        case .application: "externalClientApps"
        case .globalOAuth: "extlClntAppGlobalOauthSets"
        case .oauth: "extlClntAppOauthSettings"
        case .oauthPolicies: "extlClntAppOauthPolicies"
        case .appPolicies: "extlClntAppPolicies"
        }
    }

    /// What the names of its files end with, before `-meta.xml`.
    public var suffix: String {
        switch self {
        case .application: "eca"
        case .globalOAuth: "ecaGlblOauth"
        case .oauth: "ecaOauth"
        case .oauthPolicies: "ecaOauthPlcy"
        case .appPolicies: "ecaPlcy"
        }
    }

    /// The type with this name; `nil` for none that is known.
    init?(name: String) {
        guard let type = MetadataType.allCases.first(where: { $0.name == name }) else { return nil }
        self = type
    }
}
