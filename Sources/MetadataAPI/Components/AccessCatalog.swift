import ClientApps
import OAuthTypes
import Orgs
import Storage

/// Profiles and permission sets: what this server acts on comes from their tables, all else from the documents that were kept.
extension ComponentCatalog {
    func profiles(on connection: any Connection) throws -> [CatalogEntry] {
        let kept = try keptDocuments(.profile, on: connection)
        var authors = ComponentAuthors(connection: connection)
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
            return try entry(.profile(document), profile.name, profile.id.rawValue, kept, &authors)
        }
    }

    func permissionSets(on connection: any Connection) throws -> [CatalogEntry] {
        let kept = try keptDocuments(.permissionSet, on: connection)
        var authors = ComponentAuthors(connection: connection)
        return try PermissionSets.all(org: org.id, on: connection).map { set in
            var document = PermissionSetDocument()
            if case .permissionSet(let found)? = kept[set.name]?.component.content { document = found }
            document.label = set.label
            document.userPermissions = set.permissions.entries(beside: document.userPermissions)
            return try entry(.permissionSet(document), set.name, set.id.rawValue, kept, &authors)
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
        _ kept: [String: OrgDocument],
        _ authors: inout ComponentAuthors
    ) throws -> CatalogEntry {
        CatalogEntry(
            component: MetadataComponent(fullName: name, content: content),
            id: id,
            createdAt: kept[name]?.createdAt ?? org.createdAt,
            createdBy: try authors.author(kept[name]?.createdBy),
            updatedAt: kept[name]?.updatedAt ?? org.createdAt,
            updatedBy: try authors.author(kept[name]?.updatedBy)
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
