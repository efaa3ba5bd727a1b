import OAuthTypes
import Orgs
import Storage
import Tokens

/// Revokes an authorization with all that came of it: its refresh and opaque tokens as rows, its JWTs by the fingerprint that
/// they carry (`sfi`).
enum AuthorizationRevocation {
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
