import ClientApps
import OAuthTypes
import Orgs
import Storage

/// How long access tokens live, by the policy of the app, else the profile of the user, else the org.
enum TokenLifetime {
    /// The lifetime of a JWT access token: fixed at issue (facts: `UserSession` or `Custom` minutes), and never beyond
    /// ``longestJWT``.
    static func jwt(_ app: EffectiveApp, _ account: AccountRecord, _ org: Org) -> TimeSpan {
        switch app.jwtLifetime {
        case .minutes(let minutes): min(.minutes(Int64(minutes)), longestJWT)
        case .userSession:
            min(.minutes(Int64(account.profile.sessionTimeoutMinutes ?? org.sessionTimeoutMinutes)), longestJWT)
        }
    }

    /// The time that an opaque access token lives after its last use, in minutes.
    static func opaqueMinutes(_ app: EffectiveApp, _ account: AccountRecord, _ org: Org) -> Int {
        app.opaqueSessionTimeoutMinutes ?? account.profile.sessionTimeoutMinutes ?? org.sessionTimeoutMinutes
    }

    /// The longest time that any JWT access token may live: 24 hours, the longest session timeout there is. A revocation and a
    /// retired key are kept for so long, so a token that lived longer would outlive both.
    static let longestJWT = TimeSpan.minutes(1_440)
}
