import AuthorizationServer
import HTTPTypes
import Hummingbird
import OAuthTypes
import Orgs
import Storage

/// Userinfo and the identity URL (facts: flows section 8), by either form of token.
struct IdentityRoutes: Sendable {
    let server: AuthorizationServer

    /// `GET` and `POST /services/oauth2/userinfo`.
    func userInfo(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        let fields = try await FormBody.queryAndBody(of: request)
        let token = try AuthorizationHeader.token(request, fields)
        let realm = context.loginOrigin ?? context.org?.issuer ?? ""
        do {
            guard let token else { throw OAuthError(.invalidToken, "No token was sent; send Authorization: Bearer.") }
            let org = try await org(of: token, context)
            let live = try await server.liveness.check(token, org: org, now: context.now)
            let version = try Self.version(fields)
            let document = try UserInfo.document(live, org: org.org, version: version, now: context.now)
            return try answer(document, fields, request)
        } catch let death as TokenLiveness.Death {
            context.note(death)
            return ErrorResponses.bearer(Self.dead, realm: realm, hadToken: true)
        } catch let error as OAuthError {
            context.note(error)
            guard error.code != .invalidRequest else { return ErrorResponses.json(error, usedBasic: false) }
            return ErrorResponses.bearer(error, realm: realm, hadToken: token != nil)
        }
    }

    private static let dead = OAuthError(
        .invalidToken,
        "The token is expired, revoked or not of this org; get a new one."
    )

    /// `GET` and `POST /id/{org}/{user}`.
    func identity(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        let fields = try await FormBody.queryAndBody(of: request)
        guard let token = try AuthorizationHeader.token(request, fields) else {
            return ErrorResponses.identity("Missing_OAuth_Token")
        }
        do {
            let org = try await org(of: token, context)
            guard OrgID(context.parameters.get("org") ?? "") == org.org.id else {
                return ErrorResponses.identity("Wrong_Org")
            }
            guard let user = UserID(context.parameters.get("user") ?? "") else {
                return ErrorResponses.identity("Bad_Id", status: .notFound)
            }
            let live = try await server.liveness.check(token, org: org, now: context.now)
            guard let account = try await server.directory.account(user), account.user.org == org.org.id else {
                return ErrorResponses.identity("Bad_Id", status: .notFound)
            }
            let document = try UserInfo.identity(
                live,
                of: account,
                org: org.org,
                version: try Self.version(fields),
                now: context.now
            )
            return try answer(document, fields, request)
        } catch let death as TokenLiveness.Death {
            context.note(death)
            return ErrorResponses.identity("Bad_OAuth_Token")
        } catch let error as OAuthError where error.code != .temporarilyUnavailable {
            context.note(error)
            return error.code == .insufficientScope
                ? ErrorResponses.identity("No_Access")
                : ErrorResponses.identity("Invalid_Param: \(error.text)", status: .badRequest)
        }
    }

    /// The org of the host; at the login host that of the token.
    private func org(of token: String, _ context: SignetRequestContext) async throws -> OrgState {
        try await context.org(of: server) { host in
            guard let org = try await host.org(ofToken: token) else { throw TokenLiveness.Death.unknown }
            return org
        }
    }

    /// The version that the addresses in the answer name: a number such as 68.0, or `latest`; without it they have a place for one.
    private static func version(_ fields: FormFields) throws(OAuthError) -> String? {
        guard let version = try fields.value("version") else { return nil }
        if version == "latest" { return RESTVersion.latest }
        let parts = version.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2,
            parts.allSatisfy({ (1...3).contains($0.utf8.count) && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
        else { throw OAuthError(.invalidRequest, "version must be a number such as \(RESTVersion.latest), or latest.") }
        return version
    }

    /// The document as the request asks for it (facts: flows 8.1 and 8.2): as a script for `callback`, in its `format`, laid out for people
    /// with `X-PrettyPrint: 1`.
    private func answer(_ document: [UInt8], _ fields: FormFields, _ request: Request) throws -> Response {
        if let callback = try fields.value("callback") { return try JSONP.answer(callback, document) }
        let format = try AnswerFormat(fields, request)
        let isPretty = format == .json && request.headers[.prettyPrint] == "1"
        return try format.response(isPretty ? PrettyJSON.text(of: document) : document)
    }
}
