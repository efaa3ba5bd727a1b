import ClientApps
public import OAuthTypes
import Orgs
import Storage
public import Tokens

/// Exchanges a refresh token (RFC 6749 section 6), with or without rotation (RFC 9700 section 4.14.2).
struct RefreshTokenGrant: Sendable {
    let token: Secret
    let scope: ScopeSet?
    let rotation: RefreshTokenRotation

    /// Runs the grant in one transaction.
    func run(_ context: GrantContext, on connection: any Connection) throws -> GrantOutcome {
        if context.app.isSecretRequiredForRefreshToken {
            try context.requireProof("Require Secret for Refresh Token Flow")
        }
        guard let record = try record(context, on: connection) else { throw Self.expired }
        // The question of reuse comes first, so that no other mistake and no policy hides one.
        switch try successor(of: record, context, on: connection) {
        case .reused: return try reuse(of: record.authorization.id, context, on: connection)
        case .token(let refreshToken): return try use(record, refreshToken, context, on: connection)
        }
    }

    private func record(_ context: GrantContext, on connection: any Connection) throws -> RefreshTokenRecord? {
        guard let record = try RefreshTokens.find(digest: TokenDigest.sha256(token.revealed), on: connection),
            record.authorization.app == context.app.id, record.authorization.org == context.org.org.id,
            record.authorization.revokedAt == nil
        else { return nil }
        return record
    }

    /// The live authorization that the token is of; `nil` for a token that means nothing to this client.
    func authorization(_ context: GrantContext, on connection: any Connection) throws -> AuthorizationID? {
        try record(context, on: connection)?.authorization.id
    }

    private func reuse(
        of authorization: AuthorizationID,
        _ context: GrantContext,
        on connection: any Connection
    ) throws -> GrantOutcome {
        try context.revoke(authorization, on: connection)
        return .revoked(
            OAuthError(
                .invalidGrant,
                "expired access/refresh token: it was rotated and used again, so every token of this authorization is revoked; sign in again.",
                detail: "reuse of a refresh token revoked the authorization \(authorization.rawValue)"
            ),
            authorization: authorization
        )
    }

    /// Uses a token that was not used before; a refusal throws, which takes the rotation back.
    private func use(
        _ record: RefreshTokenRecord,
        _ refreshToken: Secret?,
        _ context: GrantContext,
        on connection: any Connection
    ) throws -> GrantOutcome {
        try requireWithinPolicy(record, context)
        guard let account = try Users.account(record.authorization.user, on: connection),
            record.authorization.createdAt > context.cutOff(of: account)
        else { throw Self.expired }
        try context.requireAllowed(account, by: .refresh)
        let scopes = try grantedScopes(record.authorization.scopes, context)
        guard try Authorizations.recordUse(of: record.authorization.id, now: context.now, on: connection) else {
            throw Self.expired
        }
        return .approved(try approve(record, account, scopes, refreshToken, context, on: connection))
    }

    private static let expired = OAuthError(.invalidGrant, "expired access/refresh token")

    /// The refresh token policy of the admin, checked when the token is used (facts: app-model 8.3).
    private func requireWithinPolicy(_ record: RefreshTokenRecord, _ context: GrantContext) throws(OAuthError) {
        let limit = record.end(of: context.app)
        if let limit, context.now >= limit {
            throw OAuthError(
                .invalidGrant,
                "expired access/refresh token: the refresh token policy of the app has ended it; sign in again."
            )
        }
    }

    /// What was granted, as far as the app still has it, narrowed to what is asked for (RFC 6749 section 6).
    private func grantedScopes(_ granted: ScopeSet, _ context: GrantContext) throws(OAuthError) -> ScopeSet {
        let still = try context.stillGranted(granted)
        guard let scope else { return still }
        guard still.covers(scope) else {
            throw OAuthError(
                .invalidScope,
                "The requested scope goes beyond what the user granted; new scopes need a new authorization, a refresh does not add them."
            )
        }
        return scope
    }

    private enum Successor {
        /// The refresh token to answer; none when the old one stays.
        case token(Secret?)
        case reused
    }

    private func successor(
        of record: RefreshTokenRecord,
        _ context: GrantContext,
        on connection: any Connection
    ) throws -> Successor {
        if let rotatedAt = record.rotatedAt {
            let isPrevious = record.newestGeneration == record.generation + 1
            guard isPrevious, rotation.isWithinGrace(of: rotatedAt, context.now) else { return .reused }
            return .token(rotation.successor(of: token))
        }
        guard context.app.isRefreshTokenRotationEnabled else { return .token(nil) }
        guard try RefreshTokens.rotate(digest: record.digest, now: context.now, on: connection) else {
            guard rotation.grace > .seconds(0) else { return .reused }
            return .token(rotation.successor(of: token))
        }
        let successor = rotation.successor(of: token)
        try RefreshTokens.insert(
            digest: TokenDigest.sha256(successor.revealed),
            authorization: record.authorization.id,
            generation: record.generation + 1,
            now: context.now,
            on: connection
        )
        return .token(successor)
    }

    private func approve(
        _ record: RefreshTokenRecord,
        _ account: AccountRecord,
        _ scopes: ScopeSet,
        _ refreshToken: Secret?,
        _ context: GrantContext,
        on connection: any Connection
    ) throws -> ApprovedGrant {
        ApprovedGrant(
            app: context.app,
            consumer: context.client.consumer,
            account: account,
            scopes: scopes,
            authorization: record.authorization.id,
            opaqueToken: try context.writeOpaqueToken(
                for: account,
                scopes: scopes,
                by: .refreshToken,
                authorization: record.authorization.id,
                on: connection
            ),
            refreshToken: refreshToken,
            signIn: scopes.contains(.openID)
                ? SignInFacts(authenticatedAt: record.authorization.authenticatedAt, nonce: nil)
                : nil
        )
    }
}

/// How refresh tokens rotate.
///
/// The successor is a keyed function of its predecessor, so that a repeated exchange within the grace answers the same one
/// without any token being stored.
public struct RefreshTokenRotation: Sendable {
    /// How long the previous token is answered with the same successor: nothing unless the operator chose it, 60 s at most.
    public let grace: TimeSpan
    private let masterKey: MasterKey

    /// Rotation with a grace, cut to the range of 0 to 60 seconds.
    public init(grace: TimeSpan, masterKey: MasterKey) {
        self.grace = min(max(grace, .seconds(0)), .seconds(60))
        self.masterKey = masterKey
    }

    /// Whether a token that was rotated at a time is still answered. Without a grace it never is, though the clock that read `now` may
    /// be behind the one that read the time of the rotation; with one, clocks may be apart by no more than the grace.
    func isWithinGrace(of rotatedAt: Timestamp, _ now: Timestamp) -> Bool {
        rotatedAt - grace < now && now < rotatedAt + grace
    }

    func successor(of token: Secret) -> Secret {
        let code = token.withBytes { masterKey.authenticationCode($0, purpose: "refresh token successor") }
        return Secret(RefreshTokenText.prefix + Base64URL.encode(code))
    }
}

extension RefreshTokenRecord {
    /// When the policies of its app end its life; `nil` for a token that lives until it is revoked.
    func end(of app: EffectiveApp) -> Timestamp? {
        app.refreshTokenEnd(
            authorizedAt: authorization.createdAt,
            lastUsedAt: authorization.lastUsedAt,
            issuedAt: createdAt
        )
    }
}
