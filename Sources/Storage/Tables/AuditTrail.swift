import Crypto
public import OAuthTypes
public import Orgs

/// One change, as the audit trail keeps it: who, when, from where, what it was before and after.
public struct AuditEvent: Hashable, Sendable {
    /// The org that it happened in.
    public let org: OrgID
    /// When.
    public let at: Timestamp
    /// Who.
    public let actor: AuditActor
    /// What was done.
    public let action: AuditAction
    /// The kind of thing it was done to, in the words of the metadata, such as `ExternalClientApplication` or `User`.
    public let subjectKind: String
    /// The name of the thing.
    public let subjectName: String
    /// What changed.
    public let changes: [AuditChange]

    /// A change.
    public init(
        org: OrgID,
        at: Timestamp,
        actor: AuditActor,
        action: AuditAction,
        subjectKind: String,
        subjectName: String,
        changes: [AuditChange] = []
    ) {
        self.org = org
        self.at = at
        self.actor = actor
        self.action = action
        self.subjectKind = subjectKind
        self.subjectName = subjectName
        self.changes = changes
    }
}

/// Who made a change.
public enum AuditActor: Hashable, Sendable {
    /// Somebody with the data directory at hand, by a command.
    case `operator`(command: String)
    /// A user of the org, and the address the request came from.
    case user(UserID, source: String?)
    /// The server itself, on a schedule.
    case server
}

/// What was done.
public enum AuditAction: String, Hashable, Sendable, CaseIterable {
    case created, updated, deleted
    case credentialsStaged, credentialsRotated, credentialsDeleted, credentialsViewed
    case tokensRevoked
    case passwordSet, frozen, unfrozen
    case keyRotationStarted, keysRevoked
    case packageCreated, packageInstalled, packageUpgraded, packageUninstalled
    case migrated
}

/// One value before and after.
public struct AuditChange: Hashable, Sendable {
    /// What has the value.
    public let field: String
    /// The value before; `nil` if there was none.
    public let before: String?
    /// The value after; `nil` if there is none.
    public let after: String?

    /// A change of a value that anybody may read.
    public init(_ field: String, before: String?, after: String?) {
        (self.field, self.before, self.after) = (field, before, after)
    }

    /// A change of a secret, of which only digests are kept.
    public static func secret(_ field: String, before: [UInt8]?, after: [UInt8]?) -> AuditChange {
        AuditChange(field, before: before.map(fingerprint), after: after.map(fingerprint))
    }

    private static func fingerprint(_ digest: [UInt8]) -> String {
        "sha256:" + Base64URL.encode(Array(SHA256.hash(data: digest)))
    }
}

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

    /// Adds an entry, in the transaction that makes the change.
    public static func record(_ event: AuditEvent, on connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO audit_heads (org_id, sequence, hash) VALUES (\(event.org), 0, \(start))
            ON CONFLICT (org_id) DO NOTHING
            """
        )
        // The update locks the head, so that entries of one org are numbered one after the other.
        guard
            var head = try connection.row(
                "UPDATE audit_heads SET sequence = sequence + 1 WHERE org_id = \(event.org) RETURNING sequence, hash"
            )
        else { return }
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
                guard hash(of: Array(entry.content.utf8), after: last) == entry.hash else {
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

extension AuditActor {
    fileprivate func write(into json: inout JSONWriter) {
        switch self {
        case .operator(let command):
            json.member("kind", "operator")
            json.member("command", command)
        case .user(let id, let source):
            json.member("kind", "user")
            json.member("id", id.rawValue)
            json.member("source", ifPresent: source)
        case .server:
            json.member("kind", "server")
        }
    }
}
