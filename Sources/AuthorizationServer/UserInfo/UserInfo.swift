import ClientApps
public import OAuthTypes
public import Orgs
public import Storage
import Tokens

/// What userinfo and the identity URL say about a user (facts: flows section 8).
public enum UserInfo {
    /// The scopes that let a token read the identity of its user.
    static let readers: [Scope] = [.id, .openID, .profile, .email, .api, .full, .web, .address, .phone]

    /// The answer of `/services/oauth2/userinfo`.
    ///
    /// - Parameters:
    ///   - version: the version of the API that the addresses name; `nil` leaves a place for one in them.
    /// - Throws: `insufficient_scope` for a token that may not read it.
    public static func document(
        _ live: TokenLiveness.LiveToken,
        org: Org,
        version: String?,
        now: Timestamp
    ) throws(OAuthError) -> [UInt8] {
        try requireReader(live)
        let user = live.account.user
        let identity = identityURL(of: user, org: org)
        var claims = StandardClaims(user)
        claims.profile = "\(org.issuer)/\(user.id.rawValue)"
        claims.picture = picture(org)
        return JSONWriter.object(capacity: 3_072) { json in
            json.member("sub", identity)
            json.member("user_id", user.id.rawValue)
            json.member("organization_id", org.id.rawValue)
            claims.write(into: &json)
            writePhotos(org, &json)
            json.object("address") { _ in }
            json.member("is_salesforce_integration_user", live.account.isAPIOnly)
            writeURLs(user, org, version: version, &json)
            json.member("active", user.isActive)
            json.member("user_type", "STANDARD")
            json.member("language", user.language)
            json.member("utcOffset", user.utcOffset(now: now))
            if live.app.hasStandardAnswers {
                json.member("updated_at", user.updatedAt.seconds)
            } else {
                json.member("updated_at", user.updatedAt.rfc3339)
            }
            json.customAttributes(live.account.attributes(of: live.app, org: org))
            json.member("is_app_installed", live.app.isInstalled)
        }
    }

    /// The URL that names a user: `https://issuer/id/{org}/{user}`.
    public static func identityURL(of user: User, org: Org) -> String { IdentityURL.of(user, org: org) }

    /// The answer of `/id/{org}/{user}`.
    ///
    /// - Parameters:
    ///   - account: whose identity is asked for; another user's needs the scope `api` or `full`.
    ///   - version: the version of the API that the addresses name; `nil` leaves a place for one in them.
    /// - Throws: `insufficient_scope` for a token that may not read it.
    public static func identity(
        _ live: TokenLiveness.LiveToken,
        of account: AccountRecord,
        org: Org,
        version: String?,
        now: Timestamp
    ) throws(OAuthError) -> [UInt8] {
        try requireReader(live)
        let user = account.user
        guard user.id == live.account.user.id || live.scopes.contains(.api) || live.scopes.contains(.full) else {
            throw OAuthError(.insufficientScope, "Another user's identity needs the scope api or full.")
        }
        let identity = identityURL(of: user, org: org)
        return JSONWriter.object(capacity: 3_072) { json in
            json.member("id", identity)
            json.member("asserted_user", user.id == live.account.user.id)
            json.member("user_id", user.id.rawValue)
            json.member("organization_id", org.id.rawValue)
            json.member("username", user.username)
            json.member("nick_name", user.nickname)
            json.member("display_name", user.displayName)
            json.member("email", user.email)
            json.member("email_verified", user.isEmailVerified)
            json.member("first_name", user.firstName)
            json.member("last_name", user.lastName)
            json.member("timezone", user.timeZone)
            writePhotos(org, &json)
            json.null("addr_street")
            json.null("addr_city")
            json.null("addr_state")
            json.null("addr_country")
            json.null("addr_zip")
            json.null("mobile_phone")
            json.member("mobile_phone_verified", false)
            json.member("is_lightning_login_user", false)
            json.object("status") { status in
                status.null("created_date")
                status.null("body")
            }
            writeURLs(user, org, version: version, &json)
            json.member("active", user.isActive)
            json.member("user_type", "STANDARD")
            json.member("language", user.language)
            json.member("locale", user.locale)
            json.member("utcOffset", user.utcOffset(now: now))
            json.member("last_modified_date", user.updatedAt.restText)
            // What the developer of an app asks of its users is nobody else's to be told.
            if user.id == live.account.user.id { json.customAttributes(account.attributes(of: live.app, org: org)) }
            json.member("is_app_installed", live.app.isInstalled)
        }
    }

    private static func requireReader(_ live: TokenLiveness.LiveToken) throws(OAuthError) {
        guard live.scopes.scopes.contains(where: readers.contains) else {
            throw OAuthError(
                .insufficientScope,
                "The token lacks a scope that reads the identity; authorize again with one of id, openid, profile, email, api."
            )
        }
    }

    private static func picture(_ org: Org) -> String { "\(org.issuer)/profilephoto/005/F" }

    private static func writePhotos(_ org: Org, _ json: inout JSONWriter) {
        json.object("photos") { photos in
            photos.member("picture", picture(org))
            photos.member("thumbnail", "\(org.issuer)/profilephoto/005/T")
        }
    }

    private static func writeURLs(_ user: User, _ org: Org, version: String?, _ json: inout JSONWriter) {
        let version = version ?? "{version}"
        let rest = "\(org.issuer)/services/data/v\(version)/"
        json.object("urls") { urls in
            urls.member("enterprise", "\(org.issuer)/services/Soap/c/\(version)/\(org.id.short)")
            urls.member("metadata", "\(org.issuer)/services/Soap/m/\(version)/\(org.id.short)")
            urls.member("partner", "\(org.issuer)/services/Soap/u/\(version)/\(org.id.short)")
            urls.member("rest", rest)
            urls.member("sobjects", rest + "sobjects/")
            urls.member("search", rest + "search/")
            urls.member("query", rest + "query/")
            urls.member("recent", rest + "recent/")
            urls.member("tooling_soap", "\(org.issuer)/services/Soap/T/\(version)/\(org.id.short)")
            urls.member("tooling_rest", rest + "tooling/")
            urls.member("profile", "\(org.issuer)/\(user.id.rawValue)")
            urls.member("feeds", rest + "chatter/feeds")
            urls.member("groups", rest + "chatter/groups")
            urls.member("users", rest + "chatter/users")
            urls.member("feed_items", rest + "chatter/feed-items")
            urls.member("feed_elements", rest + "chatter/feed-elements")
            urls.member("custom_domain", org.issuer)
        }
    }
}
