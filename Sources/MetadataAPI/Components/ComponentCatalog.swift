import ClientApps
import OAuthTypes
import Orgs
import Storage
import Tokens

/// A component of the org as it is read, listed and retrieved.
struct CatalogEntry: Sendable {
    var component: MetadataComponent
    /// Empty for settings, which have no id.
    let id: String
    let createdAt: Timestamp
    var createdBy: ComponentAuthor?
    let updatedAt: Timestamp
    var updatedBy: ComponentAuthor?
    /// The app whose secrets are still to be shown in the document; see ``ComponentCatalog/revealed(_:in:)``.
    var secretOf: AppID?
    /// Whether it belongs to the org that made its package, or to the server: the org sees it and cannot change it.
    var isInstalled = false
}

/// What an org has, by type: the same view for reading, listing and retrieving. Who looks needs the permission to see the type; consumer
/// secrets are in it where the org and a permission allow them (facts: app-model 1.1, 13.4).
struct ComponentCatalog: Sendable {
    let caller: MetadataCaller
    let masterKey: MasterKey

    var org: Org { caller.org }

    /// The components of a type, by name.
    ///
    /// - Parameters:
    ///   - isWanted: which of them, by their full names.
    ///   - isRevealed: which of them get their secrets, where it is allowed: each that does is marked, and gets them by ``revealed(_:in:)``.
    /// - Throws: ``MetadataFault`` where the caller may not see them.
    func entries(
        of type: MetadataType,
        named isWanted: (String) -> Bool = { _ in true },
        revealing isRevealed: (String) -> Bool = { _ in false },
        on connection: any Connection
    ) throws -> [CatalogEntry] {
        try caller.require(type.readAction)
        switch type {
        case .customScope, .tokenExchangeHandler:
            var authors = ComponentAuthors(connection: connection)
            return try OrgDocuments.all(type, org: org.id, on: connection).filter { isWanted($0.component.fullName) }
                .map {
                    CatalogEntry(
                        component: $0.component,
                        id: $0.id.rawValue,
                        createdAt: $0.createdAt,
                        createdBy: try authors.author($0.createdBy),
                        updatedAt: $0.updatedAt,
                        updatedBy: try authors.author($0.updatedBy)
                    )
                }
        case .externalClientAppSettings, .connectedAppSettings, .oauthOIDCSettings:
            guard let component = try OrgSettings.document(type, org: org.id, on: connection),
                isWanted(component.fullName)
            else { return [] }
            let change = try OrgSettings.lastChange(type, org: org.id, on: connection)
            var authors = ComponentAuthors(connection: connection)
            return [
                CatalogEntry(
                    component: component,
                    id: "",
                    createdAt: org.createdAt,
                    updatedAt: change?.at ?? org.createdAt,
                    updatedBy: try authors.author(change?.user)
                )
            ]
        case .profile: return try profiles(on: connection).filter { isWanted($0.component.fullName) }
        case .permissionSet: return try permissionSets(on: connection).filter { isWanted($0.component.fullName) }
        default: return try apps(type, named: isWanted, revealing: isRevealed, on: connection)
        }
    }

    /// What a list says of the components of a type, by name. Of documents of apps, of which there may be many, none is read for it.
    ///
    /// - Throws: ``MetadataFault`` where the caller may not see them.
    func list(_ type: MetadataType, on connection: any Connection) throws -> [FileProperties] {
        guard type.isOfApps else { return try entries(of: type, on: connection).map { FileProperties($0) } }
        try caller.require(type.readAction)
        let serverApp = try serverApp(on: connection)
        var authors = ComponentAuthors(connection: connection)
        return try AppRecords.documentNames(of: type, org: org.id, on: connection)
            .sorted { $0.fullName < $1.fullName }
            .map {
                FileProperties(
                    type,
                    $0,
                    createdBy: try authors.author($0.createdBy),
                    updatedBy: try authors.author($0.updatedBy),
                    isInstalled: $0.isForeign(type, serverApp: serverApp)
                )
            }
    }

    // MARK: Apps

    private func apps(
        _ type: MetadataType,
        named isWanted: (String) -> Bool,
        revealing isRevealed: (String) -> Bool,
        on connection: any Connection
    ) throws -> [CatalogEntry] {
        let hasKey = [.globalOAuthSettings, .connectedApp].contains(type)
        let keys = hasKey ? try AppRecords.consumerKeys(org: org.id, on: connection) : [:]
        let serverApp = try serverApp(on: connection)
        let showsSecrets = try [.globalOAuthSettings, .pushSettings].contains(type) && maySeeSecrets(on: connection)
        var authors = ComponentAuthors(connection: connection)
        return try AppRecords.documents(of: type, org: org.id, named: isWanted, on: connection)
            .sorted { $0.name.fullName < $1.name.fullName }
            .map { name, component in
                var component = component
                component.content.setConsumerKey(keys[name.app])
                if case .pushSettings(let settings) = component.content {
                    component.content = .pushSettings(try push.sealed(settings, id: name.app))
                }
                return CatalogEntry(
                    component: component,
                    id: type.documentID(of: name.app),
                    createdAt: name.createdAt,
                    createdBy: try authors.author(name.createdBy),
                    updatedAt: name.updatedAt,
                    updatedBy: try authors.author(name.updatedBy),
                    secretOf: showsSecrets && isRevealed(name.fullName) ? name.app : nil,
                    isInstalled: name.isForeign(type, serverApp: serverApp)
                )
            }
    }

