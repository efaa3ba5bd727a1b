import AuthorizationServer
import HTTPTypes
import Hummingbird
import NIOCore
import OAuthTypes
import Orgs
import Storage

/// The pages that a person sees: sign-in, consent, errors, sign-out.
struct PageRoutes: Sendable {
    let server: AuthorizationServer
    let cookies: Cookies

    /// `GET` and `POST /services/oauth2/authorize`.
    func authorize(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        let browser = Browser(request, cookies)
        do {
            let fields =
                request.method == .get ? try FormBody.query(of: request) : try await FormBody.fields(of: request)
            let org = try await context.org(of: server) { host in
                try await host.org(consumerKey: fields.required("client_id"), now: context.now)
            }
            let visitor = try await visitor(request, browser, context)
            let outcome = try await server.authorizationEndpoint.begin(
                fields,
                visitor: visitor,
                org: org,
                now: context.now
            )
            return answer(outcome, browser, context)
        } catch let error as OAuthError {
            return answer(.page(error), browser, context)
        }
    }

    /// `POST` of the sign-in page.
    func signIn(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        let browser = Browser(request, cookies)
        do {
            try requireSameOrigin(request, context)
            let fields = try await FormBody.fields(of: request)
            let visitor = try await visitor(request, browser, context)
            let org = try await context.org(of: server) { host in
                try await host.org(ofTransaction: fields, browser: visitor.binding, now: context.now)
            }
            let signedIn = try await server.authorizationEndpoint.signIn(
                fields,
                visitor: visitor,
                org: org,
                now: context.now
            )
            var response = answer(signedIn.outcome, browser, context)
            if let refusal = signedIn.refusal { context.note(refusal) }
            if let session = signedIn.session {
                cookies.setSession(session.cookie, on: &response)
                cookies.setMark(session.mark, on: &response)
            }
            return response
        } catch let error as OAuthError {
            return answer(.page(error), browser, context)
        }
    }

    /// `POST` of the consent page.
    func consent(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        let browser = Browser(request, cookies)
        do {
            try requireSameOrigin(request, context)
            let fields = try await FormBody.fields(of: request)
            let visitor = try await visitor(request, browser, context)
            let org = try await context.org(of: server) { host in
                try await host.org(ofTransaction: fields, browser: visitor.binding, now: context.now)
            }
            let endpoint = server.authorizationEndpoint
            let outcome =
                try fields.value("decision") == "switch"
                ? try await endpoint.switchUser(fields, visitor: visitor, org: org, now: context.now)
                : try await endpoint.consent(fields, visitor: visitor, org: org, now: context.now)
            return answer(outcome, browser, context)
        } catch let error as OAuthError {
            return answer(.page(error), browser, context)
        }
    }

    /// Ends the session of the browser, if our own page asks; else the person is asked (OpenID Connect RP-Initiated Logout section 2).
    func signOut(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        let cookie = cookies.session(request)
        let session = try await session(request, context)
        let name = try await name(of: context, session)
        guard isOwnSignOut(request, context) else {
            // A post from another site comes without the cookie and says nothing of the session.
            guard cookie != nil || request.method == .post else {
                return Responses.page(SignedOutPage(org: name))
            }
            return Responses.page(SignOutPage(org: name), formTargets: ["'self'"])
        }
        if let cookie, session != nil { try await server.sessions.end(cookie: cookie) }
        var response = Responses.page(SignedOutPage(org: name))
        cookies.clearSession(on: &response)
        return response
    }

    /// `GET /`.
    func home(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        let session = try await session(request, context)
        var user: User?
        if let session { user = try await server.directory.account(session.user)?.user }
        return Responses.page(
            HomePage(
                org: try await name(of: context, session),
                issuer: context.loginOrigin ?? context.org?.issuer ?? "",
                user: user?.username
            ),
            formTargets: ["'self'"]
        )
    }

