public import ClientApps
public import OAuthTypes
public import Orgs

/// The table of an org's settings as metadata: `ExternalClientAppSettings`, `ConnectedAppSettings` and `OauthOidcSettings`
/// (facts: app-model 1.10), and the one setting of credentials that is not the original's.
public enum OrgSettings {
    /// The types of document that are kept here.
    public static let types = MetadataType.allCases.filter { $0.settingsName != nil }

    /// Says that a stored document cannot be read: a defect of ours or a foreign hand.
    public struct Unreadable: Error, CustomStringConvertible {
        let type: MetadataType
        let reason: String
        /// Which document, and why.
        public var description: String { "the stored \(type.rawValue) cannot be read: \(reason)" }
    }

    /// The document of a type as it stands, with what an org has from its start where nobody has set anything; `nil` for a type
    /// that is no org setting.
    ///
    /// "PKCE for every app" is kept with the org itself, so that there is one truth about it.
    public static func document(
        _ type: MetadataType,
        org: OrgID,
        on connection: any Connection
    ) throws -> MetadataComponent? {
        guard let name = type.settingsName else { return nil }
        var row = try connection.row(
            "SELECT document FROM org_settings WHERE org_id = \(org) AND kind = \(type.rawValue)"
        )
        let stored = try row?.blob()
        switch type {
        case .externalClientAppSettings where stored == nil:
            return MetadataComponent(fullName: name, content: .externalClientAppSettings(.init()))
        case .connectedAppSettings where stored == nil:
            return MetadataComponent(fullName: name, content: .connectedAppSettings(.init()))
        case .oauthOIDCSettings:
            var settings = OAuthOIDCSettings()
            if let stored, case .oauthOIDCSettings(let kept) = try read(type, name, stored).content { settings = kept }
            settings.isPKCERequired = try OrgRecords.state(id: org, on: connection)?.org.isPKCERequired
            return MetadataComponent(fullName: name, content: .oauthOIDCSettings(settings))
        default:
            return try stored.map { try read(type, name, $0) }
        }
    }

    /// When a document of settings was last changed, and by which user; `nil` where nobody has changed it.
    public static func lastChange(
        _ type: MetadataType,
        org: OrgID,
        on connection: any Connection
    ) throws -> (at: Timestamp, user: UserID?)? {
        guard
            var row = try connection.row(
                "SELECT updated_at, updated_by FROM org_settings WHERE org_id = \(org) AND kind = \(type.rawValue)"
            )
        else { return nil }
        return (try row.time(), try row.optionalID())
    }

    private static func read(_ type: MetadataType, _ name: String, _ bytes: [UInt8]) throws -> MetadataComponent {
        do {
            return try MetadataDocument.parse(type, fullName: name, bytes: bytes)
        } catch {
            throw Unreadable(type: type, reason: "\(error)")
        }
    }

    /// Puts a document of settings in the place of the org's; what it leaves out is left out from then on.
    ///
    /// - Returns: whether the document is one of these types; another is not kept.
    @discardableResult
    public static func save(
        _ component: MetadataComponent,
        org: OrgID,
        by actor: AuditActor,
        now: Timestamp,
        on connection: any Connection
    ) throws -> Bool {
        guard let name = component.type.settingsName else { return false }
        let before = try document(component.type, org: org, on: connection)
        try AuditTrail.recordUpdate(
            "Settings",
            name,
            in: org,
            AuditedFields(before.map { [$0] } ?? []).changes(to: AuditedFields([component])),
            by: actor,
            now: now,
            on: connection
        )
        var kept = MetadataComponent(fullName: name, content: component.content)
        if case .oauthOIDCSettings(var settings) = component.content {
            if let isRequired = settings.isPKCERequired {
                try connection.execute("UPDATE orgs SET is_pkce_required = \(isRequired) WHERE id = \(org)")
            }
            settings.isPKCERequired = nil
            kept.content = .oauthOIDCSettings(settings)
        }
        try connection.execute(
            """
            INSERT INTO org_settings (org_id, kind, document, updated_at, updated_by) VALUES
                (\(org), \(component.type.rawValue), \(MetadataDocument.xml(kept)), \(now), \(actor.user))
            ON CONFLICT (org_id, kind) DO UPDATE SET
                document = excluded.document, updated_at = excluded.updated_at, updated_by = excluded.updated_by
            """
        )
        Versions.bump(org, on: connection)
        return true
    }

    /// The org's switches for external client apps.
    public static func externalClientApps(org: OrgID, on connection: any Connection) throws -> ExternalClientAppSettings
    {
        let component = try document(.externalClientAppSettings, org: org, on: connection)
        guard case .externalClientAppSettings(let settings)? = component?.content else { return .init() }
        return settings
    }

    /// The org's switches for connected apps.
    public static func connectedApps(org: OrgID, on connection: any Connection) throws -> ConnectedAppSettings {
        let component = try document(.connectedAppSettings, org: org, on: connection)
        guard case .connectedAppSettings(let settings)? = component?.content else { return .init() }
        return settings
    }

    /// For how many days a consumer pair that was rotated out still works where the rotation does not say: 0 to 30.
    public static func overlapDays(org: OrgID, on connection: any Connection) throws -> Int {
        var row = try connection.row("SELECT credential_overlap_days FROM orgs WHERE id = \(org)")
        return try row?.int() ?? 30
    }

    /// Sets for how many days a consumer pair that was rotated out still works.
    public static func setOverlapDays(
        _ days: Int,
        org: OrgID,
        by actor: AuditActor,
        now: Timestamp,
        on connection: any Connection
    ) throws {
        guard let state = try OrgRecords.state(id: org, on: connection) else { return }
        var (before, after) = (AuditedFields(), AuditedFields())
        before.add("credentialOverlapDays", "\(try overlapDays(org: org, on: connection))")
        after.add("credentialOverlapDays", "\(days)")
        try AuditTrail.recordUpdate(
            "Org",
            state.org.name,
            in: org,
            before.changes(to: after),
            by: actor,
            now: now,
            on: connection
        )
        try connection.execute("UPDATE orgs SET credential_overlap_days = \(days) WHERE id = \(org)")
    }
}
