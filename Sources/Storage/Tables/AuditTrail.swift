import Crypto
public import OAuthTypes
public import Orgs

/// The table of all changes, chained by hashes: each entry's hash covers the one before, so that an entry that was changed or
/// taken out shows, and the head of the chain shows an end that was cut off.
public enum AuditTrail {
    /// An entry as it is kept.
    public struct Entry: Hashable, Sendable {
        /// Its number in its org, from 1 without gaps.
        public let sequence: Int64
        /// When it was made.
        public let at: Timestamp
        /// The event as JSON: exactly the bytes that the hash covers.
        public let content: String
        /// SHA-256 of the hash before and the content.
        public let hash: [UInt8]
    }

    /// What is wrong with a chain.
    public enum Break: Error, Hashable, Sendable, CustomStringConvertible {
        /// An entry is missing.
        case missing(sequence: Int64)
        /// An entry is not what was written.
        case changed(sequence: Int64)
        /// The last entries are missing.
        case cutOff(after: Int64)

        /// Which entry, and what it means.
        public var description: String {
            switch self {
            case .missing(let sequence): "entry \(sequence) is missing"
            case .changed(let sequence): "entry \(sequence) is not what was written"
            case .cutOff(let sequence): "the entries after \(sequence) are missing"
            }
        }
    }

    /// Proof that a change is in the trail, where anything changes: what makes the change asks for it, so that none can be made without.
    public struct Receipt: Sendable {
        fileprivate init() {}
    }

    /// Adds an entry, in the transaction that makes the change.
    @discardableResult
    public static func record(_ event: AuditEvent, on connection: any Connection) throws -> Receipt {
        // This locks the head, so that entries of one org are numbered one after the other.
        try serialize(event.org, on: connection)
        guard
            var head = try connection.row(
                "UPDATE audit_heads SET sequence = sequence + 1 WHERE org_id = \(event.org) RETURNING sequence, hash"
            )
        else { throw Break.cutOff(after: 0) }
        let sequence = try head.integer()
        let content = json(event, sequence: sequence)
        let hash = hash(of: content, after: try head.blob())
        try connection.execute("UPDATE audit_heads SET hash = \(hash) WHERE org_id = \(event.org)")
        try connection.execute(
            """
            INSERT INTO audit_entries (org_id, sequence, occurred_at, content, hash)
            VALUES (\(event.org), \(sequence), \(event.at), \(String(decoding: content, as: UTF8.self)), \(hash))
            """
        )
        return Receipt()
    }

    /// Adds an entry for what changed of something, if anything did.
    @discardableResult
    static func recordUpdate(
        _ kind: String,
        _ name: String,
        in org: OrgID,
        _ changes: [AuditChange],
        by actor: AuditActor,
        now: Timestamp,
        on connection: any Connection
    ) throws -> Receipt {
        guard !changes.isEmpty else { return Receipt() }
        return try record(
            AuditEvent(
                org: org,
                at: now,
                actor: actor,
                action: .updated,
                subjectKind: kind,
                subjectName: name,
                changes: changes
            ),
            on: connection
        )
    }

    /// Lets one transaction at a time change what the trail of an org keeps. A transaction that changes rows before it can say what it
    /// did asks it first, as ``record(_:on:)`` does by itself, so that no two wait for each other.
    public static func serialize(_ org: OrgID, on connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO audit_heads (org_id, sequence, hash) VALUES (\(org), 0, \(start))
            ON CONFLICT (org_id) DO UPDATE SET sequence = audit_heads.sequence
            """
        )
    }

    /// The entries of an org in their order.
    ///
    /// - Parameters:
    ///   - after: the number of the last entry that is known already.
    ///   - limit: how many at most.
    public static func entries(
        org: OrgID,
        after sequence: Int64 = 0,
        limit: Int,
        on connection: any Connection
    ) throws -> [Entry] {
        try connection.rows(
            """
            SELECT sequence, occurred_at, content, hash FROM audit_entries
            WHERE org_id = \(org) AND sequence > \(sequence) ORDER BY sequence LIMIT \(limit)
            """
        ).map { row in
            var row = row
            return Entry(
                sequence: try row.integer(),
                at: try row.time(),
                content: try row.text(),
                hash: try row.blob()
            )
        }
    }

    /// Follows the chain of an org from its start to its head.
    ///
    /// - Returns: how many entries there are.
    /// - Throws: ``Break`` with the first thing that is wrong.
    public static func verify(org: OrgID, on connection: any Connection) throws -> Int64 {
        var (sequence, last) = (Int64(0), start)
        while true {
            let page = try entries(org: org, after: sequence, limit: 1_000, on: connection)
            if page.isEmpty { break }
            for entry in page {
                guard entry.sequence == sequence + 1 else { throw Break.missing(sequence: sequence + 1) }
                // The columns beside the content say again what it says, and are what is shown and filtered by.
                guard hash(of: Array(entry.content.utf8), after: last) == entry.hash,
                    entry.content.hasPrefix(head(sequence: entry.sequence, at: entry.at, org: org))
                else {
                    throw Break.changed(sequence: entry.sequence)
                }
                (sequence, last) = (entry.sequence, entry.hash)
            }
        }
        var head = try connection.row("SELECT sequence, hash FROM audit_heads WHERE org_id = \(org)")
        let (headSequence, headHash) = (try head?.integer() ?? 0, try head?.blob() ?? start)
        guard headSequence == sequence, headHash == last else { throw Break.cutOff(after: sequence) }
        return sequence
    }

    /// What stands before the first entry.
    private static let start = [UInt8](repeating: 0, count: 32)

    private static func hash(of content: [UInt8], after previous: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(data: previous + content))
    }

    /// What the content of an entry begins with.
    private static func head(sequence: Int64, at time: Timestamp, org: OrgID) -> String {
        #"{"sequence":\#(sequence),"time":"\#(time.rfc3339)","orgId":"\#(org.rawValue)","#
    }

    private static func json(_ event: AuditEvent, sequence: Int64) -> [UInt8] {
        JSONWriter.object { json in
            json.member("sequence", sequence)
            json.member("time", event.at.rfc3339)
            json.member("orgId", event.org.rawValue)
            json.object("actor") { event.actor.write(into: &$0) }
            json.member("action", event.action.rawValue)
            json.object("subject") { subject in
                subject.member("type", event.subjectKind)
                subject.member("name", event.subjectName)
            }
            json.array("changes") { changes in
                for change in event.changes {
                    changes.object { json in
                        json.member("field", change.field)
                        json.member("before", ifPresent: change.before)
                        json.member("after", ifPresent: change.after)
                    }
                }
            }
        }
    }
}
