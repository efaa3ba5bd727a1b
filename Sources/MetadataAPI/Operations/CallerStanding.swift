import ClientApps
public import OAuthTypes
public import Orgs
public import Storage

/// Who somebody is at this moment. A call may have waited for the writer, and whoever was frozen or lost a permission meanwhile changes
/// nothing and is shown no secret.
public struct CallerStanding: Sendable {
    /// The org.
    public let org: Org
    /// The user, with the permissions that they have now.
    public let account: AccountRecord

    /// Reads a user again, in the transaction that does what they ask for.
    ///
    /// - Returns: `nil` for one who may not sign in any more.
    public static func now(_ user: UserID, in org: OrgID, on connection: any Connection) throws -> CallerStanding? {
        guard let state = try OrgRecords.state(id: org, on: connection), state.org.isActive,
            let account = try Users.account(user, on: connection), account.user.org == org, account.user.isActive,
            !account.user.isFrozen
        else { return nil }
        return CallerStanding(org: state.org, account: account)
    }
}

extension MetadataCaller {
    /// A user who asked for something, with the permissions that they have at this moment.
    ///
    /// - Parameters:
    ///   - source: the address that they asked from.
    ///   - version: the version of the API that they asked in.
    ///   - action: what they asked for.
    /// - Throws: ``MetadataFault`` for one who may not sign in or do that any more.
    static func standing(
        _ user: UserID,
        in org: OrgID,
        source: String?,
        version: Int,
        for action: Action = .useMetadataAPI,
        now: Timestamp,
        on connection: any Connection
    ) throws -> MetadataCaller {
        guard let standing = try CallerStanding.now(user, in: org, on: connection) else {
            throw MetadataFault(.insufficientAccess, "The user who asked for this may not sign in any more.")
        }
        let caller = MetadataCaller(
            org: standing.org,
            account: standing.account,
            source: source,
            version: version,
            now: now
        )
        try caller.require(action)
        return caller
    }

    /// The same caller with the permissions that they have at a later moment, from which on what they do counts.
    ///
    /// - Throws: ``MetadataFault`` for one who may not sign in or do what they asked for any more.
    func renewed(
        for action: Action = .useMetadataAPI,
        now: Timestamp,
        on connection: any Connection
    ) throws -> MetadataCaller {
        try .standing(
            account.user.id,
            in: org.id,
            source: source,
            version: version,
            for: action,
            now: now,
            on: connection
        )
    }
}
