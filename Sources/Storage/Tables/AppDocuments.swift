public import ClientApps
public import OAuthTypes
public import Orgs

/// One document of an app by its name, without the rest of the app.
public struct AppDocumentName: Hashable, Sendable {
    /// The id of the app.
    public let app: AppID
    /// The full name of the document.
    public let fullName: String
    /// When the app was made.
    public let createdAt: Timestamp
    /// Which user made the app; `nil` where it was an operator or the server, or is not known.
    public let createdBy: UserID?
    /// When the document was last changed.
    public let updatedAt: Timestamp
    /// Which user did so.
    public let updatedBy: UserID?
    /// Whether the app came from a package.
    public let isFromPackage: Bool
    /// Whether the app has the consumer and the global settings of the one that its package was made of.
    public let isAssociated: Bool
}

/// Documents of one type, of all apps of an org.
extension AppRecords {
    /// Which documents of a type there are; none is read for it.
    public static func documentNames(
        of type: MetadataType,
        org: OrgID,
        on connection: any Connection
    ) throws -> [AppDocumentName] {
        try connection.rows(
            """
            SELECT \(raw: nameColumns) FROM app_components c JOIN apps a ON a.id = c.app_id
            WHERE a.org_id = \(org) AND c.kind = \(type.rawValue)
            """
        ).map { row in
            var row = row
            return try documentName(&row)
        }
    }

    /// The documents of a type whose names a caller wants.
    public static func documents(
        of type: MetadataType,
        org: OrgID,
        named isWanted: (String) -> Bool,
        on connection: any Connection
    ) throws -> [(name: AppDocumentName, component: MetadataComponent)] {
        try connection.rows(
            """
            SELECT \(raw: nameColumns), a.developer_name, c.kind, c.full_name, c.document
            FROM app_components c JOIN apps a ON a.id = c.app_id
            WHERE a.org_id = \(org) AND c.kind = \(type.rawValue)
            """
        ).compactMap { row in
            var row = row
            let name = try documentName(&row)
            guard isWanted(name.fullName) else { return nil }
            let app = try row.text()
            return (name, try component(&row, of: app))
        }
    }

    /// The current consumer keys of the apps of an org.
    public static func consumerKeys(org: OrgID, on connection: any Connection) throws -> [AppID: String] {
        var keys: [AppID: String] = [:]
        for var row in try connection.rows(
            """
            SELECT app_id, consumer_key FROM consumers
            WHERE state = 'active' AND app_id IN (SELECT id FROM apps WHERE org_id = \(org))
            """
        ) {
            keys[try row.id()] = try row.text()
        }
        return keys
    }

    private static let nameColumns: StaticString = """
        a.id, c.full_name, a.created_at, a.created_by, c.updated_at, c.updated_by, \
        (SELECT COUNT(*) FROM installed_packages i WHERE i.app_id = a.id), a.source_app_id
        """

    private static func documentName(_ row: inout Row) throws -> AppDocumentName {
        let app: AppID = try row.id()
        let (fullName, createdAt) = (try row.text(), try row.time())
        let createdBy: UserID? = try row.optionalID()
        let updatedAt = try row.time()
        let updatedBy: UserID? = try row.optionalID()
        let isFromPackage = try row.bool()
        let source: AppID? = try row.optionalID()
        return AppDocumentName(
            app: app,
            fullName: fullName,
            createdAt: createdAt,
            createdBy: createdBy,
            updatedAt: updatedAt,
            updatedBy: updatedBy,
            isFromPackage: isFromPackage,
            isAssociated: source != nil
        )
    }
}