    /// The session of the browser, if it is one of the org of the host; at the login host of any org.
    func session(_ request: Request, _ context: SignetRequestContext) async throws -> SessionRecord? {
        guard let cookie = cookies.session(request),
            let session = try await server.sessions.find(cookie: cookie, now: context.now),
            context.loginOrigin != nil || session.org == context.org?.id
        else { return nil }
        return session
    }

    /// What a page that belongs to no app calls the place: the org, at the login host that of the session.
    private func name(of context: SignetRequestContext, _ session: SessionRecord?) async throws -> String {
        if let org = context.org { return org.name }
        guard let session, let org = try await server.directory.orgTable().org(session.org)?.org else {
            return "Sign-in"
        }
        return org.name
    }

    /// The stylesheet, which its name changes with.
    func stylesheet(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        var response = Responses.bytes(Stylesheet.bytes, contentType: "text/css;charset=UTF-8")
        response.headers[.cacheControl] = "public, max-age=31536000, immutable"
        response.headers[.pragma] = nil
        return response
    }

    /// The icon, also for browsers that ask for it without having seen a page.
    func icon(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        var response = Responses.bytes(Icon.bytes, contentType: "image/svg+xml")
        response.headers[.cacheControl] = "public, max-age=86400"
        response.headers[.pragma] = nil
        return response
    }

    private func visitor(
        _ request: Request,
        _ browser: Browser,
        _ context: SignetRequestContext
    ) async throws -> AuthorizationEndpoint.Visitor {
        .init(
            binding: BrowserBinding(cookie: browser.cookie),
            session: try await session(request, context),
            source: context.source,
            mark: cookies.mark(request)
        )
    }

    /// A form post must come from our own pages (security: row 19); browsers say where from, and the sealed transaction is
    /// there for those that do not.
    private func requireSameOrigin(_ request: Request, _ context: SignetRequestContext) throws(OAuthError) {
        guard SameOrigin.sent(request, context) else {
            throw OAuthError(
                .invalidRequest,
                "The form was sent from another site. Go back to the application and start again."
            )
        }
    }

    /// A link anywhere can be followed, and a GET has no origin: only a browser that says where it comes from is believed.
    private func isOwnSignOut(_ request: Request, _ context: SignetRequestContext) -> Bool {
        switch request.method {
        case .post: SameOrigin.sent(request, context)
        case .get: request.headers[.secFetchSite] == "same-origin"
        default: false
        }
    }

    private func answer(_ outcome: AuthorizationOutcome, _ browser: Browser, _ context: SignetRequestContext)
        -> Response
    {
        var response: Response
        switch outcome {
        case .redirect(let url, let refusal):
            if let refusal { context.note(refusal) }
            response = Responses.seeOther(url)
        case .signIn(let prompt):
            response = Responses.page(SignInPage(prompt), formTargets: ["'self'"] + targets(prompt.formTarget))
        case .consent(let prompt):
            response = Responses.page(ConsentPage(prompt), formTargets: ["'self'"] + targets(prompt.formTarget))
        case .page(let error):
            context.note(error)
            response = Responses.page(
                ErrorPage(code: error.code.rawValue, text: error.text, requestID: context.id),
                status: .badRequest
            )
        }
        if browser.isNew { cookies.setBrowser(browser.cookie, on: &response) }
        return response
    }

    /// Where a form may lead beside ourselves: to the app, since the answer to a post is a redirect there.
    private func targets(_ target: String?) -> [String] { target.map { [$0] } ?? [] }
}

/// The browser of a request, by a cookie that it has or now gets.
private struct Browser {
    let cookie: String
    let isNew: Bool

    init(_ request: Request, _ cookies: Cookies) {
        if let cookie = cookies.browser(request) {
            self.cookie = cookie
            isNew = false
        } else {
            var randomness = SystemRandomNumberGenerator()
            cookie = RandomText.text(32, of: .base62, using: &randomness)
            isNew = true
        }
    }
}
