public import OAuthTypes

/// What an ID token or the UserInfo answer may tell of a user (OpenID Connect Core section 5.1); absent members are left
/// out. Which of them a client may see is decided before, by the scopes.
public struct StandardClaims: Hashable, Sendable {
    /// The full name.
    public var name: String?
    /// The first name.
    public var givenName: String?
    /// The last name.
    public var familyName: String?
    /// The casual name.
    public var nickname: String?
    /// The name the user signs in with.
    public var preferredUsername: String?
    /// The URL of the profile page.
    public var profile: String?
    /// The URL of the picture.
    public var picture: String?
    /// The mail address.
    public var email: String?
    /// Whether the mail address was confirmed.
    public var emailVerified: Bool?
    /// The time zone, such as `Europe/Paris`.
    public var zoneinfo: String?
    /// The language and country.
    public var locale: String?

    /// No claims; set those that may be told.
    public init() {}

    /// Writes the claims that are present as members of the object under way.
    public func write(into json: inout JSONWriter) {
        json.member("name", ifPresent: name)
        json.member("given_name", ifPresent: givenName)
        json.member("family_name", ifPresent: familyName)
        json.member("nickname", ifPresent: nickname)
        json.member("preferred_username", ifPresent: preferredUsername)
        json.member("profile", ifPresent: profile)
        json.member("picture", ifPresent: picture)
        json.member("email", ifPresent: email)
        if let emailVerified { json.member("email_verified", emailVerified) }
        json.member("zoneinfo", ifPresent: zoneinfo)
        json.member("locale", ifPresent: locale)
    }
}
