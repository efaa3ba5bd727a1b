import ClientApps
import OAuthTypes
import Orgs
import Storage
import Tokens

/// Redeems an authorization code (RFC 6749 section 4.1.3, RFC 7636 section 4.6): once, by the app it was made for, with the
/// redirect URI and the verifier it was made with.
struct AuthorizationCodeGrant: Sendable {
    let code: Secret
    let redirectURI: String
    let codeVerifier: Secret?

    /// The number of live authorizations of one user and one app; a further one revokes the oldest.
    static let authorizationLimit = 5

    /// Runs the grant in one transaction.
    func run(_ context: GrantContext, on connection: any Connection) throws -> GrantOutcome {
        if context.app.isSecretRequiredForWebServerFlow {
            try context.requireProof("Require Secret for Web Server Flow")
        }
        let digest = TokenDigest.sha256(code.revealed)
        guard let record = try AuthorizationCodes.find(digest: digest, on: connection), record.app == context.app.id,
            record.org == context.org.org.id
        else { throw OAuthError(.invalidGrant, "invalid authorization code") }
        if let redeemed = record.authorization { return try replay(of: redeemed, context, on: connection) }
        guard record.expiresAt > context.now else { throw OAuthError(.invalidGrant, "expired authorization code") }
        // Not ==, for which characters of other bytes may be equal (RFC 9700 section 4.1.3).
        guard record.redirectURI.utf8.elementsEqual(redirectURI.utf8) else {
            throw OAuthError(
                .redirectURIMismatch,
                "redirect_uri must match the one of the authorization request, character for character."
            )
        }
        try PKCE.verify(codeVerifier, challenge: record.codeChallenge)
        // Before the user is read: a change of the password, or another code of the same user, waits or is seen.
        try Users.serialize(record.user, on: connection)
        guard let account = try Users.account(record.user, on: connection),
            record.createdAt > context.cutOff(of: account)
        else {
            throw OAuthError(.invalidGrant, "invalid authorization code")
        }
        try context.requireAllowed(account, by: .webServer)
        let scopes = try requireUnchanged(record, context, on: connection)
        return try redeem(record, account, scopes, context, on: connection)
    }

    /// Asks again what was asked when the code was made, of the app, the org and the consent as they are now (security section 1,
    /// row 10).
    ///
    /// - Returns: the scopes that are still to be had.
    private func requireUnchanged(
        _ record: AuthorizationCodeRecord,
        _ context: GrantContext,
        on connection: any Connection
    ) throws -> ScopeSet {
        _ = try ValidatedRedirect(app: context.app, frozen: record.redirectURI)
        if record.codeChallenge == nil, context.app.isPKCERequired || context.org.org.isPKCERequired {
            throw OAuthError(
                .invalidGrant,
                "PKCE is required for this app now: start again with code_challenge, the S256 of a fresh verifier (RFC 7636)."
            )
        }
        let scopes = try context.stillGranted(record.scopes)
        guard case .selfAuthorized = context.app.permittedUsers else { return scopes }
        let consent = try Consents.find(app: record.app, user: record.user, on: connection)
        guard let consent, consent.covers(scopes) else {
            throw OAuthError(
                .invalidGrant,
                "invalid authorization code: the user's approval of this app was taken back since; start again."
            )
        }
        return scopes
    }

    /// RFC 6749 section 4.1.2: a code used twice is refused, and what came of its first use is revoked.
    private func replay(
        of authorization: AuthorizationID,
        _ context: GrantContext,
        on connection: any Connection
    ) throws -> GrantOutcome {
        try context.revoke(authorization, on: connection)
        return .revoked(
            OAuthError(
                .invalidGrant,
                "expired authorization code: it was used already, and the tokens that came of it are revoked.",
                detail: "replay of a code revoked the authorization \(authorization.rawValue)"
            ),
            authorization: authorization
        )
    }

    private func redeem(
        _ record: AuthorizationCodeRecord,
        _ account: AccountRecord,
        _ scopes: ScopeSet,
        _ context: GrantContext,
        on connection: any Connection
    ) throws -> GrantOutcome {
        var randomness = SystemRandomNumberGenerator()
        let authorization = AuthorizationID.make(
            prefix: AuthorizationRecord.idPrefix,
            now: context.now,
            using: &randomness
        )
        let won = try AuthorizationCodes.redeem(
            digest: record.digest,
            app: context.app.id,
            authorization: authorization,
            now: context.now,
            on: connection
        )
        guard won else {
            guard let winner = try AuthorizationCodes.find(digest: record.digest, on: connection)?.authorization else {
                throw OAuthError(.invalidGrant, "expired authorization code")
            }
            return try replay(of: winner, context, on: connection)
        }
        let ended = try remember(authorization, record, scopes, context, on: connection)
        let opaque = try context.writeOpaqueToken(
            for: account,
            scopes: scopes,
            by: .authorizationCode,
            authorization: authorization,
            on: connection
        )
        return .approved(
            ApprovedGrant(
                app: context.app,
                consumer: context.client.consumer,
                account: account,
                scopes: scopes,
                authorization: authorization,
                opaqueToken: opaque,
                refreshToken: try writeRefreshToken(authorization, scopes, context, on: connection),
                signIn: scopes.contains(.openID)
                    ? SignInFacts(authenticatedAt: record.authenticatedAt, nonce: record.nonce) : nil,
                ended: ended
            )
        )
    }

    /// Remembers the authorization, and ends the oldest where it is one too many.
    ///
    /// - Returns: those that were ended.
    private func remember(
        _ id: AuthorizationID,
        _ record: AuthorizationCodeRecord,
        _ scopes: ScopeSet,
        _ context: GrantContext,
        on connection: any Connection
    ) throws -> [AuthorizationID] {
        try Authorizations.insert(
            AuthorizationRecord(
                id: id,
                org: record.org,
                app: record.app,
                user: record.user,
                scopes: scopes,
                createdAt: context.now,
                authenticatedAt: record.authenticatedAt
            ),
            on: connection
        )
        let live = try Authorizations.live(app: record.app, user: record.user, on: connection)
        let surplus = live.map(\.id).filter { $0 != id }.dropFirst(Self.authorizationLimit - 1)
        for oldest in surplus { try context.revoke(oldest, on: connection) }
        return Array(surplus)
    }

    /// A refresh token is due when its scope was granted and the policy does not expire it immediately.
    private func writeRefreshToken(
        _ authorization: AuthorizationID,
        _ scopes: ScopeSet,
        _ context: GrantContext,
        on connection: any Connection
    ) throws -> Secret? {
        guard scopes.contains(.refreshToken) || scopes.contains(.offlineAccess),
            context.app.refreshTokenPolicy != .zero
        else { return nil }
        var randomness = SystemRandomNumberGenerator()
        let token = RefreshTokenText.generate(using: &randomness)
        try RefreshTokens.insert(
            digest: TokenDigest.sha256(token.revealed),
            authorization: authorization,
            generation: 1,
            now: context.now,
            on: connection
        )
        return token
    }
}
