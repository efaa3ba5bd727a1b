import AuthorizationServer
import HTTPTypes
import Hummingbird
import Orgs

/// Which origins may read an answer from a browser (facts: flows section 12). Never with credentials, so a cookie gains nothing; at the
/// login host none may.
enum CORS {
    /// What an endpoint allows.
    enum Rule: Sendable {
        /// Everybody: discovery and keys.
        case everybody
        /// The origins that the org lists: userinfo, the identity URL and the REST resources.
        case listed
        /// The origins that the org lists, if its switch for the OAuth endpoints is on.
        case listedAndSwitchedOn
        /// Nobody: sign-in, consent, bridges.
        case nobody
    }

    static func add(to response: inout Response, _ request: Request, _ rule: Rule, _ site: OrgTable.Site?) {
        if case .loginHost? = site { return }
        // Said whether an origin was sent or not, so that a cache filled without one serves browsers as well.
        switch rule {
        case .everybody:
            response.headers[.accessControlAllowOrigin] = "*"
        case .listed, .listedAndSwitchedOn:
            response.headers[.vary] = "Origin"
            guard let origin = request.headers[.origin], let org = site?.org, org.corsOrigins.contains(origin),
                rule == .listed || org.isOAuthCORSEnabled
            else { return }
            response.headers[.accessControlAllowOrigin] = origin
        case .nobody:
            return
        }
        response.headers[.accessControlExposeHeaders] = "WWW-Authenticate"
    }

    /// The answer to a preflight.
    static func preflight(_ request: Request, _ rule: Rule, _ site: OrgTable.Site?) -> Response {
        var response = Response(status: .noContent)
        add(to: &response, request, rule, site)
        if response.headers[.accessControlAllowOrigin] != nil {
            response.headers[.accessControlAllowMethods] = "GET, POST, OPTIONS"
            response.headers[.accessControlAllowHeaders] = "Authorization, Content-Type"
            response.headers[.accessControlMaxAge] = "600"
        }
        return response
    }
}
