import Foundation
import OAuthTypes
import Orgs
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

extension User {
    /// The offset of the user's time zone from UTC in milliseconds, without daylight saving time, as the original's samples
    /// have it; 0 for a zone that is not known.
    func utcOffset(now: Timestamp) -> Int64 {
        guard let zone = TimeZone(identifier: timeZone) else { return 0 }
        let date = Date(timeIntervalSince1970: TimeInterval(now.seconds))
        return Int64(zone.secondsFromGMT(for: date) - Int(zone.daylightSavingTimeOffset(for: date))) * 1_000
    }
}
