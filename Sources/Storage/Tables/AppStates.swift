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
        try state(stored, org: org, try PolicyNames(of: [stored], org: org.id, on: connection))
    }

    /// Merges what is stored of some apps of an org that was just read; however many they are, what they name is read at once.
    public static func states(_ stored: [Stored], org: Org, on connection: any Connection) throws -> [AppState] {
        let names = try PolicyNames(of: stored, org: org.id, on: connection)
        return try stored.map { try state($0, org: org, names) }
    }

    private static func state(_ stored: Stored, org: Org, _ names: PolicyNames) throws -> AppState {
        let app = try EffectiveApp.merge(
            components: stored.mergedComponents,
            identity: stored.identity,
            org: org,
            resolve: names.references(of: stored.components)
        )
        return AppState(app: app, notBefore: stored.notBefore)
    }

    /// Merges what is stored of an app as ``state(_:on:)`` does, and says how each value came about.
    public static func explanation(_ stored: Stored, on connection: any Connection) throws -> AppExplanation {
        guard let org = try OrgRecords.state(id: stored.org, on: connection)?.org else {
            throw Unreadable(app: stored.components.developerName, reason: "its org is gone")
        }
        let resolve = try PolicyNames(of: [stored], org: org.id, on: connection).references(of: stored.components)
        let runAs = try stored.components.namedRunAsUser.flatMap { name in
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
}