    /// The app of the server that the org has.
    private func serverApp(on connection: any Connection) throws -> AppID? {
        let app = try AppRecords.find(developerName: CommandLineApp.developerName, org: org.id, on: connection)
        return app?.isPartOfServer == true ? app?.id : nil
    }

    /// Components with the secrets that are to be shown. Only this is a change, since the audit trail keeps each as seen: all else is read
    /// without waiting for anybody who writes.
    ///
    /// - Throws: ``MetadataFault`` for who may not sign in or use this API any more.
    func revealed(_ entries: [CatalogEntry], in database: any Database) async throws -> [CatalogEntry] {
        guard entries.contains(where: { $0.secretOf != nil }) else { return entries }
        return try await database.write { connection in
            try AuditTrail.serialize(org.id, on: connection)
            let catalog = ComponentCatalog(
                caller: try caller.renewed(now: caller.now, on: connection),
                masterKey: masterKey
            )
            guard try catalog.maySeeSecrets(on: connection) else { return entries }
            return try entries.map { try catalog.revealed($0, on: connection) }
        }
    }

    private func revealed(_ entry: CatalogEntry, on connection: any Connection) throws -> CatalogEntry {
        guard let id = entry.secretOf, let app = try AppRecords.find(id: id, on: connection) else { return entry }
        var entry = entry
        switch entry.component.content {
        case .globalOAuthSettings:
            guard let pair = try pair(of: app, on: connection) else { return entry }
            // Both of one pair: another may have been rotated in since the document was read.
            entry.component.content.setConsumerKey(pair.record.consumer.key)
            entry.component.content.setConsumerSecret(pair.secret.revealed)
        case .pushSettings(let settings):
            entry.component.content = .pushSettings(
                try push.revealed(settings, of: app, by: caller.actor, now: caller.now, on: connection)
            )
        default: break
        }
        return entry
    }

    /// The current pair of an app, which the audit trail keeps as seen.
    private func pair(of app: AppRecords.Stored, on connection: any Connection) throws -> ConsumerCredentials.Revealed?
    {
        let pairs = try Credentials.all(app: app.id, on: connection)
        guard let pair = pairs.first(where: { $0.consumer.state == .active }) else { return nil }
        return try ConsumerCredentials(masterKey: masterKey).reveal(
            [pair],
            of: app,
            by: caller.actor,
            now: caller.now,
            on: connection
        ).first
    }

    private var push: PushCredentials { PushCredentials(masterKey: masterKey) }

    private func maySeeSecrets(on connection: any Connection) throws -> Bool {
        guard Action.accessSecretsInMetadata.requirement.missing(from: caller.account.permissions) == nil else {
            return false
        }
        return try OrgSettings.externalClientApps(org: org.id, on: connection).enableConsumerSecretAPIAccess == true
    }
}

extension MetadataContent {
    fileprivate mutating func setConsumerKey(_ key: String?) {
        switch self {
        case .globalOAuthSettings(var settings):
            settings.consumerKey = key
            self = .globalOAuthSettings(settings)
        case .connectedApp(var document):
            document.oauthConfig?.consumerKey = key
            self = .connectedApp(document)
        default: break
        }
    }

    fileprivate mutating func setConsumerSecret(_ secret: String?) {
        guard case .globalOAuthSettings(var settings) = self else { return }
        settings.consumerSecret = secret
        self = .globalOAuthSettings(settings)
    }
}

extension AppDocumentName {
    /// Whether a document of a type belongs to the org that made the package of its app, or to the server.
    ///
    /// - Parameter serverApp: the app that is part of the server.
    func isForeign(_ type: MetadataType, serverApp: AppID?) -> Bool {
        if app == serverApp { return CommandLineApp.comesWithRelease(type) }
        return isFromPackage && CreationRules.isForeign(type, isAssociated: isAssociated)
    }
}

extension MetadataType {
    /// Whether documents of the type are parts of apps, and not of the org.
    fileprivate var isOfApps: Bool { isSatellite || [.externalClientApplication, .connectedApp].contains(self) }
}
