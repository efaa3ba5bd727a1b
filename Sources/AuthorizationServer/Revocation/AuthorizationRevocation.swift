import OAuthTypes
import Orgs
import Storage
import Tokens

/// Revokes an authorization with all that came of it: its refresh and opaque tokens as rows, its JWTs by the fingerprint that
/// they carry (`sfi`), and the sessions of browsers that the app opened for the user.
enum AuthorizationRevocation {
    /// Revokes an authorization and takes the user's approval of the app back, with the codes that wait to be redeemed and the tokens
    /// that rest on the approval alone.
    ///
    /// - Returns: the fingerprints of the JWTs that are dead now.
    @discardableResult
    static func withdraw(
        _ record: AuthorizationRecord,
        masterKey: MasterKey,
        now: Timestamp,
        on connection: any Connection
    ) throws -> [String] {
        // Codes before the authorization, in the order in which a redemption takes the rows.
        try AuthorizationCodes.deleteOpen(app: record.app, user: record.user, on: connection)
        var fingerprints: [String] = []
        if let consent = try Consents.delete(app: record.app, user: record.user, on: connection) {
            try OpaqueTokens.deleteBearer(app: record.app, user: record.user, on: connection)
            fingerprints.append(try kill(consent.rawValue, record.org, masterKey, now, on: connection))
        }
        let own = try revoke(record.id, org: record.org, masterKey: masterKey, now: now, on: connection)
        return fingerprints + [own]
    }

    /// Revokes an authorization.
    ///
    /// - Returns: the fingerprint of the JWTs that are dead now.
    @discardableResult
    static func revoke(
        _ authorization: AuthorizationID,
        org: OrgID,
        masterKey: MasterKey,
        now: Timestamp,
        on connection: any Connection
    ) throws -> String {
        try Authorizations.revoke(authorization, now: now, on: connection)
        let fingerprint = try kill(authorization.rawValue, org, masterKey, now, on: connection)
        // Last, so that a ticket of the UI bridge that was made for a token just before is seen (``UIBridge``).
        try Sessions.deleteAll(openedBy: authorization, on: connection)
        return fingerprint
    }

    private static func kill(
        _ subject: String,
        _ org: OrgID,
        _ masterKey: MasterKey,
        _ now: Timestamp,
        on connection: any Connection
    ) throws -> String {
        let fingerprint = SessionFingerprint.of(subject, masterKey)
        try Revocations.insert(fingerprint, org: org, now: now, until: now + TokenLifetime.longestJWT, on: connection)
        return fingerprint
    }
}
