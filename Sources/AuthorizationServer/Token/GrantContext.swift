import ClientApps
import OAuthTypes
import Orgs
import Storage
import Tokens

/// What every grant may read: the client that asked, its org, where from and when. It never changes while a grant runs.
struct GrantContext: Sendable {
    let client: AuthenticatedClient
    let org: OrgState
    let source: IPAddress?
    let now: Timestamp
    let masterKey: MasterKey

    var app: EffectiveApp { client.app }

    /// The moment up to which everything of this user and app is dead: the latest cut-off of org, user and app.
    func cutOff(of account: AccountRecord) -> Timestamp {
        max(org.notBefore, max(account.notBefore, client.notBefore))
    }

    /// Requires the consumer secret or an assertion.
    ///
    /// - Throws: `invalid_client` for a client that showed its key alone.
    func requireProof(_ setting: String) throws(OAuthError) {
        guard client.method != .none else {
            throw OAuthError(
                .invalidClient,
                "invalid client credentials: this app requires its consumer secret here (\(setting)); send client_secret or a client_assertion."
            )
        }
    }

    /// Every gate of a user.
    ///
    /// - Throws: what ``UserGate/requireAllowed(_:_:org:source:flow:)`` throws.
    func requireAllowed(_ account: AccountRecord, by flow: UserGate.Flow) throws(OAuthError) {
        if flow != .machine { try requireAllowlisted() }
        try UserGate.requireAllowed(account, app, org: org.org, source: source, flow: flow)
    }

    /// Applies the refresh token IP allowlist of the app, to who exchanges a code or a refresh token: the user's browser is elsewhere
    /// (facts: app-model 8.4).
    ///
    /// - Throws: `invalid_grant` for an address that is not on it.
    private func requireAllowlisted() throws(OAuthError) {
        guard !app.refreshTokenIPAllowlist.isEmpty else { return }
        guard let source, app.refreshTokenIPAllowlist.contains(source) else {
            throw OAuthError(
                .invalidGrant,
                "ip restricted: the address of this request is not on the refresh token IP allowlist of the app; its developer adds it to tokenIpRanges of ExtlClntAppOauthSecuritySettings."
            )
        }
    }

    /// What was granted, as far as the app still has it: a scope that its developer took away is gone from every later token.
    ///
    /// - Throws: `invalid_grant` when nothing is left of it.
    func stillGranted(_ granted: ScopeSet) throws(OAuthError) -> ScopeSet {
        let still = granted.narrowed(to: app.scopes)
        guard granted.isEmpty || !still.isEmpty else {
            throw OAuthError(
                .invalidGrant,
                "no valid scopes left: the app has none of the granted scopes any more; start again with scopes that it has."
            )
        }
        return still
    }

    /// Revokes an authorization of this org within a transaction.
    func revoke(_ authorization: AuthorizationID, on connection: any Connection) throws {
        try AuthorizationRevocation.revoke(
            authorization,
            org: org.org.id,
            masterKey: masterKey,
            now: now,
            on: connection
        )
    }

    /// Makes the opaque access token of an app that issues such, within a transaction.
    func writeOpaqueToken(
        for account: AccountRecord,
        scopes: ScopeSet,
        by grant: GrantType,
        authorization: AuthorizationID?,
        on connection: any Connection
    ) throws -> OpaqueGrant? {
        guard app.tokenFormat == .opaque else { return nil }
        var randomness = SystemRandomNumberGenerator()
        let token = OpaqueToken.generate(org: org.org.id.short, using: &randomness)
        let minutes = TokenLifetime.opaqueMinutes(app, account, org.org)
        let record = OpaqueTokenRecord(
            digest: TokenDigest.sha256(token.revealed),
            org: org.org.id,
            app: app.id,
            consumer: client.consumer.id,
            user: account.user.id,
            grant: grant,
            authorization: authorization,
            scopes: scopes,
            issuedAt: now,
            timeoutMinutes: minutes
        )
        try OpaqueTokens.insert(record, on: connection)
        return OpaqueGrant(token: token, timeoutMinutes: minutes)
    }
}
