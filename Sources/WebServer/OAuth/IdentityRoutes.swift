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
        let org = try context.requireOrg()
        let token = try await presentedToken(request)
        do {
            guard let token else { throw OAuthError(.invalidToken, "No token was sent; send Authorization: Bearer.") }
            let live = try await server.liveness.check(token, org: org, now: context.now)
            return Responses.json(try UserInfo.document(live, org: org.org, now: context.now))
        } catch let death as TokenLiveness.Death {
            context.note(death)
            return ErrorResponses.bearer(Self.dead, realm: org.org.issuer, hadToken: true)
        } catch let error as OAuthError {
            context.note(error)
            return ErrorResponses.bearer(error, realm: org.org.issuer, hadToken: token != nil)
        }
    }

    private static let dead = OAuthError(
        .invalidToken,
        "The token is expired, revoked or not of this org; get a new one."
    )

    /// `GET` and `POST /id/{org}/{user}`.
    func identity(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        let org = try context.requireOrg()
        guard let token = try await presentedToken(request) else {
            return ErrorResponses.identity("Missing_OAuth_Token")
        }
        guard OrgID(context.parameters.get("org") ?? "") == org.org.id else {
            return ErrorResponses.identity("Wrong_Org")
        }
        guard let user = UserID(context.parameters.get("user") ?? "") else {
            return ErrorResponses.identity("Bad_Id", status: .notFound)
        }
        do {
            let live = try await server.liveness.check(token, org: org, now: context.now)
            guard let account = try await server.directory.account(user), account.user.org == org.org.id else {
                return ErrorResponses.identity("Bad_Id", status: .notFound)
            }
            let query = try FormBody.query(of: request)
            let version = try query.value("version").map { $0 == "latest" ? RESTVersion.latest : $0 }
            guard version?.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }) ?? true else {
                return ErrorResponses.identity("Bad_Version", status: .badRequest)
            }
            let document = try UserInfo.identity(
                live,
                of: account.user,
                org: org.org,
                version: version,
                now: context.now
            )
            if let callback = try query.value("callback") { return try JSONP.answer(callback, document) }
            return try AnswerFormat(query, request).response(document)
        } catch let death as TokenLiveness.Death {
            context.note(death)
            return ErrorResponses.identity("Bad_OAuth_Token")
        } catch let error as OAuthError where error.code != .temporarilyUnavailable {
            context.note(error)
            return ErrorResponses.identity(error.code == .insufficientScope ? "No_Access" : "Invalid_Param")
        }
    }

    /// The token of the header, the body or, as the original allows here, the query.
    private func presentedToken(_ request: Request) async throws -> String? {
        if let token = AuthorizationHeader.bearer(request) { return token }
        var fields = try FormBody.query(of: request)
        if request.method == .post {
            fields = FormFields(fields.fields + (try await FormBody.fields(of: request)).fields)
        }
        if let token = try fields.value("oauth_token") { return token }
        return try fields.value("access_token")
    }
}
