import ClientApps
import OAuthTypes
import Orgs
import Storage

/// What is deleted and renamed.
extension ComponentWriter {
    /// Deletes a component.
    ///
    /// - Parameters:
    ///   - fileName: where the deletion was asked for, for the message.
    ///   - apps: what apps name in their policies, for all that is deleted together after the apps.
    func delete(
        _ type: MetadataType,
        named name: String,
        fileName: String,
        beside apps: inout NamingApps,
        on connection: any Connection
    ) throws -> ComponentOutcome {
        var message = DeploymentMessage(fileName: fileName, fullName: name, componentType: type.manifestName)
        do {
            let isThere = try connection.part { try delete(type, named: name, beside: &apps, on: connection) }
            (message.deleted, message.success) = (isThere, isThere || ignoreWarnings)
            if !isThere {
                message.problem = "No \(type.manifestName) named: \(name) found"
                message.problemType = .warning
            }
            return ComponentOutcome(message)
        } catch let error as MetadataError {
            return ComponentOutcome(message, refused: error)
        } catch let fault as MetadataFault {
            let error = MetadataError(code: fault.code, problem: fault.description, remedy: "")
            return ComponentOutcome(message, refused: error)
        }
    }

    /// - Returns: whether it was there.
    private func delete(
        _ type: MetadataType,
        named name: String,
        beside apps: inout NamingApps,
        on connection: any Connection
    ) throws -> Bool {
        try caller.require(type.writeAction)
        switch type {
        case .externalClientApplication, .connectedApp: return try deleteApp(type, name, on: connection)
        case .customScope, .tokenExchangeHandler:
            guard let document = try OrgDocuments.find(type, named: name, org: org.id, on: connection) else {
                return false
            }
            try requireUnused(document, beside: &apps, on: connection)
            try OrgDocuments.delete(type, named: name, org: org.id, by: caller.actor, now: caller.now, on: connection)
            return true
        case .profile: return try deleteProfile(name, beside: &apps, on: connection)
        case .permissionSet: return try deletePermissionSet(name, beside: &apps, on: connection)
        case .externalClientAppSettings, .connectedAppSettings, .oauthOIDCSettings:
            throw Self.undeletable("Settings of an org are always there.", "Deploy them with other values.")
        default: return try deletePart(type, name, on: connection)
        }
    }

    private func deleteApp(_ type: MetadataType, _ name: String, on connection: any Connection) throws -> Bool {
        guard let app = try AppRecords.find(developerName: name, org: org.id, on: connection) else { return false }
        if app.kind.metadataType != type {
            guard app.components.isMigrated else { return false }
            throw Self.undeletable(
                "The connected app '\(name)' was migrated to an external client app and is read-only.",
                "Delete the external client app first."
            )
        }
        do {
            let now = caller.now
            _ = try AppLifecycle(org: org, actor: caller.actor) { now }.delete(app, on: connection)
        } catch let refusal as AppLifecycle.Refusal {
            throw Self.undeletable(refusal.description + ".", "")
        }
        return true
    }

    /// Deletes one document of an app: that of a plugin. Those that every app has go with the app.
    private func deletePart(_ type: MetadataType, _ name: String, on connection: any Connection) throws -> Bool {
        guard let app = try app(with: type, named: name, on: connection) else { return false }
        guard app.components.plugins[type] != nil else {
            throw Self.undeletable(
                "It is a part that an app with OAuth always has.",
                "Delete the app '\(app.components.developerName)', or switch its OAuth plugin off by its app policies."
            )
        }
        try CreationRules.requireOwn(type, of: app)
        try AppRecords.deleteComponent(type, of: app, by: caller.actor, now: caller.now, on: connection)
        return true
    }

    private func deleteProfile(_ name: String, beside apps: inout NamingApps, on connection: any Connection) throws
        -> Bool
    {
        guard let profile = try Profiles.find(name: name, org: org.id, on: connection) else { return false }
        guard !Profile.isStandard(name) else {
            throw Self.undeletable("'\(name)' is a standard profile.", "Keep it.")
        }
        let users = try Profiles.userCount(profile.id, on: connection)
        guard users == 0 else {
            throw Self.undeletable("\(users) users have the profile '\(name)'.", "Give them another one first.")
        }
        try deleteKept(.profile, name, on: connection)
        try Profiles.delete(profile, by: caller.actor, now: caller.now, on: connection)
        try requireMeaning(of: try apps.naming(profile: profile, on: connection), without: name, on: connection)
        return true
    }

    private func deletePermissionSet(
        _ name: String,
        beside apps: inout NamingApps,
        on connection: any Connection
    ) throws -> Bool {
        guard let set = try PermissionSets.find(name: name, org: org.id, on: connection) else { return false }
        let users = try PermissionSets.userCount(set.id, on: connection)
        guard users == 0 else {
            throw Self.undeletable("\(users) users have the permission set '\(name)'.", "Take it from them first.")
        }
        try deleteKept(.permissionSet, name, on: connection)
        try PermissionSets.delete(set, by: caller.actor, now: caller.now, on: connection)
        try requireMeaning(of: try apps.naming(permissionSet: set, on: connection), without: name, on: connection)
        return true
    }

    /// Forgets what is kept of a document, unless it is of one whose name differs in case.
    private func deleteKept(_ type: MetadataType, _ name: String, on connection: any Connection) throws {
        guard try OrgDocuments.find(type, named: name, org: org.id, on: connection)?.component.fullName == name else {
            return
        }
        try OrgDocuments.delete(type, named: name, org: org.id, by: caller.actor, now: caller.now, on: connection)
    }

    /// Requires that apps still mean something: one whose policies name what is gone could be used by nobody.
    private func requireMeaning(
        of apps: [AppRecords.Stored],
        without name: String,
        on connection: any Connection
    ) throws {
        for app in apps {
            do {
                _ = try AppRecords.state(app, org: org, on: connection)
            } catch is MetadataError {
                throw Self.undeletable(
                    "The app '\(app.components.developerName)' names '\(name)' in its policies.",
                    "Deploy its policies without it first."
                )
            }
        }
    }

    /// A document that belongs to an app.
    struct Part: Hashable {
        let type: MetadataType
        let name: String

        /// A document by its type and full name, in which upper and lower case are one.
        init(_ type: MetadataType, _ name: String) {
            (self.type, self.name) = (type, AppComponents.comparable(name: name))
        }
    }

    /// The documents that go with an app; none of what is no app.
    func parts(of type: MetadataType, named name: String, on connection: any Connection) throws -> Set<Part> {
        guard type == .externalClientApplication,
            let app = try AppRecords.find(developerName: name, org: org.id, on: connection),
            app.kind.metadataType == type
        else { return [] }
        return Set(app.components.documents.filter { $0.type.isSatellite }.map { Part($0.type, $0.fullName) })
    }

    private static func undeletable(_ problem: String, _ remedy: String) -> MetadataError {
        MetadataError(code: .dependencyExists, problem: problem, remedy: remedy)
    }

    /// The app that has a document of a type and name.
    func app(
        with type: MetadataType,
        named name: String,
        on connection: any Connection
    ) throws -> AppRecords.Stored? {
        try AppRecords.find(with: type, named: name, org: org.id, on: connection)
    }
}
