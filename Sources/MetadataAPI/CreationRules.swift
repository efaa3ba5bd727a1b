import ClientApps
import Orgs
import Storage

/// Whether an org may have a new app of a kind, or an app something more than before.
enum CreationRules {
    /// Requires that the kind may be created and that the edition has what the app uses.
    static func require(_ app: AppComponents, org: Org) throws(MetadataError) {
        guard !app.isMigrated else { throw twoKinds(app.developerName) }
        if app.kind == .connectedApp, !org.isConnectedAppCreationEnabled {
            throw MetadataError(
                code: .featureNotEnabled,
                problem:
                    "You can't create a connected app. To enable connected app creation, contact Salesforce Customer Support.",
                remedy:
                    "Make an external client app; or let the operator of this server allow it: signet org set --connected-app-creation on."
            )
        }
        try require(app.kind == .connectedApp ? .connectedApps : .externalClientApps, org)
        try requireEdition(app, before: nil, org: org)
    }

    /// Requires that an admin has not switched external client apps off (facts: app-model 1.1, 1.10).
    static func requireOptIn(_ org: Org, on connection: any Connection) throws {
        guard try hasOptedOut(org, on: connection) else { return }
        throw MetadataError(
            code: .featureNotEnabled,
            problem: "External client apps are switched off in this org.",
            remedy: "Deploy ExternalClientApp.settings with enableExternalClientApps set to true."
        )
    }

    /// Whether an admin has switched external client apps off.
    static func hasOptedOut(_ org: Org, on connection: any Connection) throws -> Bool {
        try OrgSettings.externalClientApps(org: org.id, on: connection).enableExternalClientApps == false
    }

    /// What is said of that where no document is refused.
    static let optOut =
        "external client apps are switched off in this org; first deploy ExternalClientApp.settings with enableExternalClientApps set to true"

    /// Requires that the edition has what an app uses and did not use before.
    static func requireEdition(_ app: AppComponents, before: AppComponents?, org: Org) throws(MetadataError) {
        if app.issuesJWT, before?.issuesJWT != true {
            try require(
                app.kind == .connectedApp ? .connectedAppJWT : .externalClientAppJWT,
                org,
                element: "isNamedUserJwtEnabled"
            )
        }
        if app.isAdminApprovedConnectedApp, before?.isAdminApprovedConnectedApp != true {
            try require(.adminApprovedConnectedApps, org, element: "isAdminApproved")
        }
    }

    private static func require(_ feature: EditionFeature, _ org: Org, element: String? = nil) throws(MetadataError) {
        do {
            try feature.require(org.edition)
        } catch {
            throw MetadataError(
                element: element,
                code: .featureNotEnabled,
                problem: error.description,
                remedy: element == nil ? "Use an org of one of these editions." : "Set it to false or leave it out."
            )
        }
    }

    /// Requires that documents are of the kind that the app of their name has, and leave a connected app alone that was migrated.
    static func requireSameKind(_ stored: AppRecords.Stored, _ given: AppComponents) throws(MetadataError) {
        let name = stored.components.developerName
        if stored.components.isMigrated, let document = given.connectedApp {
            // What a retrieval gave may be deployed again: it changes nothing.
            let isSame = document.withoutCredentials == stored.components.connectedApp?.withoutCredentials
            guard isSame else {
                throw MetadataError(
                    code: .fieldIntegrityException,
                    problem: "The connected app '\(name)' was migrated to an external client app and is read-only.",
                    remedy:
                        "Change the external client app of this name; deleting it makes the connected app usable again."
                )
            }
            return
        }
        guard !given.isMigrated else { throw twoKinds(name) }
        guard stored.kind == given.kind else {
            throw MetadataError(
                code: .duplicateDeveloperName,
                problem: "'\(name)' is the name of \(stored.kind == .connectedApp ? "a" : "an") \(stored.kind.label).",
                remedy: stored.kind == .connectedApp
                    ? "Choose another name, or migrate it: signet app migrate \(name)." : "Choose another name."
            )
        }
    }

    /// What stays in the org that made a package and holds wherever its consumer is used.
    static let homeTypes: Set<MetadataType> = [.globalOAuthSettings, .oauthSecuritySettings]

    /// Requires that nothing is deployed of what came from a package: the developer's part belongs to the org that made it, and changes
    /// with its versions. Policies are this org's, and so are the global settings of an app with a consumer of its own.
    static func requireOwnSettings(_ stored: AppRecords.Stored, _ given: AppComponents) throws(MetadataError) {
        for type in given.documents.map(\.type) { try requireOwn(type, of: stored) }
    }

    /// Requires that an app's document of a type is this org's to change.
    static func requireOwn(_ type: MetadataType, of stored: AppRecords.Stored) throws(MetadataError) {
        guard !stored.isPartOfServer else { return try requirePolicies(type, of: stored) }
        guard stored.isFromPackage, isForeign(type, isAssociated: stored.source != nil) else { return }
        throw MetadataError(
            code: .cannotModifyManagedObject,
            problem:
                "'\(stored.components.developerName)' was installed from a package, and its \(type.rawValue) belongs to the org that made it.",
            remedy: "Deploy policies alone; for other settings install another version: signet package upgrade."
        )
    }

    /// The settings of an app of the server are those of its release; its policies are the admin's.
    private static func requirePolicies(_ type: MetadataType, of stored: AppRecords.Stored) throws(MetadataError) {
        guard CommandLineApp.comesWithRelease(type) else { return }
        throw MetadataError(
            code: .cannotModifyManagedObject,
            problem:
                "'\(stored.components.developerName)' is part of Signet, and its \(type.rawValue) comes with each release.",
            remedy: "Deploy policies alone: isEnabled false in its app policies switches it off."
        )
    }

    /// Whether documents of a type belong to the org that made the package of an app.
    static func isForeign(_ type: MetadataType, isAssociated: Bool) -> Bool {
        PackageContents.types.contains(type) || (homeTypes.contains(type) && isAssociated)
    }

    private static func twoKinds(_ name: String) -> MetadataError {
        MetadataError(
            code: .duplicateDeveloperName,
            problem: "'\(name)' is here both a connected app and an external client app.",
            remedy: "Keep the documents of one of them."
        )
    }
}

extension AppComponents {
    fileprivate var issuesJWT: Bool {
        let developerSays =
            kind == .connectedApp
            ? connectedApp?.oauthConfig?.isNamedUserJWTEnabled : globalOAuth?.record.isNamedUserJWTEnabled
        return developerSays == true
    }

    fileprivate var isAdminApprovedConnectedApp: Bool {
        kind == .connectedApp && connectedApp?.oauthConfig?.isAdminApproved == true
    }
}

extension ConnectedApp {
    fileprivate var withoutCredentials: ConnectedApp {
        var bare = self
        bare.oauthConfig?.consumerKey = nil
        bare.oauthConfig?.consumerSecret = nil
        return bare
    }
}
