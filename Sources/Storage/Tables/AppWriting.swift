public import ClientApps
public import OAuthTypes
public import Orgs

/// What is written of apps; each change is in the audit trail.
extension AppRecords {
    /// Remembers a new app and its consumer. Nothing that was issued before is its own: a key that is chosen, or that an installation of a
    /// package brings, may have been that of an app that was deleted, whose JWTs live until they expire.
    ///
    /// - Parameter source: the app whose consumers and global settings it has in place of its own.
    /// - Throws: ``ConstraintViolation`` of the kind `unique` when the developer name or the consumer key is taken.
    public static func insert(
        _ components: AppComponents,
        id: AppID,
        org: OrgID,
        consumer: Consumer?,
        source: AppID? = nil,
        by actor: AuditActor,
        now: Timestamp,
        on connection: any Connection
    ) throws {
        let receipt = try AuditTrail.record(
            AuditEvent(
                org: org,
                at: now,
                actor: actor,
                action: .created,
                subjectKind: components.kind.metadataType.rawValue,
                subjectName: components.developerName,
                changes: audited(nil).changes(to: audited(components)) + changes(newConsumer: consumer)
            ),
            on: connection
        )
        try connection.execute(
            """
            INSERT INTO apps (id, org_id, developer_name, name_key, created_at, created_by, updated_at, not_before, kind) VALUES
                (\(id), \(org), \(components.developerName), \(components.comparableName), \(now), \(actor.user), \(now),
                 \(now.justBefore), \(components.kind.rawValue))
            """
        )
        if let source { try connection.execute("UPDATE apps SET source_app_id = \(source) WHERE id = \(id)") }
        if let consumer { try insert(consumer, app: id, receipt, now, on: connection) }
        try put(withoutCredentials(components).documents, id: id, by: actor, now: now, on: connection)
    }

    private static func insert(
        _ consumer: Consumer,
        app: AppID,
        _ receipt: AuditTrail.Receipt,
        _ now: Timestamp,
        on connection: any Connection
    ) throws {
        try Credentials.insert(
            CredentialRecord(consumer: consumer, handle: consumer.id, createdAt: now, createdBy: nil),
            app: app,
            noted: receipt,
            on: connection
        )
    }

    /// Puts components in the place of those that an app has; those not given stay. The consumer's key and secret are not
    /// part of what is kept here.
    ///
    /// - Parameters:
    ///   - stored: the app as it stands.
    ///   - newConsumer: the pair of an app that had none.
    public static func save(
        _ components: AppComponents,
        over stored: Stored,
        newConsumer: Consumer? = nil,
        by actor: AuditActor,
        now: Timestamp,
        on connection: any Connection
    ) throws {
        let changes =
            audited(stored.components).changes(to: audited(components)) + changes(newConsumer: newConsumer)
        let receipt = try AuditTrail.recordUpdate(
            components.kind.metadataType.rawValue,
            stored.components.developerName,
            in: stored.org,
            changes,
            by: actor,
            now: now,
            on: connection
        )
        if let newConsumer {
            try insert(newConsumer, app: stored.id, receipt, now, on: connection)
            // As for a new app: the key may have been another's.
            try cutOff(stored.id, at: now.justBefore, on: connection)
        }
        let (old, new) = (withoutCredentials(stored.components).documents, withoutCredentials(components).documents)
        // What is as it was is not written, so that nothing that is kept in memory is read anew for it.
        guard old != new else { return }
        try put(new.filter { !old.contains($0) }, id: stored.id, by: actor, now: now, on: connection)
    }

    /// Makes an external client app of a connected app, whose document stays beside those of the new kind.
    public static func migrate(
        _ id: AppID,
        to components: AppComponents,
        noted _: AuditTrail.Receipt,
        by actor: AuditActor,
        now: Timestamp,
        on connection: any Connection
    ) throws {
        try setKind(.externalClientApp, of: id, on: connection)
        try put(withoutCredentials(components).documents, id: id, by: actor, now: now, on: connection)
    }

    private static func audited(_ components: AppComponents?) -> AuditedFields {
        AuditedFields(components.map { withoutCredentials($0).documents } ?? [])
    }

    private static func changes(newConsumer consumer: Consumer?) -> [AuditChange] {
        consumer.map {
            [
                AuditChange("consumerKey", before: nil, after: $0.key),
                .secret("consumerSecret", before: nil, after: $0.secretDigest),
            ]
        } ?? []
    }

    private static func put(
        _ documents: [MetadataComponent],
        id: AppID,
        by actor: AuditActor,
        now: Timestamp,
        on connection: any Connection
    ) throws {
        for document in documents {
            try connection.execute(
                """
                INSERT INTO app_components (app_id, kind, full_name, document, updated_at, updated_by) VALUES
                    (\(id), \(document.type.rawValue), \(document.fullName), \(MetadataDocument.xml(document)), \(now),
                     \(actor.user))
                ON CONFLICT (app_id, kind) DO UPDATE SET
                    full_name = excluded.full_name, document = excluded.document, updated_at = excluded.updated_at,
                    updated_by = excluded.updated_by
                """
            )
        }
        try connection.execute("UPDATE apps SET updated_at = \(now) WHERE id = \(id)")
        try Versions.bump(app: id, on: connection)
    }

    /// Kills every token of an app that was issued up to a moment.
    public static func cutOff(_ id: AppID, at moment: Timestamp, on connection: any Connection) throws {
        try connection.execute("UPDATE apps SET not_before = \(moment) WHERE id = \(id)")
        try Versions.bump(app: id, on: connection)
    }

    /// Moves the moments up to which tokens are killed, where they were set in a transaction that began at a moment, to its end: those that
    /// were issued while it was at work end too.
    public static func delayCutOffs(
        since begin: Timestamp,
        by time: TimeSpan,
        org: OrgID,
        on connection: any Connection
    ) throws {
        guard time.milliseconds > 0 else { return }
        try connection.execute(
            """
            UPDATE apps SET not_before = not_before + \(time.milliseconds)
            WHERE org_id = \(org) AND not_before >= \(begin.justBefore)
            """
        )
    }

    static func withoutCredentials(_ components: AppComponents) -> AppComponents {
        var kept = components
        kept.globalOAuth?.record.consumerKey = nil
        kept.globalOAuth?.record.consumerSecret = nil
        kept.connectedApp?.oauthConfig?.consumerKey = nil
        kept.connectedApp?.oauthConfig?.consumerSecret = nil
        // Rotating is done once, by the deployment that asks for it.
        kept.globalOAuth?.record.shouldRotateConsumerKey = nil
        kept.globalOAuth?.record.shouldRotateConsumerSecret = nil
        return kept
    }
}

extension Timestamp {
    /// The last moment before this one: what is issued at the moment itself is not cut off.
    fileprivate var justBefore: Timestamp { self - TimeSpan(milliseconds: 1) }
}
