import ClientApps
import OAuthTypes
import Orgs
import Storage

/// Grants a token for a signed assertion (RFC 7523 section 2.1, facts: flows 5.4): the app vouches for a user who allowed it
/// before, or whom its admin approved.
struct JWTBearerGrant: Sendable {
    let assertion: String
    let server: AuthorizationServer

    /// A bearer assertion that was verified: only ``verify`` makes one.
    struct VerifiedBearer: Sendable {
        let username: String
        let tokenID: String?
        let expiresAt: Timestamp

        fileprivate init(username: String, tokenID: String?, expiresAt: Timestamp) {
            self.username = username
            self.tokenID = tokenID
            self.expiresAt = expiresAt
        }
    }

    /// Verifies what the client presented beside the assertion, then the assertion: app, certificate, signature, audience, expiry.
    func verify(
        _ credentials: ClientCredentials,
        org: OrgState,
        source: IPAddress?,
        now: Timestamp
    ) async throws -> (GrantContext, VerifiedBearer) {
        let unverified = try UnverifiedAssertion(assertion)
        try await requireSameClient(credentials, unverified.issuer, org.org, now)
        let (app, consumer) = try await server.clientAuthenticator.enabledApp(
            unverified.issuer,
            org: org.org,
            now: now
        )
        try unverified.verifySignature(app.app, now: now)
        try unverified.requireAudience(
            AssertionAudience.ofBearerGrant(org.org, loginOrigin: server.directory.loginOrigin)
        )
        let expiresAt = try unverified.requireTimely(now)
        let client = AuthenticatedClient(app, consumer: consumer, method: .privateKeyJWT)
        let context = GrantContext(client: client, org: org, source: source, now: now, masterKey: server.masterKey)
        let bearer = VerifiedBearer(
            username: try unverified.username,
            tokenID: try unverified.tokenID,
            expiresAt: expiresAt
        )
        return (context, bearer)
    }

    /// The assertion proves the client, so no credentials are needed; those that are sent must be right all the same and must be
    /// those of the client that made the assertion (facts: flows section 3).
    private func requireSameClient(
        _ credentials: ClientCredentials,
        _ issuer: String,
        _ org: Org,
        _ now: Timestamp
    ) async throws {
        let key: String
        switch credentials {
        case .none: return
        case .identifier(let presented): key = presented
        case .secret, .assertion:
            key = try await server.clientAuthenticator.authenticate(credentials, org: org, now: now).consumer.key
        }
        guard key == issuer else {
            throw OAuthError(
                .invalidRequest,
                "client_id is not the iss of the assertion; leave it out or send the same consumer key."
            )
        }
    }

    /// Runs the grant in one transaction.
    func run(_ bearer: VerifiedBearer, _ context: GrantContext, on connection: any Connection) throws -> GrantOutcome {
        if let tokenID = bearer.tokenID {
            let isFirst = try AssertionIDs.take(
                tokenID,
                consumerKey: context.client.consumer.key,
                until: bearer.expiresAt + UnverifiedAssertion.allowance,
                on: connection
            )
            guard isFirst else {
                return .refused(
                    OAuthError(
                        .badJTIClaim,
                        "The jti of the assertion was used before; make a new assertion with a new jti."
                    )
                )
            }
        }
        guard let account = try Users.account(username: bearer.username, org: context.org.org.id, on: connection) else {
            return .refused(Self.notApproved(detail: "no user of the org has the username that is the sub"))
        }
        do {
            // Approval first: without it, nothing is told of the state of a user.
            let scopes = try approvedScopes(account.user, context, on: connection)
            try context.requireAllowed(account)
            let opaque = try context.writeOpaqueToken(for: account, scopes: scopes, authorization: nil, on: connection)
            return .approved(
                ApprovedGrant(
                    app: context.app,
                    consumer: context.client.consumer,
                    account: account,
                    scopes: scopes,
                    authorization: nil,
                    opaqueToken: opaque,
                    refreshToken: nil,
                    signIn: nil
                )
            )
        } catch let refusal as OAuthError {
            // A value and not a throw: the taken jti stays taken.
            return .refused(refusal)
        }
    }

    /// The exact words that clients look for (facts: clients section 1); they say no more, so that nobody can find out users.
    private static func notApproved(detail: String) -> OAuthError {
        OAuthError(.invalidGrant, "user hasn't approved this consumer", detail: detail)
    }

    private func approvedScopes(_ user: User, _ context: GrantContext, on connection: any Connection) throws -> ScopeSet
    {
        let app = context.app
        let granted: ScopeSet
        switch app.permittedUsers {
        case .adminApproved:
            try UserGate.requirePermitted(user, app)
            let isRefreshable = app.scopes.contains(.refreshToken) || app.scopes.contains(.offlineAccess)
            guard isRefreshable, app.isInstalled else {
                throw OAuthError(
                    .invalidRequest,
                    "refresh_token scope is required and the connected app should be installed and preauthorized"
                )
            }
            granted = app.scopes
        case .selfAuthorized:
            guard let consent = try Consents.scopes(app: app.id, user: user.id, on: connection) else {
                throw Self.notApproved(detail: "user \(user.id.rawValue) has never allowed this app at a browser")
            }
            guard consent.contains(.refreshToken) || consent.contains(.offlineAccess) else {
                throw Self.notApproved(detail: "user \(user.id.rawValue) has allowed this app without refresh_token")
            }
            granted = consent.narrowed(to: app.scopes)
        }
        let scopes = granted.subtracting([.refreshToken, .offlineAccess])
        guard !scopes.isEmpty else { throw Self.notApproved(detail: "no scope is left beside refresh_token") }
        return scopes
    }
}
