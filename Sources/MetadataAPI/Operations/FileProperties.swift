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
    /// Which user made it; `nil` where it was an operator or the server, or is not known.
    public let createdBy: ComponentAuthor?
    /// When it was last changed.
    public let updatedAt: Timestamp
    /// Which user did so.
    public let updatedBy: ComponentAuthor?
    /// Whether it belongs to the org that made its package, or to the server: the org sees it and cannot change it.
    public let isInstalled: Bool

    init(_ entry: CatalogEntry, folder: String = "") {
        let component = entry.component
        type = component.type.manifestName
        fullName = component.fullName
        fileName = folder + component.type.path(of: component.fullName)
        (id, createdAt, updatedAt) = (entry.id, entry.createdAt, entry.updatedAt)
        (createdBy, updatedBy) = (entry.createdBy, entry.updatedBy)
        isInstalled = entry.isInstalled
    }

    init(
        _ documentType: MetadataType,
        _ document: AppDocumentName,
        createdBy: ComponentAuthor?,
        updatedBy: ComponentAuthor?,
        isInstalled: Bool
    ) {
        (type, fullName) = (documentType.manifestName, document.fullName)
        fileName = documentType.path(of: document.fullName)
        id = documentType.documentID(of: document.app)
        (createdAt, updatedAt) = (document.createdAt, document.updatedAt)
        (self.createdBy, self.updatedBy, self.isInstalled) = (createdBy, updatedBy, isInstalled)
    }

    /// Of the manifest of a retrieval, which is made for whoever asks.
    init(manifestIn folder: String, for author: ComponentAuthor, now: Timestamp) {
        (type, fullName, fileName, id) = ("Package", folder + "package.xml", folder + "package.xml", "")
        (createdAt, updatedAt, isInstalled) = (now, now, false)
        (createdBy, updatedBy) = (author, author)
    }
}
