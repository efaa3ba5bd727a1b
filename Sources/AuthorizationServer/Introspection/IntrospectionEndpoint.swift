import ClientApps
public import OAuthTypes
import Orgs
public import Storage
import Tokens

/// Token introspection (RFC 7662) with the answers of the original (facts: tokens section 7).
public struct IntrospectionEndpoint: Sendable {
    let server: AuthorizationServer

    /// What to answer, and why a token is not live, which the caller is not told.
    public struct Answer: Sendable {
        /// The bytes of the JSON answer; for every token that is dead or somebody else's exactly `{"active":false}`.
        public let body: [UInt8]
        /// For the operator's log; `nil` for a live token.
        public let death: TokenLiveness.Death?
    }

    /// Answers whether a token is live, to the app that it belongs to or to one that may see all tokens of the org.
    ///
    /// `token_type_hint` changes nothing, whatever it says (RFC 7662 section 2.1).
    ///
    /// - Throws: an ``OAuthError`` about the caller, never about the token.
    public func answer(
        fields: FormFields,
        basic: BasicCredentials?,
        org: OrgState,
        now: Timestamp
    ) async throws -> Answer {
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
        do {
            // A token shows by its first characters of which kind it is, so that nothing is looked for twice.
            let body =
                RefreshTokenText.begins(token)
                ? try await refreshToken(token, client, org, now) : try await accessToken(token, client, org, now)
            return Answer(body: body, death: nil)
        } catch let death as TokenLiveness.Death {
            return Answer(body: Self.inactive, death: death)
        }
    }

    private static let inactive = Array(#"{"active":false}"#.utf8)

    private func accessToken(
        _ token: String,
        _ client: AuthenticatedClient,
        _ org: OrgState,
        _ now: Timestamp
    ) async throws -> [UInt8] {
        let live = try await server.liveness.check(token, org: org, now: now)
        guard live.app.id == client.app.id || client.app.isIntrospectAllTokens else {
            throw TokenLiveness.Death.otherApp
        }
        return JSONWriter.object { json in
            json.member("active", true)
            json.member("scope", live.scopes.text)
            json.member("client_id", live.consumerKey)
            json.member("username", live.account.user.username)
            json.member("sub", IdentityURL.of(live.account.user, org: org.org))
            json.member("token_type", client.app.hasStandardAnswers ? "Bearer" : TokenTypeHint.accessToken.rawValue)
            json.member("exp", live.expiresAt.seconds)
            json.member("iat", live.issuedAt.seconds)
            json.member("nbf", live.notBefore.seconds)
            json.member("iss", org.org.issuer)
            json.member("jti", ifPresent: live.tokenID)
        }
    }

    /// A refresh token that lives until it is revoked has no `exp`: RFC 7662 section 2.2 leaves it out, and any number would be false.
    /// Nor has a refresh token one of the types that RFC 6749 section 7.1 has for `token_type`.
    private func refreshToken(
        _ token: String,
        _ client: AuthenticatedClient,
        _ org: OrgState,
        _ now: Timestamp
    ) async throws -> [UInt8] {
        let live = try await server.liveness.check(refreshToken: token, org: org, now: now)
        guard live.app.id == client.app.id || client.app.isIntrospectAllTokens else {
            throw TokenLiveness.Death.otherApp
        }
        return JSONWriter.object { json in
            json.member("active", true)
            json.member("scope", live.record.authorization.scopes.text)
            json.member("client_id", live.app.consumers.first?.key ?? "")
            json.member("username", live.account.user.username)
            json.member("sub", IdentityURL.of(live.account.user, org: org.org))
            if !client.app.hasStandardAnswers { json.member("token_type", TokenTypeHint.refreshToken.rawValue) }
            if let expiry = live.expiresAt { json.member("exp", expiry.seconds) }
            json.member("iat", live.record.createdAt.seconds)
            json.member("nbf", live.record.createdAt.seconds)
        }
    }
}
