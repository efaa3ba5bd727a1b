import ClientApps
public import OAuthTypes
public import Orgs

/// The tables of deployments and their messages: the queue, and what is told of it afterwards.
public enum Deployments {
    private static let columns: StaticString = """
        id, org_id, user_id, user_name, source, version, options, archive_bytes, created_at, status, attempts, updated_at, \
        started_at, completed_at, canceled_by, canceled_by_name, error_code, error_message, files, components_total, \
        components_deployed
        """

    /// Says that what is stored of a deployment cannot be read: a defect of ours or a foreign hand.
    public struct Unreadable: Error, CustomStringConvertible {
        let id: DeploymentID
        let reason: String
        /// A deployment, and what is the matter with it.
        public init(_ id: DeploymentID, reason: String) { (self.id, self.reason) = (id, reason) }
        /// Which deployment, and why.
        public var description: String { "the stored deployment \(id.rawValue) cannot be read: \(reason)" }
    }

    // MARK: The queue

    /// Puts a deployment into the queue.
    ///
    /// - Parameter archive: the zip file, sealed.
    public static func insert(_ record: DeploymentRecord, archive: [UInt8], on connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO deployments
                (id, org_id, user_id, user_name, source, version, options, archive_bytes, created_at, status, attempts, updated_at)
            VALUES
                (\(record.id), \(record.org), \(record.author.user), \(record.author.name), \(record.author.source),
                 \(record.version), \(record.options), \(record.archiveBytes), \(record.createdAt), \(record.status.rawValue),
                 0, \(record.createdAt))
            """
        )
        try DeploymentArchives.insert(archive, of: record, on: connection)
    }

    /// The deployment that is next: the oldest that waits in an org in which none is at work, or one whose server has given no sign
    /// of life. Of several orgs, the one is served whose last deployment was begun the longest ago: none keeps the others waiting by
    /// what it has in the queue.
    public static func next(now: Timestamp, on connection: any Connection) throws -> DeploymentID? {
        // The first condition is that of the index of open ones.
        var row = try connection.row(
            """
            SELECT id FROM deployments d WHERE status IN ('Pending', 'InProgress', 'Canceling') AND (
                (status = 'Pending' AND NOT EXISTS (
                    SELECT 1 FROM deployments r WHERE r.org_id = d.org_id AND r.status IN ('InProgress', 'Canceling')))
                OR (status IN ('InProgress', 'Canceling') AND claimed_until <= \(now)))
            ORDER BY (SELECT COALESCE(MAX(s.started_at), 0) FROM deployments s WHERE s.org_id = d.org_id), created_at, id
            LIMIT 1
            """
        )
        return try row?.id()
    }

    /// Takes a deployment for its work until a moment, by which it must be done.
    ///
    /// - Returns: the deployment; `nil` where another node was faster.
    /// - Throws: ``ConstraintViolation`` of the kind `unique` where another of the same org is at work.
    public static func claim(
        _ id: DeploymentID,
        until end: Timestamp,
        now: Timestamp,
        on connection: any Connection
    ) throws -> DeploymentRecord? {
        try connection.row(
            """
            UPDATE deployments SET attempts = attempts + 1, claimed_until = \(end), updated_at = \(now),
                started_at = COALESCE(started_at, \(now)),
                status = CASE status WHEN 'Canceling' THEN 'Canceling' ELSE 'InProgress' END
            WHERE id = \(id) AND
                (status = 'Pending' OR (status IN ('InProgress', 'Canceling') AND claimed_until <= \(now)))
            RETURNING \(raw: columns)
            """
        ).map(record)
    }

    /// Locks a deployment for the end of its work, at the beginning of the transaction that does it.
    ///
    /// - Returns: where it stands; `nil` where its work was taken over by another node.
    public static func hold(
        _ id: DeploymentID,
        attempt: Int,
        on connection: any Connection
    ) throws -> DeploymentStatus? {
        var row = try connection.row(
            """
            UPDATE deployments SET attempts = attempts
            WHERE id = \(id) AND attempts = \(attempt) AND status IN ('InProgress', 'Canceling') RETURNING status
            """
        )
        return try row?.word()
    }

    /// Asks that a deployment be canceled: at once while it waits; while it is at work, by whoever does it.
    ///
    /// - Returns: where it stands then; `nil` where it is done already.
    public static func cancel(
        _ id: DeploymentID,
        by user: UserID,
        name: String,
        now: Timestamp,
        on connection: any Connection
    ) throws -> DeploymentStatus? {
        var row = try connection.row(
            """
            UPDATE deployments SET
                completed_at = CASE status WHEN 'Pending' THEN \(now) ELSE completed_at END,
                status = CASE status WHEN 'Pending' THEN 'Canceled' ELSE 'Canceling' END,
                canceled_by = \(user), canceled_by_name = \(name), updated_at = \(now)
            WHERE id = \(id) AND status IN ('Pending', 'InProgress', 'Canceling') RETURNING status
            """
        )
        let status = try row?.word(DeploymentStatus.self)
        if status == .canceled { try DeploymentArchives.delete(id, on: connection) }
        return status
    }

    /// Writes how the work of a deployment ended.
    ///
    /// - Parameter keepsArchive: whether it was a validation that may be deployed later without being sent again.
    public static func finish(
        _ id: DeploymentID,
        _ end: DeploymentEnd,
        _ counts: DeploymentRecord.Counts = .init(),
        _ messages: [DeploymentMessage] = [],
        keepsArchive: Bool = false,
        now: Timestamp,
        on connection: any Connection
    ) throws {
        try finish(id, as: end.status, end.failure, counts, now: now, on: connection)
        if !keepsArchive { try DeploymentArchives.delete(id, on: connection) }
        for (position, message) in messages.enumerated() {
            try insert(message, at: position, of: id, on: connection)
        }
    }

    /// Writes that a deployment ended because somebody asked, at work, that it be canceled.
    public static func finishCanceled(
        _ id: DeploymentID,
        _ counts: DeploymentRecord.Counts = .init(),
        now: Timestamp,
        on connection: any Connection
    ) throws {
        try finish(id, as: .canceled, nil, counts, now: now, on: connection)
        try DeploymentArchives.delete(id, on: connection)
    }

    private static func finish(
        _ id: DeploymentID,
        as status: DeploymentStatus,
        _ failure: DeploymentFailure?,
        _ counts: DeploymentRecord.Counts,
        now: Timestamp,
        on connection: any Connection
    ) throws {
        try connection.execute(
            """
            UPDATE deployments SET status = \(status.rawValue), updated_at = \(now), completed_at = \(now),
                claimed_until = NULL, error_code = \(failure?.code.rawValue), error_message = \(failure?.message),
                files = \(counts.files), components_total = \(counts.total), components_deployed = \(counts.deployed),
                component_errors = \(counts.errors)
            WHERE id = \(id)
            """
        )
    }

    // MARK: What is told of it

    /// The deployment of an org with this id.
    public static func find(
        _ id: DeploymentID,
        org: OrgID,
        on connection: any Connection
    ) throws -> DeploymentRecord? {
        try connection.row("SELECT \(raw: columns) FROM deployments WHERE id = \(id) AND org_id = \(org)").map(record)
    }

    /// Forgets archives of validations after ten days and deployments after thirty, some rows at a time: a deployment goes when its
    /// archive and the last of its messages have gone.
    ///
    /// - Returns: how many rows went.
    @discardableResult
    public static func sweep(now: Timestamp, limit: Int, on connection: any Connection) throws -> Int {
        let archives = try DeploymentArchives.sweep(before: now - .days(10), limit: limit, on: connection)
        let old = now - .days(30)
        let messages = try connection.execute(
            """
            DELETE FROM deployment_messages WHERE (deployment_id, position) IN (
                SELECT m.deployment_id, m.position
                FROM deployment_messages m JOIN deployments d ON d.id = m.deployment_id
                WHERE d.completed_at < \(old) LIMIT \(limit))
            """
        )
        let deployments = try connection.execute(
            """
            DELETE FROM deployments WHERE id IN (
                SELECT id FROM deployments d WHERE completed_at < \(old)
                    AND NOT EXISTS (SELECT 1 FROM deployment_messages m WHERE m.deployment_id = d.id)
                    AND NOT EXISTS (SELECT 1 FROM deployment_archives a WHERE a.deployment_id = d.id)
                ORDER BY id LIMIT \(limit))
            """
        )
        return archives + messages + deployments
    }

    private static func record(_ row: Row) throws -> DeploymentRecord {
        var row = row
        let (id, org): (DeploymentID, OrgID) = (try row.id(), try row.id())
        let author = DeploymentRecord.Author(user: try row.id(), name: try row.text(), source: try row.optionalText())
        let (version, options, archiveBytes) = (try row.int(), try row.text(), try row.int())
        let (createdAt, status) = (try row.time(), try row.word(DeploymentStatus.self))
        let (attempts, updatedAt) = (try row.int(), try row.time())
        return DeploymentRecord(
            id: id,
            org: org,
            author: author,
            version: version,
            options: options,
            archiveBytes: archiveBytes,
            createdAt: createdAt,
            stage: try stage(status, of: id, &row),
            attempts: attempts,
            updatedAt: updatedAt,
            counts: .init(files: try row.int(), total: try row.int(), deployed: try row.int())
        )
    }

    /// - Throws: ``Unreadable`` where a column is empty without which it does not stand there.
    private static func stage(_ status: DeploymentStatus, of id: DeploymentID, _ row: inout Row) throws
        -> DeploymentStage
    {
        func known<Value>(_ value: Value?, _ name: StaticString) throws(Unreadable) -> Value {
            guard let value else { throw Unreadable(id, reason: "it is \(status.rawValue) without \(name)") }
            return value
        }
        let (started, completed) = (try row.optionalTime(), try row.optionalTime())
        let (user, name): (UserID?, String?) = (try row.optionalID(), try row.optionalText())
        let (code, message): (StatusCode?, String?) = (try row.optionalWord(), try row.optionalText())
        let canceler = { () throws(Unreadable) in
            DeploymentStage.Canceler(user: try known(user, "canceled_by"), name: try known(name, "canceled_by_name"))
        }
        let ended = { (end: DeploymentEnd) throws(Unreadable) in
            DeploymentStage.ended(
                end,
                since: try known(started, "started_at"),
                at: try known(completed, "completed_at")
            )
        }
        switch status {
        case .pending: return .pending
        case .inProgress: return .inProgress(since: try known(started, "started_at"))
        case .canceling: return .canceling(since: try known(started, "started_at"), by: try canceler())
        case .canceled:
            return .canceled(since: started, by: try canceler(), at: try known(completed, "completed_at"))
        case .succeeded: return try ended(.succeeded)
        case .succeededPartial: return try ended(.succeededPartial)
        case .failed: return try ended(.failed(code.map { DeploymentFailure($0, message ?? "") }))
        }
    }
}
