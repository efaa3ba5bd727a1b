import ClientApps
import OAuthTypes
import Orgs
import Storage
import Tokens

/// A component of the org as it is read, listed and retrieved.
struct CatalogEntry: Sendable {
    let component: MetadataComponent
    /// Empty for settings, which have no id.
    let id: String
    let createdAt: Timestamp
    let updatedAt: Timestamp
}

/// What an org has, by type: the same view for reading, listing and retrieving. Who looks needs the permission to see the type; consumer
/// secrets are in it where the org and a permission allow them (facts: app-model 1.1, 13.4).
struct ComponentCatalog: Sendable {
    let caller: MetadataCaller
    let masterKey: MasterKey
    /// Which documents of global settings get their secret, where it is allowed, by their full names: each that does is noted as seen.
    var revealsSecret: @Sendable (_ fullName: String) -> Bool

    private var org: Org { caller.org }

    /// The components of a type, by name.
    ///
    /// - Throws: ``MetadataFault`` where the caller may not see them.
    func entries(of type: MetadataType, on connection: any Connection) throws -> [CatalogEntry] {
        try caller.require(type.readAction)
        switch type {
        case .customScope, .tokenExchangeHandler:
            return try OrgDocuments.all(type, org: org.id, on: connection).map {
                CatalogEntry(
                    component: $0.component,
                    id: $0.id.rawValue,
                    createdAt: $0.createdAt,
                    updatedAt: $0.updatedAt
                )
            }
        case .externalClientAppSettings, .connectedAppSettings, .oauthOIDCSettings:
            guard let component = try OrgSettings.document(type, org: org.id, on: connection) else { return [] }
            return [CatalogEntry(component: component, id: "", createdAt: org.createdAt, updatedAt: org.createdAt)]
        case .profile: return try profiles(on: connection)
        case .permissionSet: return try permissionSets(on: connection)
        default: return try apps(type, on: connection)
        }
    }

    // MARK: Apps

    private func apps(_ type: MetadataType, on connection: any Connection) throws -> [CatalogEntry] {
        let showsSecrets = try type == .globalOAuthSettings && maySeeSecrets(on: connection)
        var entries: [CatalogEntry] = []
        for app in try AppRecords.all(org: org.id, on: connection) {
            guard var component = app.components.documents.first(where: { $0.type == type }) else { continue }
            let showsSecret = showsSecrets && revealsSecret(component.fullName)
            component.content = try content(of: component, app, showsSecret, on: connection)
            entries.append(
                CatalogEntry(
                    component: component,
                    id: app.id.rawValue,
                    createdAt: app.createdAt,
                    updatedAt: app.updatedAt
                )
            )
        }
        return entries.sorted { $0.component.fullName < $1.component.fullName }
    }

    /// A document with the consumer key of its app, and the secret where it may be seen.
    private func content(
        of component: MetadataComponent,
        _ app: AppRecords.Stored,
        _ showsSecret: Bool,
        on connection: any Connection
    ) throws -> MetadataContent {
        switch component.content {
        case .globalOAuthSettings(var settings):
            guard
                let pair = try Credentials.all(app: app.id, on: connection).first(where: {
                    $0.consumer.state == .active
                })
            else { return component.content }
            settings.consumerKey = pair.consumer.key
            if showsSecret {
                let revealed = try ConsumerCredentials(masterKey: masterKey).reveal(
                    [pair],
                    of: app,
                    by: caller.actor,
                    now: caller.now,
                    on: connection
                )
                settings.consumerSecret = revealed.first?.secret.revealed
            }
            return .globalOAuthSettings(settings)
        case .connectedApp(var document):
            document.oauthConfig?.consumerKey = app.consumers.first { $0.state == .active }?.key
            return .connectedApp(document)
        default:
            return component.content
        }
    }

    private func maySeeSecrets(on connection: any Connection) throws -> Bool {
        guard Action.accessSecretsInMetadata.requirement.missing(from: caller.account.permissions) == nil else {
            return false
        }
        return try OrgSettings.externalClientApps(org: org.id, on: connection).enableConsumerSecretAPIAccess == true
    }

    // MARK: Profiles and permission sets

    private func profiles(on connection: any Connection) throws -> [CatalogEntry] {
        let kept = try keptDocuments(.profile, on: connection)
        return try Profiles.all(org: org.id, on: connection).map { profile in
            var document = ProfileDocument()
            if case .profile(let found)? = kept[profile.name]?.component.content { document = found }
            let described = document.loginIPRanges
            document.custom = !Profile.isStandard(profile.name)
            document.loginIPRanges = profile.loginIPRanges.map { range in
                var entry = ProfileIPRange()
                (entry.startAddress, entry.endAddress) = (range.start.description, range.end.description)
                entry.description =
                    described.first {
                        IPAddress($0.startAddress) == range.start && IPAddress($0.endAddress) == range.end
                    }?.description
                return entry
            }
            document.userPermissions = profile.permissions.entries(beside: document.userPermissions)
            return entry(.profile(document), profile.name, profile.id.rawValue, kept)
        }
    }

    private func permissionSets(on connection: any Connection) throws -> [CatalogEntry] {
        let kept = try keptDocuments(.permissionSet, on: connection)
        return try PermissionSets.all(org: org.id, on: connection).map { set in
            var document = PermissionSetDocument()
            if case .permissionSet(let found)? = kept[set.name]?.component.content { document = found }
            document.label = set.label
            document.userPermissions = set.permissions.entries(beside: document.userPermissions)
            return entry(.permissionSet(document), set.name, set.id.rawValue, kept)
        }
    }

    private func keptDocuments(
        _ type: MetadataType,
        on connection: any Connection
    ) throws -> [String: OrgDocument] {
        let documents = try OrgDocuments.all(type, org: org.id, on: connection)
        return Dictionary(documents.map { ($0.component.fullName, $0) }) { first, _ in first }
    }

    private func entry(
        _ content: MetadataContent,
        _ name: String,
        _ id: String,
        _ kept: [String: OrgDocument]
    ) -> CatalogEntry {
        CatalogEntry(
            component: MetadataComponent(fullName: name, content: content),
            id: id,
            createdAt: kept[name]?.createdAt ?? org.createdAt,
            updatedAt: kept[name]?.updatedAt ?? org.createdAt
        )
    }
}

extension Set<Permission> {
    /// The permissions as entries of a document, beside those that this server does not know; by name.
    fileprivate func entries(beside unknown: [UserPermission]) -> [UserPermission] {
        let known = map { permission in
            var entry = UserPermission()
            (entry.enabled, entry.name) = (true, permission.rawValue)
            return entry
        }
        return (known + unknown).sorted { $0.name < $1.name }
    }
}
