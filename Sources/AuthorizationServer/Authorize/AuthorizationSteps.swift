import ClientApps
public import OAuthTypes
import Orgs
public import Storage
import Tokens

/// What the posts of the sign-in and consent pages do.
extension AuthorizationEndpoint {
    /// What came of a sign-in within a transaction.
    public struct SignedIn: Sendable {
        /// What to do next.
        public let outcome: AuthorizationOutcome
        /// The new session, whose cookies the browser gets.
        public let session: NewSession?
        /// Why nobody was signed in, if somebody tried.
        public let refusal: SignInRefusal?
    }

    /// Continues after the sign-in page.
    public func signIn(_ fields: FormFields, visitor: Visitor, org: OrgState, now: Timestamp) async throws -> SignedIn {
        let transaction: Transaction
        let app: EffectiveApp
        do {
            (transaction, app) = try await open(fields, visitor, org, now)
        } catch let error as OAuthError {
            return SignedIn(outcome: .page(error), session: nil, refusal: nil)
        }
        // Keyboards that complete words leave a space behind; no username has one.
        let username = (try fields.value("username") ?? "").trimmed
        let attempt = SignIn.Attempt(
            username: username,
            password: Secret(try fields.value("password") ?? ""),
            mark: visitor.mark,
            source: visitor.source,
            earlierSession: visitor.session?.digest
        )
        switch try await server.signIn.attempt(attempt, org: org, now: now) {
        case .refused(let problem, let refusal):
            let prompt = try signInPrompt(transaction, app, visitor, org, problem: problem, username: username)
            return SignedIn(outcome: .signIn(prompt), session: nil, refusal: refusal)
        case .signedIn(let session):
            let after = Transaction(
                request: transaction.request,
                user: nil,
                startedAt: transaction.startedAt,
                authenticatedAt: session.record.authenticatedAt
            )
            let visitor = Visitor(binding: visitor.binding, session: session.record, source: visitor.source)
            let outcome = try await continued(after, app, visitor, org, now)
            return SignedIn(outcome: outcome, session: session, refusal: nil)
        }
    }

    /// Continues after the consent page.
    public func consent(_ fields: FormFields, visitor: Visitor, org: OrgState, now: Timestamp) async throws
        -> AuthorizationOutcome
    {
        let transaction: Transaction
        let app: EffectiveApp
        do {
            (transaction, app) = try await open(fields, visitor, org, now)
        } catch let error as OAuthError {
            return .page(error)
        }
        let request = transaction.request
        guard let session = try usableSession(transaction, visitor, org, now), session.user == transaction.user,
            let account = try await server.directory.account(session.user),
            session.authenticatedAt > max(account.notBefore, org.notBefore)
        else {
            return .signIn(
                try signInPrompt(transaction, app, visitor, org, problem: "Your session has ended. Sign in again.")
            )
        }
        switch try fields.value("decision") {
        case "allow":
            do {
                try requireAllowed(account, app, visitor, org)
                try await requireInstalled(app, account)
            } catch let error as OAuthError {
                return refusal(error, request.redirect, state: request.state, org)
            }
            let page = try answered(fields, transaction)
            let reply = try await reply(request, app, account, session.authenticatedAt, org, now, to: page)
            return reply ?? Self.answeredAlready
        case "deny":
            let page = try answered(fields, transaction)
            guard try await server.database.write({ try page.take(on: $0) }) else { return Self.answeredAlready }
            return refusal(
                OAuthError(.accessDenied, "end-user denied authorization"),
                request.redirect,
                state: request.state,
                org
            )
        default:
            return .page(
                OAuthError(.invalidRequest, "The decision must be allow or deny; use the buttons of the page.")
            )
        }
    }

    /// Shows the sign-in page again, for somebody else.
    public func switchUser(_ fields: FormFields, visitor: Visitor, org: OrgState, now: Timestamp) async throws
        -> AuthorizationOutcome
    {
        do {
            let (transaction, app) = try await open(fields, visitor, org, now)
            // Who comes back from here may still answer the page, so it is not taken; but one that was answered leads nowhere.
            let page = try answered(fields, transaction)
            guard try await !server.database.read({ try page.isTaken(on: $0) }) else { return Self.answeredAlready }
            let fresh = Transaction(
                request: transaction.request,
                user: nil,
                startedAt: transaction.startedAt,
                authenticatedAt: nil
            )
            return .signIn(try signInPrompt(fresh, app, visitor, org, problem: nil))
        } catch let error as OAuthError {
            return .page(error)
        }
    }

    private static let answeredAlready = AuthorizationOutcome.page(
        OAuthError(.invalidRequest, "This page was answered already. Go back to the application and start again.")
    )

    /// The page that was answered: a sealed transaction has one text.
    private func answered(_ fields: FormFields, _ transaction: Transaction) throws(OAuthError) -> ConsentPage {
        ConsentPage(
            digest: TokenDigest.sha256(try fields.required("transaction")),
            consumerKey: transaction.request.consumerKey,
            until: transaction.startedAt + Transaction.lifetime
        )
    }

    private func open(
        _ fields: FormFields,
        _ visitor: Visitor,
        _ org: OrgState,
        _ now: Timestamp
    ) async throws -> (Transaction, EffectiveApp) {
        try requireActive(org)
        try fields.refuseRepetition()
        return try await Transaction.open(
            try fields.required("transaction"),
            browser: visitor.binding,
            server.masterKey,
            org: org.org,
            now: now
        ) { key in
            try await server.clientAuthenticator.enabledApp(key, org: org.org, now: now).0.app
        }
    }

    private func continued(
        _ transaction: Transaction,
        _ app: EffectiveApp,
        _ visitor: Visitor,
        _ org: OrgState,
        _ now: Timestamp
    ) async throws -> AuthorizationOutcome {
        do {
            return try await proceed(transaction, app, visitor, org, now)
        } catch let error as OAuthError {
            return refusal(error, transaction.request.redirect, state: transaction.request.state, org)
        }
    }
}

/// A consent page that somebody answered.
struct ConsentPage: Sendable {
    let digest: [UInt8]
    let consumerKey: String
    let until: Timestamp

    /// Takes the answer, if it is the first; one that a gate refuses is none.
    func take(on connection: any Connection) throws -> Bool {
        try UsedOnce.take(.consentPage, digest: digest, consumerKey: consumerKey, until: until, on: connection)
    }

    func isTaken(on connection: any Connection) throws -> Bool {
        try UsedOnce.isTaken(.consentPage, digest: digest, consumerKey: consumerKey, on: connection)
    }
}
