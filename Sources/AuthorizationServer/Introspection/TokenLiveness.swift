public import ClientApps
public import OAuthTypes
import Orgs
import SignetVerifier
public import Storage
import Tokens

/// Decides whether a token is live: the one function behind introspection, userinfo and our own APIs. It asks the gates that a grant
/// asks of org, app and user, so that no token works when nobody could have one.
public struct TokenLiveness: Sendable {
    let directory: Directory
    let masterKey: MasterKey

    /// A token that is live at this moment, whichever its form. Only ``TokenLiveness`` makes one.
    public struct LiveToken: Sendable {
        /// Whose it is.
        public let account: AccountRecord
        /// The app that it was issued to.
        public let app: EffectiveApp
        /// The consumer key it was issued to.
        public let consumerKey: String
        /// What it is good for.
        public let scopes: ScopeSet
        /// When it was issued.
        public let issuedAt: Timestamp
        /// From when on it is good: `nbf`.
        public let notBefore: Timestamp
        /// When it dies; an opaque token's moves with use.
        public let expiresAt: Timestamp
        /// Whether it is a JWT or opaque.
        public let format: TokenFormat
        let tokenID: String?
        /// The `sfi` of a JWT: what it rests on, as a revocation names it.
        let fingerprint: String?
    }

    /// Why a token is dead; for the operator's log and never for a caller who may not know.
    public enum Death: String, Error, Sendable {
        case unknown
        case malformed
        case expired
        case revoked
        case otherOrg
        case userUnusable
        /// The app is for users that its admin approved, and this one is not, or no more; or API access control keeps the app out.
        case notPermitted
        case appDisabled
        /// The app has none of the token's scopes any more.
        case scopesLost
        /// The flow that it came of is off for the app now, or runs as another user.
        case flowDisabled
        /// The app now requires more of a session than there can be.
        case sessionLevel
        /// Live, and none of the caller's business.
        case otherApp

        /// What a gate of the grants means for a token.
        fileprivate init(gate: OAuthErrorCode) {
            self =
                switch gate {
                case .appBlocked: .appDisabled
                case .invalidSessionLevel: .sessionLevel
                case .invalidAppAccess: .notPermitted
                default: .userUnusable
                }
        }
    }

    /// A refresh token that is live at this moment. Only ``TokenLiveness`` makes one.
    struct LiveRefreshToken: Sendable {
        let account: AccountRecord
        let app: EffectiveApp
        let record: RefreshTokenRecord
        /// `nil` for one that lives until it is revoked.
        let expiresAt: Timestamp?
    }

    /// A token that is authentic, of this org, and neither expired nor revoked. Whether it may be used is another question;
    /// whoever holds it may revoke it.
    enum FoundToken: Sendable {
        case jwt(VerifiedToken, tokenID: String, fingerprint: String)
        case opaque(OpaqueTokenRecord)
    }

    /// Looks at a token.
    ///
    /// - Throws: ``Death``, or what the database throws.
    public func check(_ token: String, org: OrgState, now: Timestamp) async throws -> LiveToken {
        switch try await find(token, org: org, now: now) {
        case .jwt(let verified, let tokenID, let fingerprint):
            try await check(verified, tokenID, fingerprint, org, now)
        case .opaque(let record): try await check(record, org, now)
        }
    }

    /// Looks for a token without asking whether its user, app and org may use it.
    ///
    /// - Throws: ``Death``, or what the database throws.
    func find(_ token: String, org: OrgState, now: Timestamp) async throws -> FoundToken {
        token.utf8.contains(0x21)
            ? try await findOpaque(token, org: org, now: now) : try await findJWT(token, org: org, now: now)
    }

    /// Looks at a refresh token as it stands: one that was rotated is dead here, though its grace may not be over.
    ///
    /// - Throws: ``Death``, or what the database throws.
    func check(refreshToken: String, org: OrgState, now: Timestamp) async throws -> LiveRefreshToken {
        let digest = TokenDigest.sha256(refreshToken)
        guard let record = try await directory.database.read({ try RefreshTokens.find(digest: digest, on: $0) }),
            let account = try await directory.account(record.authorization.user),
            let state = try await directory.app(id: record.authorization.app)
        else { throw Death.unknown }
        guard record.rotatedAt == nil, record.authorization.revokedAt == nil else { throw Death.revoked }
        try requireGates(account, state, org, record.authorization.createdAt)
        let expiresAt = record.end(of: state.app)
        if let expiresAt, now >= expiresAt { throw Death.expired }
        return LiveRefreshToken(account: account, app: state.app, record: record, expiresAt: expiresAt)
    }

    private func findJWT(_ token: String, org: OrgState, now: Timestamp) async throws -> FoundToken {
        try directory.requireSight(now: now)
        let verified: VerifiedToken
        do {
            verified = try await directory.keyRing(org.org).verify(token, at: now)
        } catch let refusal as TokenRefusal {
            if case .expired = refusal.reason { throw Death.expired }
            throw Death.malformed
        }
        guard let tokenID = verified.tokenID, let fingerprint = verified.claims["sfi"]?.string else {
            throw Death.unknown
        }
        guard !directory.isRevoked(tokenID), !directory.isRevoked(fingerprint) else { throw Death.revoked }
        return .jwt(verified, tokenID: tokenID, fingerprint: fingerprint)
    }

