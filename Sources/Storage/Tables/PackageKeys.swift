public import OAuthTypes
public import Orgs

/// The key pair with which an org signs its packages; the private part is sealed under the master key.
public struct PackageKeyRecord: Hashable, Sendable {
    /// The public part.
    public let publicKey: [UInt8]
    /// The private part, sealed.
    public let sealedPrivateKey: [UInt8]
    /// When it was made.
    public let createdAt: Timestamp

    /// A key pair as it is stored.
    public init(publicKey: [UInt8], sealedPrivateKey: [UInt8], createdAt: Timestamp) {
        (self.publicKey, self.sealedPrivateKey, self.createdAt) = (publicKey, sealedPrivateKey, createdAt)
    }
}

/// The table of the keys that packages are signed with: one for each org.
public enum PackageKeys {
    /// The key of an org, once it has one.
    public static func key(org: OrgID, on connection: any Connection) throws -> PackageKeyRecord? {
        try connection.row(
            "SELECT public_key, sealed_private_key, created_at FROM package_keys WHERE org_id = \(org)"
        ).map { row in
            var row = row
            return PackageKeyRecord(
                publicKey: try row.blob(),
                sealedPrivateKey: try row.blob(),
                createdAt: try row.time()
            )
        }
    }

    /// Remembers the key of an org.
    ///
    /// - Throws: ``ConstraintViolation`` of the kind `unique` when it has one.
    public static func insert(_ key: PackageKeyRecord, org: OrgID, on connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO package_keys (org_id, public_key, sealed_private_key, created_at) VALUES
                (\(org), \(key.publicKey), \(key.sealedPrivateKey), \(key.createdAt))
            """
        )
    }
}

/// The table of those whose packages an org installs.
public enum PackageSigners {
    /// Somebody whose packages an org installs.
    public struct Signer: Hashable, Sendable {
        /// The fingerprint of their key.
        public let fingerprint: String
        /// The issuer that their package named.
        public let issuer: String
        /// Since when they are trusted.
        public let trustedAt: Timestamp
    }

    /// Those whom an org trusts, the first trusted first.
    public static func all(org: OrgID, on connection: any Connection) throws -> [Signer] {
        try connection.rows(
            """
            SELECT fingerprint, issuer, trusted_at FROM package_signers WHERE org_id = \(org)
            ORDER BY trusted_at, fingerprint
            """
        ).map { row in
            var row = row
            return Signer(fingerprint: try row.text(), issuer: try row.text(), trustedAt: try row.time())
        }
    }

    /// Trusts a key from now on.
    public static func trust(
        _ fingerprint: String,
        issuer: String,
        org: OrgID,
        by actor: AuditActor,
        now: Timestamp,
        on connection: any Connection
    ) throws {
        let change = AuditChange("issuer", before: nil, after: issuer)
        try note(.created, fingerprint, [change], org: org, by: actor, now: now, on: connection)
        try connection.execute(
            """
            INSERT INTO package_signers (org_id, fingerprint, issuer, trusted_at) VALUES
                (\(org), \(fingerprint), \(issuer), \(now))
            ON CONFLICT (org_id, fingerprint) DO NOTHING
            """
        )
    }

    /// Trusts a key no more; what is installed stays.
    ///
    /// - Returns: whether it was trusted.
    public static func distrust(
        _ fingerprint: String,
        org: OrgID,
        by actor: AuditActor,
        now: Timestamp,
        on connection: any Connection
    ) throws -> Bool {
        guard try all(org: org, on: connection).contains(where: { $0.fingerprint == fingerprint }) else { return false }
        try note(.deleted, fingerprint, [], org: org, by: actor, now: now, on: connection)
        return try connection.execute(
            "DELETE FROM package_signers WHERE org_id = \(org) AND fingerprint = \(fingerprint)"
        ) > 0
    }

    private static func note(
        _ action: AuditAction,
        _ fingerprint: String,
        _ changes: [AuditChange],
        org: OrgID,
        by actor: AuditActor,
        now: Timestamp,
        on connection: any Connection
    ) throws {
        try AuditTrail.record(
            AuditEvent(
                org: org,
                at: now,
                actor: actor,
                action: action,
                subjectKind: "PackageSigner",
                subjectName: fingerprint,
                changes: changes
            ),
            on: connection
        )
    }
}
