import OAuthTypes
import Orgs
import Storage
import Tokens

/// Revokes an authorization with all that came of it: its refresh and opaque tokens as rows, its JWTs by the fingerprint that
/// they carry (`sfi`).
enum AuthorizationRevocation {
    /// Revokes an authorization and takes the user's approval of the app back, with the codes that wait to be redeemed.
    static func withdraw(
        _ record: AuthorizationRecord,
        masterKey: MasterKey,
        now: Timestamp,
        on connection: any Connection
    ) throws {
        // Codes before the authorization, in the order in which a redemption takes the rows.
        try AuthorizationCodes.deleteOpen(app: record.app, user: record.user, on: connection)
        try Consents.delete(app: record.app, user: record.user, on: connection)
        try revoke(record.id, org: record.org, masterKey: masterKey, now: now, on: connection)
    }

    static func revoke(
        _ authorization: AuthorizationID,
        org: OrgID,
        masterKey: MasterKey,
        now: Timestamp,
        on connection: any Connection
    ) throws {
        try Authorizations.revoke(authorization, now: now, on: connection)
        try Revocations.insert(
            SessionFingerprint.of(authorization, masterKey),
            org: org,
            now: now,
            until: now + TokenLifetime.longestJWT,
            on: connection
        )
    }
}
