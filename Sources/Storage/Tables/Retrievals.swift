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
    /// Remembers a retrieval.
    public static func insert(_ record: RetrievalRecord, on connection: any Connection) throws {
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
