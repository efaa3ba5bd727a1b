public import ClientApps
public import OAuthTypes
import Orgs
public import Storage
import Tokens

/// What changes the pairs of an app. Each change locks them, and is in the audit trail before it is made.
extension ConsumerCredentials {
    /// Makes a pair that works beside the current one.
    ///
    /// - Throws: ``CredentialRefusal``.
    public func stage(
        _ app: AppRecords.Stored,
        by actor: AuditActor,
        now: Timestamp,
        on connection: any Connection
    ) throws -> Revealed {
        let pairs = try pairs(of: app, on: connection)
        // An app that has the consumer of another org's has none to stand beside.
        _ = try Self.current(pairs)
        if let staged = pairs.first(where: { $0.consumer.state == .staged }) {
            guard let end = staged.consumer.expiresAt, end <= now else {
                throw CredentialRefusal.stagedAlready(until: staged.consumer.expiresAt ?? now + Self.life)
            }
            try delete([staged], of: app, actor, now, on: connection)
        }
        let rotated = pairs.count { $0.consumer.state == .rotated && $0.consumer.isUsable(at: now) }
        guard rotated < Self.rotatedLimit else { throw CredentialRefusal.tooManyRotated(rotated) }
        let made = try pair(.staged, expiresAt: now + Self.life, now: now)
        let record = CredentialRecord(
            consumer: made.consumer,
            handle: made.consumer.id,
            createdAt: now,
            createdBy: actor.user
        )
        let changes = [Self.key(nil, record), Self.secret(nil, record)]
        let receipt = try note(.credentialsStaged, app, actor, now, changes, on: connection)
        try Credentials.insert(record, app: app.id, noted: receipt, on: connection)
        return Revealed(record: record, secret: made.secret)
    }

    /// Puts the staged pair in the place of the current one, which works on for the overlap.
    ///
    /// - Parameters:
    ///   - handle: which staged pair; `nil` for the one there is.
    ///   - overlapDays: from 0 to 30; `nil` for what the org has set.
    /// - Returns: the pair that was rotated out, in its new place.
    /// - Throws: ``CredentialRefusal``.
    public func rotate(
        _ app: AppRecords.Stored,
        staged handle: ConsumerID?,
        overlapDays: Int?,
        by actor: AuditActor,
        now: Timestamp,
        on connection: any Connection
    ) throws -> CredentialRecord {
        let days = try overlapDays ?? OrgSettings.overlapDays(org: app.org, on: connection)
        guard (0...30).contains(days) else { throw CredentialRefusal.overlapOutOfRange }
        let pairs = try pairs(of: app, on: connection)
        let current = try Self.current(pairs)
        let given = handle.map { handle in pairs.first { $0.handle == handle && $0.consumer.state != .active } }
        guard let staged = given ?? pairs.first(where: { $0.consumer.state == .staged }) else {
            throw handle == nil ? CredentialRefusal.nothingBeside : .unknown
        }
        let state = Self.state(of: staged, now: now)
        guard state == .active else { throw CredentialRefusal.notStaged(state) }
        let end = now + .days(Int64(days))
        let changes = [
            Self.key(current, staged), Self.secret(current, staged),
            AuditChange("expirationDate", before: nil, after: end.rfc3339),
        ]
        let receipt = try note(.credentialsRotated, app, actor, now, changes, on: connection)
        guard
            try Credentials.promote(staged, inPlaceOf: current, until: end, noted: receipt, on: connection)
        else { throw CredentialRefusal.changedMeanwhile }
        guard
            let retired = try Credentials.all(app: app.id, on: connection).first(where: { $0.handle == staged.handle })
        else { throw CredentialRefusal.changedMeanwhile }
        return retired
    }

    /// Deletes a pair beside the current one: staged, rotated out or expired. It is refused from then on.
    ///
    /// - Parameter handle: which; `nil` for all there are.
    /// - Returns: those that were deleted.
    /// - Throws: ``CredentialRefusal``.
    @discardableResult
    public func delete(
        _ app: AppRecords.Stored,
        handle: ConsumerID?,
        by actor: AuditActor,
        now: Timestamp,
        on connection: any Connection
    ) throws -> [CredentialRecord] {
        let pairs = try pairs(of: app, on: connection).filter {
            $0.consumer.state != .active && (handle == nil || $0.handle == handle)
        }
        guard !pairs.isEmpty else { throw handle == nil ? CredentialRefusal.nothingBeside : .unknown }
        try delete(pairs, of: app, actor, now, on: connection)
        return pairs
    }

    /// Replaces the key, the secret or both of the current pair at once, without an overlap.
    ///
    /// - Throws: ``CredentialRefusal``.
    public func replace(
        _ app: AppRecords.Stored,
        key: Bool,
        secret: Bool,
        by actor: AuditActor,
        now: Timestamp,
        on connection: any Connection
    ) throws -> Revealed {
        let current = try Self.current(try pairs(of: app, on: connection))
        let made = try pair(
            .active,
            key: key ? nil : current.consumer.key,
            secret: secret ? nil : try self.secret(of: current.consumer),
            now: now
        )
        let record = CredentialRecord(
            consumer: made.consumer,
            handle: current.handle,
            createdAt: now,
            createdBy: actor.user
        )
        var changes: [AuditChange] = []
        if key { changes.append(Self.key(current, record)) }
        if secret { changes.append(Self.secret(current, record)) }
        let receipt = try note(.credentialsRotated, app, actor, now, changes, on: connection)
        try Credentials.delete(current.consumer.id, noted: receipt, on: connection)
        try Credentials.insert(record, app: app.id, noted: receipt, on: connection)
        return Revealed(record: record, secret: made.secret)
    }

    private func delete(
        _ pairs: [CredentialRecord],
        of app: AppRecords.Stored,
        _ actor: AuditActor,
        _ now: Timestamp,
        on connection: any Connection
    ) throws {
        for pair in pairs {
            let changes = [Self.key(pair, nil), Self.secret(pair, nil)]
            let receipt = try note(.credentialsDeleted, app, actor, now, changes, on: connection)
            try Credentials.delete(pair.consumer.id, noted: receipt, on: connection)
        }
    }

    /// The pairs of an app, which nobody else changes until the transaction ends.
    private func pairs(of app: AppRecords.Stored, on connection: any Connection) throws -> [CredentialRecord] {
        guard !app.isPartOfServer else { throw CredentialRefusal.partOfServer }
        try AuditTrail.serialize(app.org, on: connection)
        try Credentials.serialize(app.id, on: connection)
        return try Credentials.all(app: app.id, on: connection)
    }

    private static func current(_ pairs: [CredentialRecord]) throws(CredentialRefusal) -> CredentialRecord {
        guard let current = pairs.first(where: { $0.consumer.state == .active }) else { throw .noConsumer }
        return current
    }
}
