public import ClientApps
public import OAuthTypes

/// What ends an app, or all that was issued for it.
extension AppRecords {
    /// Ends every authorization, code and token of an app that was issued up to now. What users allowed on the consent page stays.
    public static func endGrants(of id: AppID, now: Timestamp, on connection: any Connection) throws {
        try connection.execute(
            "UPDATE authorizations SET revoked_at = \(now) WHERE app_id = \(id) AND revoked_at IS NULL"
        )
        try connection.execute("DELETE FROM opaque_tokens WHERE app_id = \(id)")
        try connection.execute("DELETE FROM authorization_codes WHERE app_id = \(id) AND redeemed_at IS NULL")
        try Sessions.deleteAll(openedBy: id, on: connection)
        try cutOff(id, at: now, on: connection)
    }

    /// Takes back what users allowed an app on the consent page.
    public static func deleteConsents(of id: AppID, on connection: any Connection) throws {
        try connection.execute("DELETE FROM consents WHERE app_id = \(id)")
    }

    /// Forgets an app with all that there is of it. The ids of assertions that were taken stay, so that none is taken again for a
    /// later app with the same consumer key.
    public static func delete(_ id: AppID, noted _: AuditTrail.Receipt, on connection: any Connection) throws {
        try Versions.bump(app: id, on: connection)
        try connection.execute(
            "DELETE FROM refresh_tokens WHERE authorization_id IN (SELECT id FROM authorizations WHERE app_id = \(id))"
        )
        try connection.execute("DELETE FROM authorizations WHERE app_id = \(id)")
        try connection.execute("DELETE FROM opaque_tokens WHERE app_id = \(id)")
        try connection.execute("DELETE FROM authorization_codes WHERE app_id = \(id)")
        try Sessions.deleteAll(openedBy: id, on: connection)
        try deleteConsents(of: id, on: connection)
        try PackageRecords.delete(id, on: connection)
        try connection.execute("DELETE FROM consumers WHERE app_id = \(id)")
        try connection.execute("DELETE FROM app_components WHERE app_id = \(id)")
        try connection.execute("DELETE FROM apps WHERE id = \(id)")
    }

    /// Takes every document of an app away but that of the connected app which it was.
    public static func keepConnectedApp(_ id: AppID, noted _: AuditTrail.Receipt, on connection: any Connection) throws
    {
        try connection.execute(
            "DELETE FROM app_components WHERE app_id = \(id) AND kind <> \(MetadataType.connectedApp.rawValue)"
        )
        try setKind(.connectedApp, of: id, on: connection)
    }

    /// Puts components in the place of those that an app has, and takes away documents of some types that are not among them, as
    /// another version of a package does.
    public static func replace(
        _ types: [MetadataType],
        with components: AppComponents,
        over stored: Stored,
        by actor: AuditActor,
        now: Timestamp,
        on connection: any Connection
    ) throws {
        let given = Set(components.documents.map(\.type))
        for type in types where !given.contains(type) {
            try connection.execute(
                "DELETE FROM app_components WHERE app_id = \(stored.id) AND kind = \(type.rawValue)"
            )
        }
        try save(components, over: stored, by: actor, now: now, on: connection)
    }

    /// Makes an app one of the other kind; its documents are the caller's to change.
    static func setKind(_ kind: AppKind, of id: AppID, on connection: any Connection) throws {
        try connection.execute("UPDATE apps SET kind = \(kind.rawValue) WHERE id = \(id)")
        try Versions.bump(app: id, on: connection)
    }

    /// Blocks an app from a moment on, or lifts the block.
    public static func setBlocked(
        _ moment: Timestamp?,
        of id: AppID,
        noted _: AuditTrail.Receipt,
        on connection: any Connection
    ) throws {
        try connection.execute("UPDATE apps SET blocked_at = \(moment) WHERE id = \(id)")
        try Versions.bump(app: id, on: connection)
    }

    /// Says whether an app is installed in its org.
    public static func setInstalled(
        _ isInstalled: Bool,
        of id: AppID,
        noted _: AuditTrail.Receipt,
        on connection: any Connection
    ) throws {
        try connection.execute("UPDATE apps SET is_installed = \(isInstalled) WHERE id = \(id)")
        try Versions.bump(app: id, on: connection)
    }

    /// Says whether an app gets the answers of the standards where those of the original are known to break standard clients.
    public static func setStandardAnswers(
        _ isOn: Bool,
        of id: AppID,
        noted _: AuditTrail.Receipt,
        on connection: any Connection
    ) throws {
        try connection.execute("UPDATE apps SET has_standard_answers = \(isOn) WHERE id = \(id)")
        try Versions.bump(app: id, on: connection)
    }
}
