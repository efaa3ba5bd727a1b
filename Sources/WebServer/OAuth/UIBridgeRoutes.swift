import AuthorizationServer
import HTTPTypes
import Hummingbird
import OAuthTypes
import Orgs
import Storage

/// Tickets for tokens, and sessions for tickets (facts: flows 5.14, the UI Bridge API).
struct UIBridgeRoutes: Sendable {
    static let frontDoor = "/secur/frontdoor.jsp"

    let server: AuthorizationServer
    let pages: PageRoutes

    /// `GET` and `POST /services/oauth2/singleaccess`: the address that opens a browser for the user of a token, once.
    func singleAccess(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        do {
            let org = try context.requireOrg()
            let fields = try await FormBody.queryAndBody(of: request)
            guard let token = try AuthorizationHeader.token(request, fields) else {
                return ErrorResponses.identity("Missing_OAuth_Token")
            }
            guard let path = try Self.path(fields.value("redirect_uri"), org.org) else {
                return ErrorResponses.identity("Invalid_Param: \(Self.pathRule("redirect_uri"))")
            }
            let ticket = try await server.uiBridge.ticket(token: token, org: org, now: context.now)
            let address =
                "\(org.org.issuer)\(Self.frontDoor)?otp=\(ticket.revealed)&startURL=\(PercentEncoding.encode(path.text))"
            return Responses.json(JSONWriter.object { $0.member("frontdoor_uri", address) })
        } catch let refusal as UIBridge.Refusal {
            context.note(refusal)
            return ErrorResponses.identity(refusal.rawValue)
        } catch let error as OAuthError where error.code == .invalidRequest {
            context.note(error)
            return ErrorResponses.identity("Invalid_Param: \(error.text)")
        }
    }

    /// `GET` and `POST /secur/frontdoor.jsp`: signs the browser in with a ticket (`otp`) or, as clients of before the ticket do, with a token
    /// (`sid`), and sends it on.
    ///
    /// A browser that another site sends, or that somebody else is signed in with, is asked first: else anybody could sign it in as themselves
    /// and see what its user does then (security: login CSRF). One that a program opens, or its user, says that it comes from nowhere.
    func frontDoor(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        // Who only looks, as previews of links do, must not use a ticket up.
        guard request.method != .head else { return Responses.empty(.ok) }
        do {
            let org = try context.requireOrg()
            let fields = try await FormBody.queryAndBody(of: request)
            try fields.refuseRepetition()
            let asked = try fields.value("startURL") ?? fields.value("retURL")
            guard let path = Self.path(asked, org.org) else {
                throw OAuthError(.invalidRequest, Self.pathRule("startURL (or retURL)"))
            }
            let text = try await ticket(fields, org, context)
            guard let ticket = try await server.uiBridge.look(at: text, org: org, now: context.now) else {
                throw Self.usedUp
            }
            let session = try await pages.session(request, context)
            let isOwn = SameOrigin.sent(request, context)
            let decision = try fields.value("decision")
            let isConfirmed = request.method == .post && isOwn && decision == "continue"
            let isElse = session.map { $0.user != ticket.user.id } ?? false
            guard isConfirmed || (isOwn && !isElse) else {
                return try await ask(ticket, text, path, session: session, org)
            }
            return try await enter(ticket, path, session: session, org, context)
        } catch let error as OAuthError where error.code != .temporarilyUnavailable {
            context.note(error)
            return Responses.page(
                ErrorPage(code: error.code.rawValue, text: error.text, requestID: context.id),
                status: .badRequest
            )
        }
    }

    private func ask(
        _ ticket: UIBridge.Ticket,
        _ text: String,
        _ path: LocalPath,
        session: SessionRecord?,
        _ org: OrgState
    ) async throws -> Response {
        var current: User?
        if let session { current = try await server.directory.account(session.user)?.user }
        let page = FrontDoorPage(
            org: org.org.name,
            user: ticket.user.username,
            current: current?.username,
            ticket: text,
            path: path.text
        )
        // The path may be one of the authorization endpoint, which redirects to any app, and browsers hold the policy against that, too.
        return Responses.page(page, formTargets: nil)
    }

    private func enter(
        _ ticket: UIBridge.Ticket,
        _ path: LocalPath,
        session: SessionRecord?,
        _ org: OrgState,
        _ context: SignetRequestContext
    ) async throws -> Response {
        guard let opened = try await server.uiBridge.open(ticket, earlier: session, now: context.now) else {
            throw Self.usedUp
        }
        var response = Responses.seeOther(org.org.issuer + path.text)
        if case .newSession(let cookie) = opened { pages.cookies.setSession(cookie, on: &response) }
        return response
    }

    /// The ticket of a request; for a token or a session id a new one.
    private func ticket(_ fields: FormFields, _ org: OrgState, _ context: SignetRequestContext) async throws -> String {
        if let ticket = try fields.value("otp") { return ticket }
        guard let sid = try fields.value("sid") else {
            throw OAuthError(
                .invalidRequest,
                "The parameter 'otp' is missing: get an address with one from /services/oauth2/singleaccess; or send an opaque access token as 'sid'."
            )
        }
        guard sid.utf8.contains(0x21) else {
            throw OAuthError(
                .invalidRequest,
                "A JWT opens no page by itself: send it to /services/oauth2/singleaccess, which answers with an address that does."
            )
        }
        do {
            return try await server.uiBridge.ticket(token: sid, org: org, now: context.now).revealed
        } catch UIBridge.Refusal.badToken {
            return try await sessionTicket(sid, org, context)
        } catch UIBridge.Refusal.invalidScope {
            throw OAuthError(
                .insufficientScope,
                "Invalid_Scope: the token lacks the scope web; authorize again with it, a refresh does not add scopes."
            )
        }
    }

    private func sessionTicket(_ sid: String, _ org: OrgState, _ context: SignetRequestContext) async throws -> String {
        do {
            return try await server.uiBridge.ticket(sessionID: sid, org: org, now: context.now).revealed
        } catch is UIBridge.Refusal {
            throw OAuthError(
                .invalidToken,
                "The token or session id is expired, revoked, not of this org, or of a user who may come in through APIs alone; get a new one."
            )
        }
    }

    private static let usedUp = OAuthError(
        .invalidRequest,
        "This address was used already, is older than a minute, or is no longer good. Go back to the app and open the page again."
    )

    private static func path(_ asked: String?, _ org: Org) -> LocalPath? {
        guard let asked else { return .home }
        return LocalPath(asked, origin: org.issuer)
    }

    private static func pathRule(_ name: String) -> String {
        "\(name) must be a path of this host such as /services/oauth2/authorize?client_id=…, percent-encoded, of \(LocalPath.longest) bytes at most."
    }
}