    /// An opaque token lives on as long as it is used, so the switches of its flow are asked each time; a JWT ends by itself.
    private func requireRunAs(_ account: AccountRecord, _ app: EffectiveApp) throws(Death) {
        guard app.isClientCredentialsAllowedBySettings, app.isClientCredentialsAllowedByPolicy,
            app.runAsUser == account.user.id, account.isAPIOnly
        else { throw Death.flowDisabled }
    }

    /// A token, of either form, dies with the pair that it names: when a pair is deleted because it leaked, what was had with it must not live on.
    private func check(
        _ verified: VerifiedToken,
        _ tokenID: String,
        _ fingerprint: String,
        _ org: OrgState,
        _ now: Timestamp
    ) async throws -> LiveToken {
        guard case .user(let id) = verified.subject, let user = UserID(id),
            let issuedAt = TokenID.issuedAt(tokenID),
            let account = try await directory.account(user),
            let state = try await directory.app(consumerKey: verified.clientID ?? "", org: org.org.id, now: now)?.state
        else { throw Death.unknown }
        try requireGates(account, state, org, issuedAt)
        return LiveToken(
            account: account,
            app: state.app,
            consumerKey: verified.clientID ?? "",
            scopes: try stillGranted(verified.scopes, state.app),
            issuedAt: issuedAt,
            notBefore: verified.notBefore ?? issuedAt,
            expiresAt: verified.expiresAt,
            format: .jwt,
            tokenID: tokenID,
            fingerprint: fingerprint
        )
    }

    private func findOpaque(_ token: String, org: OrgState, now: Timestamp) async throws -> FoundToken {
        guard OpaqueToken.orgPart(of: token) == org.org.id.short else { throw Death.otherOrg }
        let digest = TokenDigest.sha256(token)
        guard let record = try await directory.database.read({ try OpaqueTokens.find(digest: digest, on: $0) }) else {
            throw Death.unknown
        }
        guard record.expiresAt > now else { throw Death.expired }
        return .opaque(record)
    }

    private func check(_ record: OpaqueTokenRecord, _ org: OrgState, _ now: Timestamp) async throws -> LiveToken {
        guard let account = try await directory.account(record.user),
            let state = try await directory.app(id: record.app)
        else { throw Death.unknown }
        guard let consumer = state.app.consumers.first(where: { $0.id == record.consumer }), consumer.isUsable(at: now)
        else { throw Death.revoked }
        try requireGates(account, state, org, record.issuedAt)
        if record.grant == .clientCredentials { try requireRunAs(account, state.app) }
        let expiresAt = try await slide(record, now)
        return LiveToken(
            account: account,
            app: state.app,
            consumerKey: consumer.key,
            scopes: try stillGranted(record.scopes, state.app),
            issuedAt: record.issuedAt,
            notBefore: record.issuedAt,
            expiresAt: expiresAt,
            format: .opaque,
            tokenID: nil,
            fingerprint: nil
        )
    }

    /// What is left of a token's scopes when its app has lost some; a token that had some and has none left is dead.
    private func stillGranted(_ scopes: ScopeSet, _ app: EffectiveApp) throws(Death) -> ScopeSet {
        let still = scopes.narrowed(to: app.scopes)
        guard scopes.isEmpty || !still.isEmpty else { throw Death.scopesLost }
        return still
    }

    /// Whether an app that has opened a session for a user may still have done so.
    func allowsSession(of account: AccountRecord, openedBy state: AppState, org: OrgState) -> Bool {
        guard state.app.scopes.covers(.web) else { return false }
        do {
            try requireStanding(account, state, org)
            return true
        } catch {
            return false
        }
    }

    private func requireGates(
        _ account: AccountRecord,
        _ state: AppState,
        _ org: OrgState,
        _ issuedAt: Timestamp
    ) throws(Death) {
        try requireStanding(account, state, org)
        guard issuedAt > max(org.notBefore, max(account.notBefore, state.notBefore)) else { throw Death.revoked }
    }

    private func requireStanding(_ account: AccountRecord, _ state: AppState, _ org: OrgState) throws(Death) {
        guard state.app.org == org.org.id, account.user.org == org.org.id else { throw Death.otherOrg }
        do {
            try AppGate.requireEnabled(state.app)
            try UserGate.requireStanding(account, state.app, org: org.org)
        } catch {
            throw Death(gate: error.code)
        }
        // The run-as user of client credentials is approved by being named.
        guard state.app.permits(account.user) || state.app.runAsUser == account.user.id else {
            throw Death.notPermitted
        }
    }

    /// Use extends the life of an opaque token; the row is written when half of its time has passed, not on every use.
    private func slide(_ record: OpaqueTokenRecord, _ now: Timestamp) async throws -> Timestamp {
        let timeout = TimeSpan.minutes(Int64(record.timeoutMinutes))
        let remaining = record.expiresAt - now
        guard remaining.milliseconds * 2 < timeout.milliseconds else { return record.expiresAt }
        let expiry = now + timeout
        try await directory.database.write {
            try OpaqueTokens.extend(digest: record.digest, to: expiry, now: now, on: $0)
        }
        return expiry
    }
}
