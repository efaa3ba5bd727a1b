import ClientApps
import OAuthTypes
import Orgs
import Storage
import Tokens

/// What the browser takes back to the app: a code, or a refusal.
extension AuthorizationEndpoint {
    /// How long a code may wait to be redeemed (facts: flows section 11).
    static let codeLifetime = TimeSpan.minutes(15)

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
}
