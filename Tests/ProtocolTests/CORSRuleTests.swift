import AuthorizationServer
import HTTPTypes
import Hummingbird
import NIOCore
import OAuthTypes
import Orgs
import Storage
import Testing

@testable import WebServer

@Suite("CORS rules")
struct CORSRuleTests {
    private func allowed(_ rule: CORS.Rule, origin: String?, isOAuthCORSEnabled: Bool, isLoginHost: Bool = false)
        -> String?
    {
        let org = Org(
            id: OrgID(stored: "00D000000000001AAA"),
            name: "Acme",
            edition: .developer,
            issuer: "https://acme.example",
            createdAt: Timestamp(seconds: 0),
            isOAuthCORSEnabled: isOAuthCORSEnabled,
            corsOrigins: ["https://app.example"]
        )
        var head = HTTPRequest(method: .options, scheme: "https", authority: "acme.example", path: "/")
        head.headerFields[.origin] = origin
        let request = Request(head: head, body: .init(buffer: ByteBuffer()))
        let site =
            isLoginHost
            ? Site.loginHost(origin: "https://login.example") : .myDomain(OrgState(org: org, notBefore: org.createdAt))
        return CORS.preflight(request, rule, site).headers[.accessControlAllowOrigin]
    }

    private typealias Site = OrgTable.Site

    @Test(
        "flows 12: the login host lets no origin read anything",
        arguments: [CORS.Rule.everybody, .listed, .listedAndSwitchedOn, .nobody]
    )
    func loginHost(_ rule: CORS.Rule) {
        for origin in ["https://app.example", nil] {
            #expect(allowed(rule, origin: origin, isOAuthCORSEnabled: true, isLoginHost: true) == nil)
        }
    }

    @Test(
        "flows 12: userinfo asks for the list of origins alone, the OAuth endpoints for the switch of the org as well",
        arguments: [
            (CORS.Rule.listed, false, "https://app.example"), (.listed, true, "https://app.example"),
            (.listedAndSwitchedOn, true, "https://app.example"), (.listedAndSwitchedOn, false, nil),
            (.nobody, true, nil), (.everybody, false, "*"),
        ] as [(CORS.Rule, Bool, String?)]
    )
    func rules(_ rule: CORS.Rule, _ isSwitchedOn: Bool, _ expected: String?) {
        #expect(allowed(rule, origin: "https://app.example", isOAuthCORSEnabled: isSwitchedOn) == expected)
        // What everybody may read is said to caches without an origin as well.
        let anonymous = allowed(rule, origin: nil, isOAuthCORSEnabled: isSwitchedOn)
        #expect(anonymous == (rule == .everybody ? "*" : nil))
        if rule != .everybody {
            #expect(allowed(rule, origin: "https://evil.example", isOAuthCORSEnabled: isSwitchedOn) == nil)
        }
    }
}
