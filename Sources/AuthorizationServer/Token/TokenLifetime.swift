import ClientApps
import OAuthTypes
import Orgs
import Storage

/// How long access tokens live, by the policy of the app, else the profile of the user, else the org.
enum TokenLifetime {
    /// The lifetime of a JWT access token: fixed at issue (facts: `UserSession` or `Custom` minutes).
    static func jwt(_ app: EffectiveApp, _ account: AccountRecord, _ org: Org) -> TimeSpan {
        switch app.jwtLifetime {
        case .minutes(let minutes): .minutes(Int64(minutes))
        case .userSession: .minutes(Int64(account.profile.sessionTimeoutMinutes ?? org.sessionTimeoutMinutes))
        }
    }

    /// The time that an opaque access token lives after its last use, in minutes.
    static func opaqueMinutes(_ app: EffectiveApp, _ account: AccountRecord, _ org: Org) -> Int {
        app.opaqueSessionTimeoutMinutes ?? account.profile.sessionTimeoutMinutes ?? org.sessionTimeoutMinutes
    }

    /// The longest time that any JWT access token may live: 720 minutes is the largest value of both policies.
    static let longestJWT = TimeSpan.minutes(1_440)
}
