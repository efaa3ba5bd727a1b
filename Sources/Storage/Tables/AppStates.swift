public import ClientApps
public import OAuthTypes
public import Orgs

/// Apps as the protocol reads them: merged, with the names in their policies resolved.
extension AppRecords {
    /// The app with this id as the protocol reads it.
    public static func state(id: AppID, on connection: any Connection) throws -> AppState? {
        try find(id: id, on: connection).map { try state($0, on: connection) }
    }

    /// The app of an org that a consumer key names, as the protocol reads it: the one that the consumer belongs to, or one that was
    /// installed from it.
    public static func state(consumerKey: String, org: OrgID, on connection: any Connection) throws -> AppState? {
        guard
            var row = try connection.row(
                """
                SELECT a.id FROM consumers c JOIN apps a ON a.id = c.app_id OR a.source_app_id = c.app_id
                WHERE c.consumer_key = \(consumerKey) AND a.org_id = \(org)
                """
            )
        else { return nil }
        return try state(id: row.id(), on: connection)
    }

    /// Merges what is stored of an app.
    public static func state(_ stored: Stored, on connection: any Connection) throws -> AppState {
        guard let org = try OrgRecords.state(id: stored.org, on: connection)?.org else {
            throw Unreadable(app: stored.components.developerName, reason: "its org is gone")
        }
        return try state(stored, org: org, on: connection)
    }

    /// Merges what is stored of an app of an org that was just read.
    public static func state(_ stored: Stored, org: Org, on connection: any Connection) throws -> AppState {
        let app = try EffectiveApp.merge(
            components: stored.mergedComponents,
            identity: stored.identity,
            org: org,
            resolve: try references(stored.components, org: org.id, on: connection)
        )
        return AppState(app: app, notBefore: stored.notBefore)
    }

    /// Merges what is stored of an app as ``state(_:on:)`` does, and says how each value came about.
    public static func explanation(_ stored: Stored, on connection: any Connection) throws -> AppExplanation {
        guard let org = try OrgRecords.state(id: stored.org, on: connection)?.org else {
            throw Unreadable(app: stored.components.developerName, reason: "its org is gone")
        }
        let resolve = try references(stored.components, org: org.id, on: connection)
        let runAs = try runAsName(stored.components).flatMap { name in
            try resolve.user(name).flatMap { try Users.account($0, on: connection) }
        }
        return try AppExplanation.merge(
            components: stored.mergedComponents,
            identity: stored.identity,
            org: org,
            resolve: resolve,
            isRunAsUserAPIOnly: runAs?.isAPIOnly
        )
    }

    private static func runAsName(_ components: AppComponents) -> String? {
        components.kind == .connectedApp
            ? components.connectedApp?.oauthConfig?.oauthClientCredentialUser
            : components.oauthPolicies?.record.clientCredentialsFlowUser
    }

    private static func ids<ID>(of names: [String], _ find: (String) throws -> ID?) rethrows -> [String: ID] {
        try names.reduce(into: [:]) { ids, name in ids[name] = try find(name) }
    }

    /// What the names in an app's policies mean in an org.
    public static func references(
        _ components: AppComponents,
        org: OrgID,
        on connection: any Connection
    ) throws -> AppReferences {
        let profiles = try ids(of: components.namedProfiles) {
            try Profiles.id(named: $0, org: org, on: connection)
        }
        let sets = try ids(of: components.namedPermissionSets) {
            try PermissionSets.id(named: $0, org: org, on: connection)
        }
        var users: [String: UserID] = [:]
        if let name = runAsName(components) {
            users[name] = try Users.account(username: name, org: org, on: connection)?.user.id
        }
        let known = users
        let isCustom = components.mayHaveCustomScopes
        let customScopes = isCustom ? try OrgDocuments.customScopes(org: org, on: connection) : []
        return AppReferences(
            profile: { profiles[$0] },
            permissionSet: { sets[$0] },
            user: { known[$0] },
            customScopes: customScopes,
            isAPIAccessControlled: components.kind == .connectedApp
                ? try OrgSettings.connectedApps(org: org, on: connection).enableAdminApprovedAppsOnly == true : false
        )
    }
}

extension AppComponents {
    /// Whether the scopes of the org have to be read: those of an external client app are named in it, those of a connected app name it.
    fileprivate var mayHaveCustomScopes: Bool {
        kind == .connectedApp || oauth?.record.commaSeparatedCustomScopes != nil
            || oauthPolicies?.record.commaSeparatedCustomScopes != nil
    }
}
