import ClientApps
import OAuthTypes
import Orgs
import Storage
import Tokens

/// Decides who a client is, in the one order that is safe: what was presented, which app, is the app on, is the proof right.
struct ClientAuthenticator: Sendable {
    let directory: Directory
    let masterKey: MasterKey
    let assertions: AssertionVerifier

    /// Authenticates a client within an org.
    ///
    /// - Returns: the app and how it proved itself. That a proof was *needed* is the grant's to decide.
    /// - Throws: `invalid_client_id` for a key that the org does not know, `OAUTH_EC_APP_NOT_FOUND` for one of a packaged app that is not
    ///   installed there, `invalid_client` for a wrong secret or assertion,
    ///   `app_blocked` for an app that is switched off, `invalid_request` when nothing names a client.
    func authenticate(_ credentials: ClientCredentials, org: Org, now: Timestamp) async throws -> AuthenticatedClient {
        switch credentials {
        case .none:
            throw OAuthError(.invalidRequest, "The parameter 'client_id' is missing; send the consumer key of the app.")
        case .identifier(let key):
            let (app, consumer) = try await enabledApp(key, org: org, now: now)
            return AuthenticatedClient(app, consumer: consumer, method: .none)
        case .secret(let key, let secret, let method):
            return try await authenticate(key, secret, method, org: org, now: now)
        case .assertion(let assertion, let key):
            return try await assertions.authenticate(assertion, consumerKey: key, org: org, now: now) { key in
                try await enabledApp(key, org: org, now: now)
            }
        }
    }

    /// Authenticates the client that made a bearer assertion, by its signature. It needs no credentials beside it; those that are sent must
    /// be right all the same, and of the same client (facts: flows section 3).
    ///
    /// - Throws: `invalid_grant` for a signature that is not of the app, `invalid_request` for credentials of another one, and what
    ///   ``authenticate(_:org:now:)`` throws.
    func authenticate(
        bearer assertion: UnverifiedAssertion,
        beside credentials: ClientCredentials,
        org: Org,
        now: Timestamp
    ) async throws -> AuthenticatedClient {
        guard try await named(by: credentials, org, now) ?? assertion.issuer == assertion.issuer else {
            throw OAuthError(
                .invalidRequest,
                "client_id is not the iss of the assertion; leave it out or send the same consumer key."
            )
        }
        let (app, consumer) = try await enabledApp(assertion.issuer, org: org, now: now)
        try assertion.verifySignature(app.app, now: now)
        return AuthenticatedClient(app, consumer: consumer, method: .privateKeyJWT)
    }

    private func named(by credentials: ClientCredentials, _ org: Org, _ now: Timestamp) async throws -> String? {
        switch credentials {
        case .none: nil
        case .identifier(let key): key
        case .secret, .assertion: try await authenticate(credentials, org: org, now: now).consumer.key
        }
    }

    private func authenticate(
        _ key: String,
        _ secret: Secret,
        _ method: ClientAuthenticationMethod,
        org: Org,
        now: Timestamp
    ) async throws -> AuthenticatedClient {
        // The digest is taken before the look-up, so that an unknown key costs as much as a known one.
        let presented = masterKey.digest(ofConsumerSecret: secret)
        let (app, consumer) = try await enabledApp(key, org: org, now: now)
        guard Secret.constantTimeEqual(presented, consumer.secretDigest) else {
            throw OAuthError(.invalidClient, "invalid client credentials")
        }
        return AuthenticatedClient(app, consumer: consumer, method: method)
    }

    /// The app of a consumer key, if it belongs to the org and its admin has it switched on.
    /// A staged pair and one that was rotated out do as the current one does, until they expire (facts: app-model 7.3).
    func enabledApp(_ consumerKey: String, org: Org, now: Timestamp) async throws -> (AppState, Consumer) {
        guard let (state, consumer) = try await directory.app(consumerKey: consumerKey, org: org.id, now: now) else {
            throw try await directory.notInstalled(consumerKey: consumerKey, org: org.id)
                ?? OAuthError(.invalidClientID, "client identifier invalid")
        }
        try AppGate.requireEnabled(state.app)
        return (state, consumer)
    }
}

/// Whether an app may be used at all: asked at each step, since an admin may switch it off in between.
enum AppGate {
    /// - Throws: `app_blocked` when the app or its OAuth plugin is switched off.
    static func requireEnabled(_ app: EffectiveApp) throws(OAuthError) {
        guard app.isEnabled, app.isOAuthEnabled else {
            throw OAuthError(
                .appBlocked,
                app.kind == .connectedApp
                    ? "this app is blocked by admin: the connected app is blocked in this org; ask its admin to unblock it."
                    : "this app is blocked by admin: the app is disabled in the app policies of this org; ask its admin to enable it."
            )
        }
    }

    /// Requires that a connected app is installed, or that a user may use it all the same: by an earlier approval, or by the permission
    /// Approve Uninstalled Connected Apps (facts: app-model 6.3).
    ///
    /// - Parameter account: the user; nobody where a flow has no user who could approve.
    /// - Throws: `invalid_client`, in the original's words.
    static func requireInstalled(
        _ app: EffectiveApp,
        _ account: AccountRecord?,
        isApprovedBefore: Bool
    ) throws(OAuthError) {
        guard !app.isInstalled, !isApprovedBefore else { return }
        if let account {
            do {
                return try Action.authorizeUninstalledConnectedApp.require(account.permissions)
            } catch {}
        }
        throw OAuthError(
            .invalidClient,
            "app must be installed into org: ask the admin to install it, or for the permission \(Permission.canApproveUninstalledApps.fullLabel)."
        )
    }
}
