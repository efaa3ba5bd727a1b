public import ClientApps
public import OAuthTypes

/// What is done to single documents of an app, and to its name.
extension AppRecords {
    /// Takes a document of an app away.
    public static func deleteComponent(
        _ type: MetadataType,
        of app: Stored,
        by actor: AuditActor,
        now: Timestamp,
        on connection: any Connection
    ) throws {
        let documents = app.components.documents
        try AuditTrail.recordUpdate(
            app.kind.metadataType.rawValue,
            app.components.developerName,
            in: app.org,
            AuditedFields(documents).changes(to: AuditedFields(documents.filter { $0.type != type })),
            by: actor,
            now: now,
            on: connection
        )
        try connection.execute("DELETE FROM app_components WHERE app_id = \(app.id) AND kind = \(type.rawValue)")
        try Versions.bump(app: app.id, on: connection)
    }

    /// Gives an app another developer name; its documents are the caller's to change.
    ///
    /// - Throws: ``ConstraintViolation`` of the kind `unique` when the name is taken.
    public static func rename(
        _ id: AppID,
        to name: String,
        noted _: AuditTrail.Receipt,
        on connection: any Connection
    ) throws {
        try connection.execute(
            """
            UPDATE apps SET developer_name = \(name), name_key = \(AppComponents.comparable(name: name)) WHERE id = \(id)
            """
        )
        try Versions.bump(app: id, on: connection)
    }
}
