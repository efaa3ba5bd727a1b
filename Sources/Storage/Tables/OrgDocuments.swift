public import ClientApps
public import OAuthTypes
public import Orgs

/// The id of a document of an org.
public typealias OrgDocumentID = Identifier<OrgDocument>

/// A document of an org that belongs to no app: a custom scope, a token exchange handler, or what a profile or a permission set
/// says beyond what the server acts on.
public struct OrgDocument: Hashable, Sendable {
    /// The id.
    public let id: OrgDocumentID
    /// The document.
    public let component: MetadataComponent
    /// When it was made.
    public let createdAt: Timestamp
    /// Which user made it; `nil` where it was an operator or the server, or is not known.
    public let createdBy: UserID?
    /// When it was last changed.
    public let updatedAt: Timestamp
    /// Which user did so.
    public let updatedBy: UserID?
}

/// The table of such documents.
public enum OrgDocuments {
    /// Says that a stored document cannot be read: a defect of ours or a foreign hand.
    public struct Unreadable: Error, CustomStringConvertible {
        let name: String
        let reason: String
        /// Which document, and why.
        public var description: String { "the stored document '\(name)' cannot be read: \(reason)" }
    }

    /// The documents of a type by name.
    public static func all(_ type: MetadataType, org: OrgID, on connection: any Connection) throws -> [OrgDocument] {
        try connection.rows(
            """
            SELECT id, kind, full_name, document, created_at, created_by, updated_at, updated_by FROM org_documents
            WHERE org_id = \(org) AND kind = \(type.rawValue) ORDER BY name_key
            """
        ).map(document)
    }

    /// The scopes that an org defines itself, by name.
    public static func customScopes(org: OrgID, on connection: any Connection) throws -> [OAuthCustomScope] {
        try all(.customScope, org: org, on: connection).compactMap { document in
            guard case .customScope(let scope) = document.component.content else { return nil }
            return scope
        }
    }

    /// The document of a type and name, whatever its case.
    public static func find(
        _ type: MetadataType,
        named name: String,
        org: OrgID,
        on connection: any Connection
    ) throws -> OrgDocument? {
        try connection.row(
            """
            SELECT id, kind, full_name, document, created_at, created_by, updated_at, updated_by FROM org_documents
            WHERE org_id = \(org) AND kind = \(type.rawValue) AND name_key = \(AppComponents.comparable(name: name))
            """
        ).map(document)
    }

    /// Puts a document in the place of the one of its type and name, or makes it.
    ///
    /// - Parameter id: the id that a new document gets.
    public static func save(
        _ component: MetadataComponent,
        id: OrgDocumentID,
        org: OrgID,
        by actor: AuditActor,
        now: Timestamp,
        on connection: any Connection
    ) throws {
        let before = try find(component.type, named: component.fullName, org: org, on: connection)?.component
        try AuditTrail.record(
            AuditEvent(
                org: org,
                at: now,
                actor: actor,
                action: before == nil ? .created : .updated,
                subjectKind: component.type.rawValue,
                subjectName: component.fullName,
                changes: AuditedFields(before.map { [$0] } ?? []).changes(to: AuditedFields([component]))
            ),
            on: connection
        )
        try connection.execute(
            """
            INSERT INTO org_documents
                (id, org_id, kind, full_name, name_key, document, created_at, created_by, updated_at, updated_by) VALUES
                (\(id), \(org), \(component.type.rawValue), \(component.fullName),
                 \(AppComponents.comparable(name: component.fullName)), \(MetadataDocument.xml(component)), \(now),
                 \(actor.user), \(now), \(actor.user))
            ON CONFLICT (org_id, kind, name_key) DO UPDATE SET
                full_name = excluded.full_name, document = excluded.document, updated_at = excluded.updated_at,
                updated_by = excluded.updated_by
            """
        )
        Versions.bump(org, on: connection)
    }

    /// Forgets a document; one that is not there is no error.
    public static func delete(
        _ type: MetadataType,
        named name: String,
        org: OrgID,
        by actor: AuditActor,
        now: Timestamp,
        on connection: any Connection
    ) throws {
        guard let before = try find(type, named: name, org: org, on: connection)?.component else { return }
        try AuditTrail.record(
            AuditEvent(
                org: org,
                at: now,
                actor: actor,
                action: .deleted,
                subjectKind: type.rawValue,
                subjectName: before.fullName,
                changes: AuditedFields([before]).changes(to: .nothing)
            ),
            on: connection
        )
        try connection.execute(
            """
            DELETE FROM org_documents WHERE org_id = \(org) AND kind = \(type.rawValue)
                AND name_key = \(AppComponents.comparable(name: name))
            """
        )
        Versions.bump(org, on: connection)
    }

    private static func document(_ row: Row) throws -> OrgDocument {
        var row = row
        let id: OrgDocumentID = try row.id()
        let (kind, name, bytes) = (try row.text(), try row.text(), try row.blob())
        guard let type = MetadataType(rawValue: kind) else {
            throw Unreadable(name: name, reason: "its type \(kind) is not known")
        }
        let createdAt = try row.time()
        let createdBy: UserID? = try row.optionalID()
        let updatedAt = try row.time()
        let updatedBy: UserID? = try row.optionalID()
        do {
            let component = try MetadataDocument.parse(type, fullName: name, bytes: bytes)
            return OrgDocument(
                id: id,
                component: component,
                createdAt: createdAt,
                createdBy: createdBy,
                updatedAt: updatedAt,
                updatedBy: updatedBy
            )
        } catch {
            throw Unreadable(name: name, reason: "\(error)")
        }
    }
}
