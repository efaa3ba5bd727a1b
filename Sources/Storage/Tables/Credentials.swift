public import ClientApps
public import OAuthTypes
public import Orgs

/// A pair of consumer key and secret with all that is known of it.
public struct CredentialRecord: Hashable, Sendable {
    /// The pair.
    public let consumer: Consumer
    /// What REST calls the place that the pair stands in: the consumer itself, or what is staged beside it. A rotation changes the
    /// pairs in the two places, so that the id of the consumer stays what clients know.
    public let handle: ConsumerID
    /// When the pair was made.
    public let createdAt: Timestamp
    /// Who made it; `nil` for an operator or a deployment.
    public let createdBy: UserID?

    /// A pair as it is remembered.
    public init(consumer: Consumer, handle: ConsumerID, createdAt: Timestamp, createdBy: UserID?) {
        (self.consumer, self.handle) = (consumer, handle)
        (self.createdAt, self.createdBy) = (createdAt, createdBy)
    }
}

/// The table of pairs of consumer key and secret. Key, secret and id of a row never change; another secret is another row. What changes
/// it asks for the receipt of the entry that says so.
public enum Credentials {
    static let consumerColumns: StaticString =
        "id, consumer_key, secret_digest, sealed_secret, state, expires_at"

    static func consumer(_ row: inout Row) throws -> Consumer {
        Consumer(
            id: try row.id(),
            key: try row.text(),
            secretDigest: try row.blob(),
            sealedSecret: try row.blob(),
            state: try row.word(),
            expiresAt: try row.optionalTime()
        )
    }

    /// Lets one transaction at a time decide about the pairs of an app. A transaction asks it before it reads them.
    ///
    /// The two databases share no words for a lock, so the row is written as it is.
    public static func serialize(_ app: AppID, on connection: any Connection) throws {
        try connection.execute("UPDATE apps SET not_before = not_before WHERE id = \(app)")
    }

    /// The pairs of an app, expired ones too: the current one, the staged one, then those rotated out, the newest first.
    public static func all(app: AppID, on connection: any Connection) throws -> [CredentialRecord] {
        try connection.rows(
            """
            SELECT \(raw: consumerColumns), handle, created_at, created_by FROM consumers WHERE app_id = \(app)
            ORDER BY CASE state WHEN 'active' THEN 0 WHEN 'staged' THEN 1 ELSE 2 END, created_at DESC, id DESC
            """
        ).map { row in
            var row = row
            return CredentialRecord(
                consumer: try consumer(&row),
                handle: try row.id(),
                createdAt: try row.time(),
                createdBy: try row.optionalID()
            )
        }
    }

    /// Whether a pair has an id already.
    public static func isTaken(_ id: ConsumerID, on connection: any Connection) throws -> Bool {
        try connection.row("SELECT 1 FROM consumers WHERE id = \(id)") != nil
    }

    /// Whether an app of an org has a pair with this secret, in any state.
    public static func hasSecret(digest: [UInt8], org: OrgID, on connection: any Connection) throws -> Bool {
        try connection.row(
            """
            SELECT 1 FROM consumers c JOIN apps a ON a.id = c.app_id
            WHERE a.org_id = \(org) AND c.secret_digest = \(digest)
            """
        ) != nil
    }

    /// Remembers a pair.
    ///
    /// - Throws: ``ConstraintViolation`` of the kind `unique` when the key is taken, or the app has a pair of this state that may be
    ///   there once.
    public static func insert(
        _ record: CredentialRecord,
        app: AppID,
        noted _: AuditTrail.Receipt,
        on connection: any Connection
    ) throws {
        let consumer = record.consumer
        try connection.execute(
            """
            INSERT INTO consumers
                (id, app_id, consumer_key, secret_digest, sealed_secret, state, expires_at, handle, created_at, created_by)
            VALUES
                (\(consumer.id), \(app), \(consumer.key), \(consumer.secretDigest), \(consumer.sealedSecret),
                 \(consumer.state.rawValue), \(consumer.expiresAt), \(record.handle), \(record.createdAt),
                 \(record.createdBy))
            """
        )
        try Versions.bump(app: app, on: connection)
    }

    /// Puts the staged pair in the place of the current one, which takes the place of the staged one and ends at a moment.
    ///
    /// - Returns: whether both were still what the caller takes them for.
    public static func promote(
        _ staged: CredentialRecord,
        inPlaceOf current: CredentialRecord,
        until end: Timestamp,
        noted _: AuditTrail.Receipt,
        on connection: any Connection
    ) throws -> Bool {
        let retired = try changed(
            """
            UPDATE consumers SET state = 'rotated', handle = \(staged.handle), expires_at = \(end)
            WHERE id = \(current.consumer.id) AND state = 'active' RETURNING app_id
            """,
            on: connection
        )
        let promoted = try changed(
            """
            UPDATE consumers SET state = 'active', handle = \(current.handle), expires_at = NULL
            WHERE id = \(staged.consumer.id) AND state = 'staged' RETURNING app_id
            """,
            on: connection
        )
        return retired == 1 && promoted == 1
    }

    /// Forgets a pair, which is refused from then on.
    ///
    /// - Returns: whether it was there.
    @discardableResult
    public static func delete(_ id: ConsumerID, noted _: AuditTrail.Receipt, on connection: any Connection) throws
        -> Bool
    {
        try changed("DELETE FROM consumers WHERE id = \(id) RETURNING app_id", on: connection) > 0
    }

    /// Forgets some pairs that expired before a time.
    ///
    /// - Returns: how many were forgotten.
    public static func sweep(expiredBefore time: Timestamp, limit: Int, on connection: any Connection) throws -> Int {
        try changed(
            """
            DELETE FROM consumers WHERE id IN (SELECT id FROM consumers WHERE expires_at < \(time) LIMIT \(limit))
            RETURNING app_id
            """,
            on: connection
        )
    }

    /// Runs a statement that changes pairs and answers whose they are, and counts the changes of those apps.
    ///
    /// - Returns: how many pairs were changed.
    private static func changed(_ statement: SQL, on connection: any Connection) throws -> Int {
        let rows = try connection.rows(statement)
        for var row in rows { try Versions.bump(app: row.id(), on: connection) }
        return rows.count
    }
}
