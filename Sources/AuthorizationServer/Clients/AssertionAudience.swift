import Orgs

/// Whom an assertion may be addressed to, by its `aud`.
enum AssertionAudience {
    /// For client authentication: the issuer, or the token endpoint as RFC 7523 section 3 allows, of the org or of the login host. No other
    /// server's name, so that an assertion made for another server is good for nothing here.
    static func ofClientAuthentication(_ org: Org, loginOrigin: String?) -> [String] {
        [org.issuer, loginOrigin].compactMap { $0 }.flatMap { [$0, "\($0)/services/oauth2/token"] }
    }

    /// For the JWT bearer grant also those that clients of the original have built in, as the org allows.
    static func ofBearerGrant(_ org: Org, loginOrigin: String?) -> [String] {
        ofClientAuthentication(org, loginOrigin: loginOrigin) + org.jwtBearerAudiences
    }
}
