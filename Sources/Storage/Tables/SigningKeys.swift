public import OAuthTypes
public import Orgs

/// One signing key of an org; the private part is sealed under the master key.
public struct SigningKeyRecord: Sendable {
    /// The name of the key: `kid` in headers and key sets (RFC 7517 section 4.5).
    public let kid: String
    /// The org whose tokens it signs.
    public let org: OrgID
    /// `accessToken` or `idToken`: two sets of keys that never mix.
    public let purpose: String
    /// `next`, `active`, `retiring` or `revoked`.
    public let state: String
    /// The RSA modulus, big-endian: `n` (RFC 7518 section 6.3.1.1).
    public let modulus: [UInt8]
    /// The RSA public exponent, big-endian: `e` (RFC 7518 section 6.3.1.2).
    public let exponent: [UInt8]
    /// The private key in DER form, sealed under the master key; empty once it is revoked.
    public let sealedPrivateKey: [UInt8]
    /// When it was made.
    public let createdAt: Timestamp
    /// From when on it stands in the key set, before it signs.
    public let publishedAt: Timestamp
    /// When it began to sign; `nil` for a next key.
    public let activatedAt: Timestamp?
    /// When it stopped to sign; `nil` until then.
    public let retiredAt: Timestamp?
    /// For a retiring key: when its last token has expired.
    public let usableUntil: Timestamp?

    /// A new key: next or active.
    public init(
        kid: String,
        org: OrgID,
        purpose: String,
        state: String,
        modulus: [UInt8],
        exponent: [UInt8],
        sealedPrivateKey: [UInt8],
        createdAt: Timestamp,
        publishedAt: Timestamp,
        activatedAt: Timestamp?
    ) {
        self.kid = kid
        self.org = org
        self.purpose = purpose
        self.state = state
        self.modulus = modulus
        self.exponent = exponent
        self.sealedPrivateKey = sealedPrivateKey
        self.createdAt = createdAt
        self.publishedAt = publishedAt
        self.activatedAt = activatedAt
        self.retiredAt = nil
        self.usableUntil = nil
    }

    init(_ row: Row) throws {
        var row = row
        kid = try row.text()
        org = try row.id()
        purpose = try row.text()
        state = try row.text()
        modulus = try row.blob()
        exponent = try row.blob()
        sealedPrivateKey = try row.blob()
        createdAt = try row.time()
        publishedAt = try row.time()
        activatedAt = try row.optionalTime()
        retiredAt = try row.optionalTime()
        usableUntil = try row.optionalTime()
    }
}

/// The table of signing keys. The schema holds each org to one active and one next key for each purpose.
public enum SigningKeys {
    private static let columns: StaticString = """
        kid, org_id, purpose, state, modulus, exponent, sealed_private_key, created_at, published_at, activated_at, \
        retired_at, usable_until
        """

