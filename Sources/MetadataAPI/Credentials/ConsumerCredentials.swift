import ClientApps
public import OAuthTypes
import Orgs
public import Storage
public import Tokens

/// Stages, rotates in, replaces and deletes pairs of consumer key and secret (facts: app-model 7), for whoever asks: REST, the
/// Metadata API and the command line. Each change is in the audit trail by the end of its transaction.
public struct ConsumerCredentials: Sendable {
    /// How long a staged pair works, and one that was rotated out at most.
    public static let life = TimeSpan.days(30)
    /// How many pairs that were rotated out may work at the same time.
    public static let rotatedLimit = 4

    let masterKey: MasterKey

    /// Pairs whose secrets are sealed under a master key.
    public init(masterKey: MasterKey) {
        self.masterKey = masterKey
    }

    /// A pair with its secret in the clear: shown by whoever made it, once, or by a guarded read.
    public struct Revealed: Sendable {
        /// The pair.
        public let record: CredentialRecord
        /// Its secret.
        public let secret: Secret
    }

    /// The secrets of some pairs, which the audit trail keeps as seen.
    ///
    /// - Throws: `MasterKeyError`, or what the database throws.
    public func reveal(
        _ records: [CredentialRecord],
        of app: AppRecords.Stored,
        by actor: AuditActor,
        now: Timestamp,
        on connection: any Connection
    ) throws -> [Revealed] {
        let revealed = try records.map { Revealed(record: $0, secret: try secret(of: $0.consumer)) }
        guard !records.isEmpty else { return revealed }
        let changes = records.flatMap { [Self.key($0, $0), Self.secret($0, $0)] }
        try note(.credentialsViewed, app, actor, now, changes, on: connection)
        return revealed
    }

    /// What a pair beside the current one is at a moment.
    public static func state(of record: CredentialRecord, now: Timestamp) -> CredentialState {
        guard record.consumer.isUsable(at: now) else { return .expired }
        return record.consumer.state == .rotated ? .rotated : .active
    }

    // MARK: Parts

    /// Makes a new current pair, of what is given and what is not.
    ///
    /// - Parameter isTaken: whether another consumer has an id already, where many are made at one moment.
    /// - Throws: `MasterKeyError`, or what the closure throws.
    func pair(
        _ state: Consumer.State,
        key: String? = nil,
        secret: Secret? = nil,
        expiresAt: Timestamp? = nil,
        now: Timestamp,
        unless isTaken: (ConsumerID) throws -> Bool = { _ in false }
    ) throws -> (consumer: Consumer, secret: Secret) {
        var randomness = SystemRandomNumberGenerator()
        let id = try ConsumerID.make(prefix: Consumer.idPrefix, now: now, using: &randomness, unless: isTaken)
        let secret = secret ?? ConsumerSecret.generate(using: &randomness)
        let consumer = Consumer(
            id: id,
            key: key ?? ConsumerKey.generate(using: &randomness),
            secretDigest: masterKey.digest(ofConsumerSecret: secret),
            sealedSecret: try secret.withBytes { try masterKey.seal($0, context: Consumer.sealContext(id)) },
            state: state,
            expiresAt: expiresAt
        )
        return (consumer, secret)
    }

    func secret(of consumer: Consumer) throws -> Secret {
        Secret(try masterKey.open(consumer.sealedSecret, context: Consumer.sealContext(consumer.id)))
    }

    @discardableResult
    func note(
        _ action: AuditAction,
        _ app: AppRecords.Stored,
        _ actor: AuditActor,
        _ now: Timestamp,
        _ changes: [AuditChange],
        on connection: any Connection
    ) throws -> AuditTrail.Receipt {
        let event = AuditEvent(
            org: app.org,
            at: now,
            actor: actor,
            action: action,
            subjectKind: app.kind.metadataType.rawValue,
            subjectName: app.components.developerName,
            changes: changes
        )
        return try AuditTrail.record(event, on: connection)
    }

    static func key(_ before: CredentialRecord?, _ after: CredentialRecord?) -> AuditChange {
        AuditChange("consumerKey", before: before?.consumer.key, after: after?.consumer.key)
    }

    static func secret(_ before: CredentialRecord?, _ after: CredentialRecord?) -> AuditChange {
        .secret("consumerSecret", before: before?.consumer.secretDigest, after: after?.consumer.secretDigest)
    }
}
