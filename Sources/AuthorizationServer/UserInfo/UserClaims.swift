import ClientApps
import Foundation
import OAuthTypes
import Orgs
import Storage
import Tokens

extension StandardClaims {
    /// What the standard claims of ID tokens and userinfo tell of a user. What a user does not have is left out (OpenID Connect
    /// Core section 5.3.2).
    init(_ user: User) {
        self.init()
        name = user.displayName
        givenName = user.firstName.isEmpty ? nil : user.firstName
        familyName = user.lastName
        nickname = user.nickname
        preferredUsername = user.username
        email = user.email
        emailVerified = user.isEmailVerified
        zoneinfo = user.timeZone
        locale = user.locale
    }
}

extension AccountRecord {
    /// The custom attributes of an app with their values for this user; one without a value is left out.
    func attributes(of app: EffectiveApp, org: Org) -> [(key: String, value: String)] {
        app.customAttributes.map { ($0.key, $0.formula.value(for: user, profile: profile, org: org)) }
            .filter { !$0.1.isEmpty }
    }
}

extension User {
    /// The offset of the user's time zone from UTC in milliseconds, without daylight saving time, as the original's samples
    /// have it; 0 for a zone that is not known.
    func utcOffset(now: Timestamp) -> Int64 {
        guard let zone = TimeZone(identifier: timeZone) else { return 0 }
        let date = Date(timeIntervalSince1970: TimeInterval(now.seconds))
        return Int64(zone.secondsFromGMT(for: date) - Int(zone.daylightSavingTimeOffset(for: date))) * 1_000
    }
}
