import ClientApps
public import OAuthTypes
import Storage

/// What a list says of a component (facts: app-model 11.4).
public struct FileProperties: Hashable, Sendable {
    /// The type, as a manifest names it.
    public let type: String
    /// The name.
    public let fullName: String
    /// The path of the document in an archive.
    public let fileName: String
    /// The id; empty where there is none.
    public let id: String
    /// When it was made.
    public let createdAt: Timestamp
    /// When it was last changed.
    public let updatedAt: Timestamp
    /// Whether it belongs to the org that made its package, or to the server: the org sees it and cannot change it.
    public let isInstalled: Bool

    init(_ entry: CatalogEntry, folder: String = "") {
        let component = entry.component
        type = component.type.manifestName
        fullName = component.fullName
        fileName = folder + component.type.path(of: component.fullName)
        (id, createdAt, updatedAt) = (entry.id, entry.createdAt, entry.updatedAt)
        isInstalled = entry.isInstalled
    }

    init(_ documentType: MetadataType, _ document: AppDocumentName, isInstalled: Bool) {
        (type, fullName) = (documentType.manifestName, document.fullName)
        fileName = documentType.path(of: document.fullName)
        id = documentType.documentID(of: document.app)
        (createdAt, updatedAt) = (document.createdAt, document.updatedAt)
        self.isInstalled = isInstalled
    }

    init(manifestIn folder: String, now: Timestamp) {
        (type, fullName, fileName, id) = ("Package", folder + "package.xml", folder + "package.xml", "")
        (createdAt, updatedAt, isInstalled) = (now, now, false)
    }
}
