import ClientApps
import OAuthTypes
import Orgs
import Storage
import Tokens

extension PackageInstallation {
    /// Writes into the audit trail that a version was put in the place of another or of none.
    func note(
        _ action: AuditAction,
        _ package: AppPackage,
        from version: String?,
        on connection: any Connection
    ) throws -> AuditTrail.Receipt {
        let changes = [
            AuditChange("version", before: version, after: package.manifest.version.description),
            AuditChange("issuer", before: nil, after: package.manifest.issuer),
            AuditChange("key", before: nil, after: package.manifest.key.fingerprint),
            AuditChange("scopes", before: nil, after: package.components.oauth?.record.commaSeparatedOAuthScopes),
        ]
        return try record(action, package.manifest.name, changes, on: connection)
    }

    func record(_ action: AuditAction, _ name: String, _ changes: [AuditChange], on connection: any Connection)
        throws -> AuditTrail.Receipt
    {
        try AuditTrail.record(
            AuditEvent(
                org: org.id,
                at: now,
                actor: actor,
                action: action,
                subjectKind: MetadataType.externalClientApplication.rawValue,
                subjectName: name,
                changes: changes
            ),
            on: connection
        )
    }
}

extension InstalledPackage {
    func upgraded(to package: AppPackage, at now: Timestamp) -> InstalledPackage {
        InstalledPackage(
            version: package.manifest.version.description,
            digest: package.digest,
            fingerprint: fingerprint,
            sourceOrg: sourceOrg,
            sourceApp: sourceApp,
            issuer: issuer,
            isAssociated: isAssociated,
            installedAt: installedAt,
            upgradedAt: now
        )
    }
}
