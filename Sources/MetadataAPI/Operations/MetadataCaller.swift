public import OAuthTypes
public import Orgs
public import Storage

/// On whose behalf metadata is read or changed, in which version of the API, and when.
public struct MetadataCaller: Sendable {
    /// The org.
    public let org: Org
    /// The user, with their permissions.
    public let account: AccountRecord
    /// The address that the request came from, for the audit trail.
    public let source: String?
    /// The version of the API that is spoken, such as 63.
    public let version: Int
    /// The time of the request.
    public let now: Timestamp

    /// Somebody who asks.
    public init(org: Org, account: AccountRecord, source: String?, version: Int, now: Timestamp) {
        (self.org, self.account, self.source) = (org, account, source)
        (self.version, self.now) = (version, now)
    }

    /// The versions of the API that are spoken.
    public static let versions = 59...68
    /// The versions that documents may be in, whichever version is spoken: a manifest may name an earlier one.
    static let documentVersions = 8...versions.upperBound

    /// Who changes something, for the audit trail.
    public var actor: AuditActor { .user(account.user.id, source: source) }

    /// Requires the permissions that an action needs.
    ///
    /// - Throws: ``MetadataFault``.
    func require(_ action: Action) throws(MetadataFault) {
        do {
            try action.require(account.permissions)
        } catch {
            throw MetadataFault(error)
        }
    }

    /// The same caller in another version of the API, as a manifest may name one.
    func speaking(_ version: Int) -> MetadataCaller {
        MetadataCaller(org: org, account: account, source: source, version: version, now: now)
    }
}
