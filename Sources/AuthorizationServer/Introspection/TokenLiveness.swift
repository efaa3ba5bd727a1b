public import ClientApps
public import OAuthTypes
import Orgs
import SignetVerifier
public import Storage
import Tokens

/// Decides whether a token is live: the one function behind introspection, userinfo, refresh and our own APIs.
public struct TokenLiveness: Sendable {
    let directory: Directory
    let masterKey: MasterKey

    /// A token that is live at this moment, whichever its form. Only ``TokenLiveness`` makes one.
    public struct LiveToken: Sendable {
        /// Whose it is.
        public let account: AccountRecord
        /// The app that it was issued to.
        public let app: AppID
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
        let digest: [UInt8]?
        let authorization: AuthorizationID?
    }

    /// Why a token is dead; for the operator's log and never for a caller who may not know.
    public enum Death: String, Error, Sendable {
        case unknown
        case malformed
        case expired
        case revoked
        case otherOrg
        case userUnusable
        case appDisabled
    }

    /// Looks at a token.
    ///
    /// - Throws: ``Death``, or what the database throws.
    public func check(_ token: String, org: OrgState, now: Timestamp) async throws -> LiveToken {
        token.utf8.contains(0x21)
            ? try await checkOpaque(token, org: org, now: now) : try await checkJWT(token, org: org, now: now)
    }

    private func checkJWT(_ token: String, org: OrgState, now: Timestamp) async throws -> LiveToken {
        let verified: VerifiedToken
        do {
            verified = try await directory.keyRing(org.org).verify(token, at: now)
        } catch let refusal as TokenRefusal {
            if case .expired = refusal.reason { throw Death.expired }
            throw Death.malformed
        }
        guard case .user(let id) = verified.subject, let user = UserID(id), let tokenID = verified.tokenID,
            let issuedAt = TokenID.issuedAt(tokenID), let fingerprint = verified.claims["sfi"]?.string,
            let account = try await directory.account(user),
            let state = try await directory.app(consumerKey: verified.clientID ?? "")
        else { throw Death.unknown }
        try requireGates(account, state, org, issuedAt)
        guard !directory.isRevoked(tokenID), !directory.isRevoked(fingerprint) else { throw Death.revoked }
        return LiveToken(
            account: account,
            app: state.app.id,
            consumerKey: verified.clientID ?? "",
            scopes: verified.scopes,
            issuedAt: issuedAt,
            notBefore: verified.notBefore ?? issuedAt,
            expiresAt: verified.expiresAt,
            format: .jwt,
            tokenID: tokenID,
            digest: nil,
            authorization: nil
        )
    }

    private func checkOpaque(_ token: String, org: OrgState, now: Timestamp) async throws -> LiveToken {
        guard OpaqueToken.orgPart(of: token) == org.org.id.short else { throw Death.otherOrg }
        let digest = TokenDigest.sha256(token)
        guard let record = try await directory.database.read({ try OpaqueTokens.find(digest: digest, on: $0) }),
            let account = try await directory.account(record.user),
            let state = try await directory.app(id: record.app)
        else { throw Death.unknown }
        guard record.expiresAt > now else { throw Death.expired }
        try requireGates(account, state, org, record.issuedAt)
        let expiresAt = try await slide(record, now)
        return LiveToken(
            account: account,
            app: state.app.id,
            consumerKey: state.app.consumers.first?.key ?? "",
            scopes: record.scopes,
            issuedAt: record.issuedAt,
            notBefore: record.issuedAt,
            expiresAt: expiresAt,
            format: .opaque,
            tokenID: nil,
            digest: digest,
            authorization: record.authorization
        )
    }

    private func requireGates(
        _ account: AccountRecord,
        _ state: AppState,
        _ org: OrgState,
        _ issuedAt: Timestamp
    ) throws(Death) {
        guard state.app.org == org.org.id, account.user.org == org.org.id else { throw Death.otherOrg }
        guard account.user.isActive, !account.user.isFrozen, org.org.isActive else { throw Death.userUnusable }
        guard state.app.isEnabled, state.app.isOAuthEnabled else { throw Death.appDisabled }
        guard issuedAt > max(org.notBefore, max(account.notBefore, state.notBefore)) else { throw Death.revoked }
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
