import Orgs

/// Whom an assertion may be addressed to, by its `aud`.
enum AssertionAudience {
    /// For client authentication: the issuer, or the token endpoint as RFC 7523 section 3 allows. No other server's name, so that an
    /// assertion made for another server is good for nothing here.
    static func ofClientAuthentication(_ org: Org) -> [String] {
        [org.issuer, "\(org.issuer)/services/oauth2/token"]
    }

    /// For the JWT bearer grant also those that clients of the original have built in, as the org allows.
    static func ofBearerGrant(_ org: Org) -> [String] {
        ofClientAuthentication(org) + org.jwtBearerAudiences
    }
}
