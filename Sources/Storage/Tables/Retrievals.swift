public import OAuthTypes
public import Orgs

/// The id of a retrieval, prefix `09S`.
public typealias RetrievalID = Identifier<RetrievalRecord>

/// A retrieval that was asked for: what, and by whom. The answer is not kept, since it may hold secrets.
public struct RetrievalRecord: Hashable, Sendable {
    /// The three characters that every retrieval's id starts with.
    public static let idPrefix: StaticString = "09S"

    /// The id.
    public let id: RetrievalID
    /// The org that is asked.
    public let org: OrgID
    /// Who asked.
    public let user: UserID
    /// What is wanted, as XML.
    public let request: String
    /// When it was asked for.
    public let createdAt: Timestamp

    /// A retrieval that was asked for.
    public init(id: RetrievalID, org: OrgID, user: UserID, request: String, createdAt: Timestamp) {
        (self.id, self.org, self.user) = (id, org, user)
        (self.request, self.createdAt) = (request, createdAt)
    }
}

/// The table of retrievals.
public enum Retrievals {
    /// Remembers a retrieval, and forgets the oldest of the same user for which there is no place beside the newer ones.
    ///
    /// - Parameters:
    ///   - count: how many a user may have.
    ///   - length: how long the requests of a user may be together, in characters.
    public static func insert(
        _ record: RetrievalRecord,
        keeping count: Int,
        ofLength length: Int,
        on connection: any Connection
    ) throws {
        try insert(record, on: connection)
        var kept = (count: 0, length: 0)
        for var row in try connection.rows(
            """
            SELECT id, LENGTH(request) FROM retrievals WHERE org_id = \(record.org) AND user_id = \(record.user)
            ORDER BY created_at DESC, id DESC
            """
        ) {
            let id: RetrievalID = try row.id()
            kept = (kept.count + 1, kept.length + (try row.int()))
            // What was just asked for is answered, however it stands beside what was asked for before.
            guard id != record.id, kept.count > count || kept.length > length else { continue }
            try connection.execute("DELETE FROM retrievals WHERE id = \(id)")
        }
    }

    private static func insert(_ record: RetrievalRecord, on connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO retrievals (id, org_id, user_id, request, created_at) VALUES
                (\(record.id), \(record.org), \(record.user), \(record.request), \(record.createdAt))
            """
        )
    }

    /// The retrieval of a user of an org with this id.
    public static func find(
        _ id: RetrievalID,
        org: OrgID,
        user: UserID,
        on connection: any Connection
    ) throws -> RetrievalRecord? {
        try connection.row(
            """
            SELECT id, org_id, user_id, request, created_at FROM retrievals
            WHERE id = \(id) AND org_id = \(org) AND user_id = \(user)
            """
        ).map { row in
            var row = row
            return RetrievalRecord(
                id: try row.id(),
                org: try row.id(),
                user: try row.id(),
                request: try row.text(),
                createdAt: try row.time()
            )
        }
    }

    /// Forgets old retrievals, some at a time.
    @discardableResult
    public static func sweep(before moment: Timestamp, limit: Int, on connection: any Connection) throws -> Int {
        try connection.execute(
            """
            DELETE FROM retrievals WHERE id IN (
                SELECT id FROM retrievals WHERE created_at < \(moment) ORDER BY id LIMIT \(limit))
            """
        )
    }
}
