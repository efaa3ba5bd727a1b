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

/// Who made a change. Whatever changes what the audit trail keeps asks for one, so that no change can be made without it.
public enum AuditActor: Hashable, Sendable {
    /// Somebody with the data directory at hand, by a command: the account of the system and the host, where they are known.
    case `operator`(command: String, account: String? = nil, host: String? = nil)
    /// A user of the org, and the address the request came from.
    case user(UserID, source: String?)
    /// The server itself, on a schedule.
    case server

    /// The user, as `createdBy` shows it; `nil` for an operator and the server.
    public var user: UserID? {
        guard case .user(let id, _) = self else { return nil }
        return id
    }
}

/// What was done.
public enum AuditAction: String, Hashable, Sendable, CaseIterable {
    case created, updated, deleted
    case credentialsStaged, credentialsRotated, credentialsDeleted, credentialsViewed
    case tokensRevoked
    case passwordSet, frozen, unfrozen
    case keysRevoked
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

    /// A change of a secret that somebody chose, of which not even a digest is kept: it could be guessed from one.
    static func hidden(_ field: String, before: String?, after: String?) -> AuditChange {
        AuditChange(field, before: before.map { _ in "(secret)" }, after: after.map { _ in "(secret)" })
    }

    private static func fingerprint(_ digest: [UInt8]) -> String {
        "sha256:" + Base64URL.encode(Array(SHA256.hash(data: digest)))
    }
}

extension AuditActor {
    func write(into json: inout JSONWriter) {
        switch self {
        case .operator(let command, let account, let host):
            json.member("kind", "operator")
            json.member("command", command)
            json.member("account", ifPresent: account)
            json.member("host", ifPresent: host)
        case .user(let id, let source):
            json.member("kind", "user")
            json.member("id", id.rawValue)
            json.member("source", ifPresent: source)
        case .server:
            json.member("kind", "server")
        }
    }
}
