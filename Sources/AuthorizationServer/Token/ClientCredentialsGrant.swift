import ClientApps
import OAuthTypes
import Orgs
import Storage

/// Grants client credentials (RFC 6749 section 4.4): the app acts as the one user that its admin named. Writes nothing for
/// an app with JWT access tokens.
struct ClientCredentialsGrant: Sendable {
    /// The `scope` parameter, which the original does not take in this flow.
    let scope: String?

    /// Scopes that make no sense without a person at a browser; they are filtered out (facts: tokens 2.3).
    static let personalScopes: [Scope] = [.full, .web, .refreshToken, .offlineAccess]

    /// Checks everything that needs no database.
    func approve(_ context: GrantContext, runAs account: AccountRecord?) throws(OAuthError) -> (AccountRecord, ScopeSet)
    {
        guard scope == nil else {
            throw OAuthError(
                .invalidRequest,
                "scope parameter not supported: leave it out; the token carries the scopes of the app."
            )
        }
        try context.requireProof("client credentials flow")
        try requireEnabled(context.app)
        try AppGate.requireInstalled(context.app, nil, isApprovedBefore: false)
        guard let account else {
            throw OAuthError(
                .invalidGrant,
                "no client credentials user enabled: the run-as user of the app's policies is not set; its admin sets it under Client Credentials Flow, Run As."
            )
        }
        guard account.isAPIOnly else {
            throw OAuthError(
                .invalidGrant,
                "no client credentials user enabled: the run-as user is not API Only; give it the permission API Only User."
            )
        }
        try UserGate.requireStanding(account, context.app, org: context.org.org)
        try UserGate.requireAllowedAddress(context.source, account, context.app, org: context.org.org, flow: .machine)
        let scopes = context.app.scopes.subtracting(Self.personalScopes)
        guard !scopes.isEmpty else {
            throw OAuthError(
                .invalidGrant,
                "no valid scopes defined: the app needs a scope besides full, web and refresh_token for this flow, such as api."
            )
        }
        return (account, scopes)
    }

    private func requireEnabled(_ app: EffectiveApp) throws(OAuthError) {
        guard app.isClientCredentialsAllowedBySettings else {
            throw OAuthError(
                .invalidGrant,
                "no client credentials user enabled: the client credentials flow is off in the app's settings; its developer switches it on (isClientCredentialsFlowEnabled of the global OAuth settings)."
            )
        }
        guard app.isClientCredentialsAllowedByPolicy else {
            throw OAuthError(
                .invalidGrant,
                "no client credentials user enabled: the client credentials flow is off in the app's policies; the admin of the org switches it on (isClientCredentialsFlowEnabled of the OAuth policies)."
            )
        }
    }
}
