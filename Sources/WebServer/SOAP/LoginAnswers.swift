import OAuthTypes
import Orgs
import Storage

/// Writes who somebody is, in the elements that clients of the partner API know.
enum LoginAnswers {
    /// - Parameter timeout: how long the session lives after its last use, in minutes; `nil` for that of the profile or the org.
    static func write(_ account: AccountRecord, _ org: Org, timeout: Int?, into writer: inout SOAPWriter) {
        let user = account.user
        let minutes = timeout ?? account.profile.sessionTimeoutMinutes ?? org.sessionTimeoutMinutes
        writer.element("accessibilityMode", false)
        writer.none("currencySymbol")
        writer.element("orgHasPersonAccounts", false)
        writer.element("organizationId", org.id.rawValue)
        writer.element("organizationMultiCurrency", false)
        writer.element("organizationName", org.name)
        writer.element("profileId", account.profile.id.rawValue)
        writer.none("roleId")
        writer.element("sessionSecondsValid", minutes * 60)
        writer.none("userDefaultCurrencyIsoCode")
        writer.element("userEmail", user.email)
        writer.element("userFullName", user.displayName)
        writer.element("userId", user.id.rawValue)
        writer.element("userLanguage", user.language)
        writer.element("userLocale", user.locale)
        writer.element("userName", user.username)
        writer.element("userTimeZone", user.timeZone)
        writer.element("userType", "Standard")
        writer.element("userUiSkin", "Theme3")
    }
}
