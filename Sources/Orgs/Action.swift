/// What somebody may want to do with apps, and which permissions it needs (facts: app-model 4.2).
///
/// Every entry (REST, SOAP, Setup, command line) asks here before it acts; nothing else compares permissions.
public enum Action: String, Hashable, Sendable, CaseIterable {
    /// See the list of external client apps.
    case viewExternalClientApps
    /// Create, change or delete an external client app and its settings, or migrate a connected app to one.
    case developExternalClientApp
    /// Change the policies of an external client app and switch its plugins.
    case administerExternalClientApp
    /// See and end what users have allowed an external client app.
    case manageExternalClientAppUsage
    /// See the consumer key and secret of an external client app, or stage, rotate and delete pairs, by REST.
    case manageCredentials
    /// Read or write consumer secrets as metadata.
    case accessSecretsInMetadata
    /// Deploy, retrieve, list or describe metadata.
    case useMetadataAPI
    /// Read, create, change or delete a connected app, all but its profiles, permission sets and SAML attributes.
    case developConnectedApp
    /// Change the profiles, permission sets and SAML attributes of a connected app.
    case assignConnectedApp
    /// Rotate the consumer key and secret of a connected app.
    case rotateConnectedApp
    /// Install or uninstall a packaged connected app.
    case installConnectedApp
    /// Install, upgrade or uninstall a packaged external client app.
    case installExternalClientApp
    /// See which connected apps are used in the org, and by whom.
    case viewConnectedAppUsage
    /// Authorize a connected app that is not installed in the org.
    case authorizeUninstalledConnectedApp
    /// Define custom scopes.
    case manageCustomScopes
    /// Use an app that the org's allowlist does not name.
    case bypassAPIAccessControl
    /// Change profiles and permission sets.
    case manageAccess
    /// Create and change users.
    case manageUsers
    /// See the settings of the org.
    case viewSettings
    /// Change the settings of the org.
    case changeSettings

    /// The permissions that it needs.
    public var requirement: Requirement {
        switch self {
        case .viewExternalClientApps: .permission(.externalClientAppViewer)
        case .developExternalClientApp: .permission(.externalClientAppDeveloper)
        case .administerExternalClientApp, .manageExternalClientAppUsage: .permission(.externalClientAppAdmin)
        case .manageCredentials:
            .all([.permission(.externalClientAppDeveloper), .permission(.viewClientSecret)])
        case .accessSecretsInMetadata: .permission(.viewSecretsInMetadata)
        case .useMetadataAPI: .any([.permission(.modifyMetadata), .permission(.modifyAllData)])
        case .developConnectedApp: .all([.permission(.customizeApplication), Self.connectedAppRight])
        case .assignConnectedApp:
            .all([
                .permission(.customizeApplication), .permission(.modifyAllData),
                .permission(.manageProfilesPermissionSets),
            ])
        case .rotateConnectedApp: .permission(.clientSecretRotation)
        case .installConnectedApp:
            .all([
                .permission(.installPackaging), .permission(.customizeApplication), Self.connectedAppRight,
            ])
        case .installExternalClientApp:
            .all([
                .permission(.installPackaging), .permission(.customizeApplication),
                .any([.permission(.modifyAllData), .permission(.externalClientAppDeveloper)]),
            ])
        case .viewConnectedAppUsage: .all([.permission(.viewSetup), .permission(.manageUsers)])
        case .authorizeUninstalledConnectedApp: .permission(.canApproveUninstalledApps)
        case .manageCustomScopes: .permission(.manageRemoteAccess)
        case .bypassAPIAccessControl: .permission(.useAnyAPIClient)
        case .manageAccess: .permission(.manageProfilesPermissionSets)
        case .manageUsers: .permission(.manageUsers)
        case .viewSettings: .permission(.viewSetup)
        case .changeSettings: .permission(.customizeApplication)
        }
    }

    /// "Modify All Data or Manage Connected Apps", which every right over connected apps contains.
    private static let connectedAppRight = Requirement.any([
        .permission(.modifyAllData), .permission(.manageRemoteAccess),
    ])

    /// Requires the permissions that the action needs.
    ///
    /// - Parameter granted: the permissions of who acts, with all that they imply.
    /// - Throws: ``MissingPermission``, which names what is missing.
    public func require(_ granted: Set<Permission>) throws(MissingPermission) {
        if let missing = requirement.missing(from: granted) {
            throw MissingPermission(action: self, missing: missing)
        }
    }
}

/// Says that somebody may not do something, and what they lack.
public struct MissingPermission: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was asked for.
    public let action: Action
    /// What is missing.
    public let missing: Requirement

    /// Names the permissions and the remedy.
    public var description: String {
        "insufficient privileges: this needs the permission \(missing); an admin grants it by a profile or a permission set."
    }
}
