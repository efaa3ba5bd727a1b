import ClientApps
import OAuthTypes
import Orgs
import Storage
import Tokens

/// Grants a token for a signed assertion (RFC 7523 section 2.1, facts: flows 5.4): the app vouches for a user who allowed it
/// before, or whom its admin approved.
struct JWTBearerGrant: Sendable {
    private let username: String
    private let tokenID: String?
    private let expiresAt: Timestamp

    /// Checks what an assertion says, once its client is known by its signature: audience, times, user.
    ///
    /// - Parameter client: who made the assertion, by ``ClientAuthenticator/authenticate(bearer:beside:org:now:)``.
    /// - Throws: `invalid_grant` that names what is wrong.
    init(
        _ assertion: UnverifiedAssertion,
        of client: AuthenticatedClient,
        org: Org,
        loginOrigin: String?,
        now: Timestamp
    ) throws(OAuthError) {
        try assertion.requireAudience(AssertionAudience.ofBearerGrant(org, loginOrigin: loginOrigin))
        expiresAt = try assertion.requireTimely(now)
        username = try assertion.username
        tokenID = try assertion.tokenID
    }

    /// Runs the grant in one transaction.
    func run(_ context: GrantContext, on connection: any Connection) throws -> GrantOutcome {
        if let tokenID {
            let isFirst = try UsedOnce.take(
                .bearerAssertion,
                digest: TokenDigest.sha256(tokenID),
                consumerKey: context.client.consumer.key,
                until: expiresAt + UnverifiedAssertion.allowance,
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
        guard let account = try Users.account(username: username, org: context.org.org.id, on: connection) else {
            return .refused(Self.notApproved(detail: "no user of the org has the username that is the sub"))
        }
        do {
            // Approval first: without it, nothing is told of the state of a user.
            let (scopes, consent) = try approvedScopes(account.user, context, on: connection)
            try context.requireAllowed(account, by: .machine)
            let opaque = try context.writeOpaqueToken(
                for: account,
                scopes: scopes,
                by: .jwtBearer,
                authorization: nil,
                on: connection
            )
            return .approved(
                ApprovedGrant(
                    app: context.app,
                    consumer: context.client.consumer,
                    account: account,
                    scopes: scopes,
                    authorization: nil,
                    consent: consent,
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

    /// - Returns: what may be granted, and the user's consent that says so, if it was not the admin.
    private func approvedScopes(_ user: User, _ context: GrantContext, on connection: any Connection) throws
        -> (ScopeSet, ConsentID?)
    {
        let app = context.app
        let granted: ScopeSet
        var consentID: ConsentID?
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
            guard let consent = try Consents.find(app: app.id, user: user.id, on: connection) else {
                throw Self.notApproved(detail: "user \(user.id.rawValue) has never allowed this app at a browser")
            }
            guard !consent.offlineScopes.isEmpty else {
                throw Self.notApproved(detail: "user \(user.id.rawValue) has allowed this app without refresh_token")
            }
            // The user is away, so only what was allowed for that counts.
            granted = consent.offlineScopes.narrowed(to: app.scopes)
            consentID = consent.id
        }
        let scopes = granted.subtracting([.refreshToken, .offlineAccess])
        guard !scopes.isEmpty else { throw Self.notApproved(detail: "no scope is left beside refresh_token") }
        return (scopes, consentID)
    }
}
