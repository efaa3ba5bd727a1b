import ClientApps
import OAuthTypes
import Orgs
import Storage
import Tokens

/// Authenticates a client by its assertion (`private_key_jwt`, RFC 7523 section 2.2 and 3).
struct AssertionVerifier: Sendable {
    let database: any Database
    let loginOrigin: String?

    /// - Throws: `invalid_client` for every way an assertion can be wrong.
    func authenticate(
        _ text: String,
        consumerKey: String?,
        org: Org,
        now: Timestamp,
        app lookUp: (String) async throws -> (AppState, Consumer)
    ) async throws -> AuthenticatedClient {
        do {
            let assertion = try UnverifiedAssertion(text)
            guard assertion.subject == assertion.issuer, consumerKey ?? assertion.issuer == assertion.issuer else {
                throw UnverifiedAssertion.invalid("iss and sub must both be the client_id")
            }
            let (app, consumer) = try await lookUp(assertion.issuer)
            try assertion.verifySignature(app.app, now: now)
            try assertion.requireAudience(AssertionAudience.ofClientAuthentication(org, loginOrigin: loginOrigin))
            let expiry = try assertion.requireTimely(now)
            guard let tokenID = try assertion.tokenID else {
                throw UnverifiedAssertion.invalid("jti is missing; send a new one with each assertion")
            }
            let isFirst = try await database.write { connection in
                try UsedOnce.take(
                    .clientAssertion,
                    digest: TokenDigest.sha256(tokenID),
                    consumerKey: assertion.issuer,
                    until: expiry + UnverifiedAssertion.allowance,
                    on: connection
                )
            }
            guard isFirst else {
                throw UnverifiedAssertion.invalid("its jti was used before; send a new one with each assertion")
            }
            return AuthenticatedClient(app, consumer: consumer, method: .privateKeyJWT)
        } catch let error as OAuthError where error.code == .invalidGrant {
            throw OAuthError(.invalidClient, "invalid client credentials: \(error.text)", detail: error.detail)
        }
    }
}
