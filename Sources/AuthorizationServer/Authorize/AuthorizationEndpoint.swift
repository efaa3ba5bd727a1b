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

    /// How long a code may wait to be redeemed (facts: flows section 11).
    static let codeLifetime = TimeSpan.minutes(15)

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
            try UserGate.requireAllowed(account, app, org: org.org, source: visitor.source, isRefresh: false)
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
        guard case .selfAuthorized = app.permittedUsers else { return false }
        let user = account.user.id
        let consent = try await server.database.read { try Consents.find(app: app.id, user: user, on: $0) }
        return !(consent?.covers(transaction.request.scopes) ?? false)
    }

    /// Makes the code and sends it back (RFC 6749 section 4.1.2, RFC 9207).
    func reply(
        _ request: AuthorizationRequest,
        _ app: EffectiveApp,
        _ account: AccountRecord,
        _ authenticatedAt: Timestamp,
        _ org: OrgState,
        _ now: Timestamp
    ) async throws -> AuthorizationOutcome {
        let (code, record) = code(request, app, account, authenticatedAt, org, now)
        try await server.database.write { try AuthorizationCodes.insert(record, on: $0) }
        return reply(request, code, org)
    }

    /// Makes the code for the first answer to a consent page, and remembers the consent beside earlier ones, all in one transaction.
    ///
    /// - Returns: nothing when the page was answered already.
    func reply(
        _ request: AuthorizationRequest,
        _ app: EffectiveApp,
        _ account: AccountRecord,
        _ authenticatedAt: Timestamp,
        _ org: OrgState,
        _ now: Timestamp,
        to page: ConsentPage
    ) async throws -> AuthorizationOutcome? {
        let (code, record) = code(request, app, account, authenticatedAt, org, now)
        var randomness = SystemRandomNumberGenerator()
        let consent = ConsentID.make(prefix: Consent.idPrefix, now: now, using: &randomness)
        let isFirst = try await server.database.write { connection in
            guard try page.take(on: connection) else { return false }
            try Consents.add(
                request.scopes,
                id: consent,
                app: record.app,
                user: record.user,
                now: now,
                on: connection
            )
            try AuthorizationCodes.insert(record, on: connection)
            return true
        }
        return isFirst ? reply(request, code, org) : nil
    }

    private func code(
        _ request: AuthorizationRequest,
        _ app: EffectiveApp,
        _ account: AccountRecord,
        _ authenticatedAt: Timestamp,
        _ org: OrgState,
        _ now: Timestamp
    ) -> (Secret, AuthorizationCodeRecord) {
        var randomness = SystemRandomNumberGenerator()
        let code = AuthorizationCodeText.generate(using: &randomness)
        let record = AuthorizationCodeRecord(
            digest: TokenDigest.sha256(code.revealed),
            org: org.org.id,
            app: app.id,
            user: account.user.id,
            redirectURI: request.redirect.uri,
            scopes: request.scopes,
            codeChallenge: request.codeChallenge,
            nonce: request.nonce,
            authenticatedAt: authenticatedAt,
            createdAt: now,
            expiresAt: now + Self.codeLifetime
        )
        return (code, record)
    }

    private func reply(_ request: AuthorizationRequest, _ code: Secret, _ org: OrgState) -> AuthorizationOutcome {
        .redirect(
            url: request.redirect.adding([
                ("code", code.revealed), ("state", request.state), ("iss", org.origin),
            ]),
            refusal: nil
        )
    }

    /// A refusal that goes back to the app: code, text and state, and who refused (RFC 9207).
    func refusal(_ error: OAuthError, _ redirect: ValidatedRedirect, state: String?, _ org: OrgState)
        -> AuthorizationOutcome
    {
        .redirect(
            url: redirect.adding([
                ("error", error.code.rawValue), ("error_description", error.text), ("state", state),
                ("iss", org.origin),
            ]),
            refusal: error
        )
    }

    func signInPrompt(
        _ transaction: Transaction,
        _ app: EffectiveApp,
        _ visitor: Visitor,
        _ org: OrgState,
        problem: String?,
        username: String? = nil
    ) throws -> SignInPrompt {
        SignInPrompt(
            orgName: org.org.name,
            appLabel: app.label,
            loginHint: username ?? transaction.request.loginHint,
            formTarget: transaction.request.redirect.formTarget,
            transaction: try transaction.sealed(browser: visitor.binding, server.masterKey),
            problem: problem
        )
    }

    private func consentPrompt(
        _ transaction: Transaction,
        _ app: EffectiveApp,
        _ account: AccountRecord,
        _ visitor: Visitor,
        _ org: OrgState
    ) throws -> ConsentPrompt {
        let shown = Transaction(
            request: transaction.request,
            user: account.user.id,
            startedAt: transaction.startedAt,
            authenticatedAt: transaction.authenticatedAt
        )
        return ConsentPrompt(
            orgName: org.org.name,
            appLabel: app.label,
            appDescription: app.description,
            appContact: app.contactEmail,
            username: account.user.username,
            displayName: account.user.displayName,
            scopes: transaction.request.scopes,
            redirectURI: transaction.request.redirect.uri,
            formTarget: transaction.request.redirect.formTarget,
            transaction: try shown.sealed(browser: visitor.binding, server.masterKey)
        )
    }
}