    /// Remembers a new key.
    ///
    /// - Throws: ``ConstraintViolation`` of the kind `unique` when another node made the active or next key first, or a key of the server
    ///   has the name.
    public static func insert(_ key: SigningKeyRecord, by actor: AuditActor, on connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO signing_keys (\(raw: columns)) VALUES
                (\(key.kid), \(key.org), \(key.purpose), \(key.state), \(key.modulus), \(key.exponent),
                 \(key.sealedPrivateKey), \(key.createdAt), \(key.publishedAt), \(key.activatedAt), NULL, NULL)
            """
        )
        let changes = [
            AuditChange("purpose", before: nil, after: key.purpose),
            AuditChange("state", before: nil, after: key.state),
        ]
        try note(.created, key.kid, key.org, changes, by: actor, now: key.createdAt, on: connection)
        Versions.bump(key.org, on: connection)
    }

    /// All keys of an org that are not revoked, the oldest first.
    public static func all(org: OrgID, on connection: any Connection) throws -> [SigningKeyRecord] {
        try connection.rows(
            """
            SELECT \(raw: columns) FROM signing_keys WHERE org_id = \(org) AND state <> 'revoked'
            ORDER BY created_at, kid
            """
        ).map(SigningKeyRecord.init)
    }

    /// The keys of one purpose of all orgs that are not revoked, the oldest first.
    public static func all(purpose: String, on connection: any Connection) throws -> [SigningKeyRecord] {
        try connection.rows(
            """
            SELECT \(raw: columns) FROM signing_keys WHERE purpose = \(purpose) AND state <> 'revoked'
            ORDER BY created_at, kid
            """
        ).map(SigningKeyRecord.init)
    }

    /// Whether a key of any org has a name.
    public static func isTaken(kid: String, on connection: any Connection) throws -> Bool {
        try connection.row("SELECT 1 FROM signing_keys WHERE kid = \(kid)") != nil
    }

    /// Makes the next key the active one.
    public static func activate(
        kid: String,
        org: OrgID,
        by actor: AuditActor,
        now: Timestamp,
        on connection: any Connection
    ) throws {
        try AuditTrail.serialize(org, on: connection)
        let changed = try connection.execute(
            """
            UPDATE signing_keys SET state = 'active', activated_at = \(now)
            WHERE org_id = \(org) AND kid = \(kid) AND state = 'next'
            """
        )
        guard changed > 0 else { return }
        let change = AuditChange("state", before: "next", after: "active")
        try note(.updated, kid, org, [change], by: actor, now: now, on: connection)
        Versions.bump(org, on: connection)
    }

    /// Lets an active key sign no more and keeps it published until a time.
    public static func retire(
        kid: String,
        org: OrgID,
        by actor: AuditActor,
        now: Timestamp,
        usableUntil: Timestamp,
        on connection: any Connection
    ) throws {
        try AuditTrail.serialize(org, on: connection)
        let changed = try connection.execute(
            """
            UPDATE signing_keys SET state = 'retiring', retired_at = \(now), usable_until = \(usableUntil)
            WHERE org_id = \(org) AND kid = \(kid) AND state = 'active'
            """
        )
        guard changed > 0 else { return }
        let changes = [
            AuditChange("state", before: "active", after: "retiring"),
            AuditChange("usableUntil", before: nil, after: usableUntil.rfc3339),
        ]
        try note(.updated, kid, org, changes, by: actor, now: now, on: connection)
        Versions.bump(org, on: connection)
    }

    /// Drops a key at once: nothing it signed is good any more. Its private part is wiped.
    ///
    /// - Returns: whether it was there.
    @discardableResult
    public static func revoke(
        kid: String,
        org: OrgID,
        by actor: AuditActor,
        now: Timestamp,
        on connection: any Connection
    ) throws -> Bool {
        try AuditTrail.serialize(org, on: connection)
        let changed = try connection.execute(
            """
            UPDATE signing_keys SET state = 'revoked', retired_at = \(now), usable_until = \(now),
                sealed_private_key = \([UInt8]())
            WHERE org_id = \(org) AND kid = \(kid) AND state <> 'revoked'
            """
        )
        guard changed > 0 else { return false }
        try note(
            .keysRevoked,
            kid,
            org,
            [AuditChange("state", before: nil, after: "revoked")],
            by: actor,
            now: now,
            on: connection
        )
        Versions.bump(org, on: connection)
        return true
    }

    private static func note(
        _ action: AuditAction,
        _ kid: String,
        _ org: OrgID,
        _ changes: [AuditChange],
        by actor: AuditActor,
        now: Timestamp,
        on connection: any Connection
    ) throws {
        let event = AuditEvent(
            org: org,
            at: now,
            actor: actor,
            action: action,
            subjectKind: "SigningKey",
            subjectName: kid,
            changes: changes
        )
        try AuditTrail.record(event, on: connection)
    }

    /// Forgets some of the keys that were revoked before a time; nothing reads them any more.
    ///
    /// - Returns: how many were forgotten.
    public static func sweep(revokedBefore time: Timestamp, limit: Int, on connection: any Connection) throws -> Int {
        try connection.execute(
            """
            DELETE FROM signing_keys WHERE (org_id, kid) IN
                (SELECT org_id, kid FROM signing_keys WHERE state = 'revoked' AND usable_until < \(time) LIMIT \(limit))
            """
        )
    }
}
