import ClientApps
public import OAuthTypes
import Orgs
public import Storage
import Tokens

/// Token introspection (RFC 7662) with the answers of the original (facts: tokens section 7).
public struct IntrospectionEndpoint: Sendable {
    let server: AuthorizationServer

    /// Answers whether a token is live, to the app that it belongs to or to one that may see all tokens of the org.
    ///
    /// - Returns: the bytes of the JSON answer; for every token that is dead or somebody else's exactly `{"active":false}`.
    /// - Throws: an ``OAuthError`` about the caller, never about the token.
    public func answer(
        fields: FormFields,
        basic: BasicCredentials?,
        org: OrgState,
        now: Timestamp
    ) async throws -> [UInt8] {
        try fields.refuseRepetition()
        let token = try fields.required("token")
        let credentials = try ClientCredentials(fields: fields, basic: basic)
        let client = try await server.clientAuthenticator.authenticate(credentials, org: org.org, now: now)
        guard client.method != .none else {
            throw OAuthError(
                .invalidClient,
                "invalid client credentials: introspection needs the consumer secret or a client_assertion."
            )
        }
        let hint = try fields.value("token_type_hint").flatMap(TokenTypeHint.init)
        if hint != .refreshToken, let answer = try await accessToken(token, client, org, now) { return answer }
        return try await refreshToken(token, client, org, now) ?? Self.inactive
    }

    private static let inactive = Array(#"{"active":false}"#.utf8)

    private func accessToken(
        _ token: String,
        _ client: AuthenticatedClient,
        _ org: OrgState,
        _ now: Timestamp
    ) async throws -> [UInt8]? {
        let live: TokenLiveness.LiveToken
        do {
            live = try await server.liveness.check(token, org: org, now: now)
        } catch is TokenLiveness.Death {
            return nil
        }
        guard live.app == client.app.id || client.app.isIntrospectAllTokens else { return Self.inactive }
        return JSONWriter.object { json in
            json.member("active", true)
            json.member("scope", live.scopes.text)
            json.member("client_id", live.consumerKey)
            json.member("username", live.account.user.username)
            json.member("sub", IdentityURL.of(live.account.user, org: org.org))
            json.member("token_type", TokenTypeHint.accessToken.rawValue)
            json.member("exp", live.expiresAt.seconds)
            json.member("iat", live.issuedAt.seconds)
            json.member("nbf", live.notBefore.seconds)
            json.member("iss", org.org.issuer)
            json.member("jti", ifPresent: live.tokenID)
        }
    }

    private func refreshToken(
        _ token: String,
        _ client: AuthenticatedClient,
        _ org: OrgState,
        _ now: Timestamp
    ) async throws -> [UInt8]? {
        let digest = TokenDigest.sha256(token)
        guard let record = try await server.database.read({ try RefreshTokens.find(digest: digest, on: $0) }),
            record.rotatedAt == nil, record.authorization.revokedAt == nil, record.authorization.org == org.org.id,
            let state = try await server.directory.app(id: record.authorization.app), state.app.isEnabled,
            state.app.isOAuthEnabled,
            state.app.id == client.app.id || client.app.isIntrospectAllTokens,
            let account = try await server.directory.account(record.authorization.user),
            account.user.isActive, !account.user.isFrozen,
            record.authorization.createdAt > max(org.notBefore, max(account.notBefore, state.notBefore))
        else { return nil }
        let expiry = RefreshTokenLife.end(of: record, state.app.refreshTokenPolicy)
        if let expiry, now >= expiry { return nil }
        return JSONWriter.object { json in
            json.member("active", true)
            json.member("scope", record.authorization.scopes.text)
            json.member("client_id", state.app.consumers.first?.key ?? "")
            json.member("username", account.user.username)
            json.member("sub", IdentityURL.of(account.user, org: org.org))
            json.member("token_type", TokenTypeHint.refreshToken.rawValue)
            if let expiry { json.member("exp", expiry.seconds) }
            json.member("iat", record.createdAt.seconds)
            json.member("nbf", record.createdAt.seconds)
        }
    }
}
