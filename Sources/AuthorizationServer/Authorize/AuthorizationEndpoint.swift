import ClientApps
public import OAuthTypes
public import Orgs
public import Storage
import Tokens

/// The authorization endpoint (RFC 6749 section 3.1): check, sign in, ask consent, reply.
public struct AuthorizationEndpoint: Sendable {
    let server: AuthorizationServer

    /// Who is at the browser, and which browser it is.
    public struct Visitor: Sendable {
        /// The browser, by a cookie that a transaction is bound to.
        public let binding: BrowserBinding
        /// The session of a user who is signed in; `nil` for nobody.
        public let session: SessionRecord?
        /// The address of the request, if it has one.
        public let source: IPAddress?
        /// What an earlier sign-in with this browser left there (``NewSession/mark``).
        public let mark: String?

        /// A visitor by the cookies of the browser and the address that the request came from.
        public init(binding: BrowserBinding, session: SessionRecord?, source: IPAddress?, mark: String? = nil) {
            self.binding = binding
            self.session = session
            self.source = source
            self.mark = mark
        }
    }

    /// Starts with the parameters of a request.
    public func begin(_ fields: FormFields, visitor: Visitor, org: OrgState, now: Timestamp) async throws
        -> AuthorizationOutcome
    {
        let app: EffectiveApp
        let redirect: ValidatedRedirect
        do {
            (app, redirect) = try await identify(fields, org, now)
        } catch let error as OAuthError {
            return .page(error)
        }
        do {
            let request = try AuthorizationRequest(
                fields,
                app: app,
                consumerKey: try fields.required("client_id"),
                redirect: redirect,
                org: org.org
            )
            let transaction = Transaction(request: request, user: nil, startedAt: now, authenticatedAt: nil)
            return try await proceed(transaction, app, visitor, org, now)
        } catch let error as OAuthError {
            let state = (try? fields.value("state")) ?? nil
            return refusal(error, redirect, state: state, org)
        }
    }

    /// The app and the redirect: until both are proven, a refusal can only be shown.
    private func identify(_ fields: FormFields, _ org: OrgState, _ now: Timestamp) async throws
        -> (EffectiveApp, ValidatedRedirect)
    {
        try requireActive(org)
        let consumerKey = try fields.required("client_id")
        let directory = server.directory
        guard let app = try await directory.app(consumerKey: consumerKey, org: org.org.id, now: now)?.state.app else {
            throw try await directory.notInstalled(consumerKey: consumerKey, org: org.org.id)
                ?? OAuthError(
                    .invalidClientID,
                    "client identifier invalid: no app of this org has this consumer key."
                )
        }
        // An app that its admin has switched off redirects nobody any more (RFC 9700 section 4.11).
        try AppGate.requireEnabled(app)
        return (app, try ValidatedRedirect(app: app, presented: try fields.value("redirect_uri")))
    }

    /// Nobody's password is looked at for an org that is locked, so that the lock tells nothing of who knows one.
    func requireActive(_ org: OrgState) throws(OAuthError) {
        guard org.org.isActive else { throw OAuthError(.inactiveOrg, UserGate.lockedText) }
    }

    /// Goes as far as it can without asking anybody.
    func proceed(
        _ transaction: Transaction,
        _ app: EffectiveApp,
        _ visitor: Visitor,
        _ org: OrgState,
        _ now: Timestamp
    ) async throws -> AuthorizationOutcome {
        let request = transaction.request
        guard let session = try usableSession(transaction, visitor, org, now),
            let account = try await server.directory.account(session.user),
            session.authenticatedAt > max(account.notBefore, org.notBefore)
        else {
            guard !request.isSilent else {
                throw request.silentRefusal(
                    .loginRequired,
                    "The user is not signed in; start again without prompt=none."
                )
            }
            return .signIn(try signInPrompt(transaction, app, visitor, org, problem: nil))
        }
        try requireAllowed(account, app, visitor, org)
        try await requireInstalled(app, account)
        guard try await needsConsent(transaction, app, account) else {
            return try await reply(request, app, account, session.authenticatedAt, org, now)
        }
        guard !request.isSilent else {
            throw request.silentRefusal(
                .interactionRequired,
                "The user has not approved this app yet; start again without prompt=none."
            )
        }
        return .consent(try consentPrompt(transaction, app, account, visitor, org))
    }

    func usableSession(
        _ transaction: Transaction,
        _ visitor: Visitor,
        _ org: OrgState,
        _ now: Timestamp
    ) throws -> SessionRecord? {
        guard let session = visitor.session, session.org == org.org.id,
            transaction.request.accepts(authenticatedAt: session.authenticatedAt, now: now)
        else { return nil }
        let asksAgain = !transaction.request.prompts.isDisjoint(with: [.login])
        guard !asksAgain || transaction.authenticatedAt == session.authenticatedAt else { return nil }
        return session
    }

    /// Every gate of a user. A grant does not exist yet, so what a token request calls `invalid_grant` is `access_denied` here.
    func requireAllowed(
        _ account: AccountRecord,
        _ app: EffectiveApp,
        _ visitor: Visitor,
        _ org: OrgState
    ) throws(OAuthError) {
        do {
            try UserGate.requireAllowed(account, app, org: org.org, source: visitor.source, flow: .webServer)
        } catch {
            throw error.code == .invalidGrant ? OAuthError(.accessDenied, error.text, detail: error.detail) : error
        }
    }

    /// Refuses an app that is not installed to a user who has not approved it before.
    func requireInstalled(_ app: EffectiveApp, _ account: AccountRecord) async throws {
        guard !app.isInstalled else { return }
        let user = account.user.id
        let consent = try await server.database.read { try Consents.find(app: app.id, user: user, on: $0) }
        try AppGate.requireInstalled(app, account, isApprovedBefore: consent != nil)
    }

    private func needsConsent(_ transaction: Transaction, _ app: EffectiveApp, _ account: AccountRecord) async throws
        -> Bool
    {
        // The page names the user and lets another one sign in: it is the account chooser, too (facts: flows section 4).
        if !transaction.request.prompts.isDisjoint(with: [.consent, .selectAccount]) { return true }
        if transaction.request.redirect.isAnybodys(of: app) { return true }
        guard case .selfAuthorized = app.permittedUsers else { return false }
        let user = account.user.id
        let consent = try await server.database.read { try Consents.find(app: app.id, user: user, on: $0) }
        return !(consent?.covers(transaction.request.scopes) ?? false)
    }
}
