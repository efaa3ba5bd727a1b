import ClientApps
import Crypto
import OAuthTypes
import Orgs
import Storage
import Tokens

/// Turns an approved grant into the token answer (facts: tokens section 3). Signs, and touches no row.
struct TokenIssuer: Sendable {
    let directory: Directory
    let masterKey: MasterKey
    let signers: SignerPool
    let options: AuthorizationServer.Options

    /// What a grant needs to be answered: taken before anything is used up, so that a server that cannot answer costs nobody a code.
    struct Means: Sendable {
        fileprivate let consumerSecret: Secret
        /// None where nothing can come to be signed: the app has opaque tokens, and no scope for an ID token.
        fileprivate let signing: SigningMeans?
    }

    fileprivate struct SigningMeans: Sendable {
        let keys: KeyRing
        let turn: SignerPool.Turn
    }

    /// Takes the secret of a client, and the keys of its org and a turn at the signers if there may be something to sign.
    ///
    /// - Throws: `temporarily_unavailable` while the org has no keys, when too many wait for a signature, or when the database has been
    ///   out of reach for too long.
    func means(for client: AuthenticatedClient, _ org: Org, now: Timestamp) async throws -> Means {
        try directory.requireSight(now: now)
        let secret = try directory.secret(of: client.consumer, org: client.app.org)
        let mayBeSigned = client.app.tokenFormat == .jwt || client.app.scopes.contains(.openID)
        return Means(consumerSecret: secret, signing: mayBeSigned ? try await signingMeans(org) : nil)
    }

    private func signingMeans(_ org: Org) async throws -> SigningMeans {
        let keys = try await directory.keyRing(org)
        guard keys.accessToken != nil, keys.idToken != nil else { throw Self.keysAreBeingMade }
        do {
            return SigningMeans(keys: keys, turn: try signers.turn())
        } catch {
            throw OAuthError(
                .temporarilyUnavailable,
                "The server has more to sign than it can at the moment; try again in a few seconds.",
                detail: "no turn left at the signers"
            )
        }
    }

    /// The bytes of the JSON answer.
    func issue(_ grant: ApprovedGrant, with means: Means, org state: OrgState, now: Timestamp) async throws
        -> [UInt8]
    {
        let org = state.org
        let identity = IdentityURL.of(grant.account.user, org: org)
        let accessToken = try await accessToken(grant, means.signing, org, now)
        let idToken = try await idToken(grant, means.signing, identity, accessToken.bytes, state, now)
        let issuedAt = String(now.milliseconds)
        return JSONWriter.object(capacity: 2_560) { json in
            json.member("access_token", verbatim: accessToken.bytes)
            if let refreshToken = grant.refreshToken { json.member("refresh_token", refreshToken.revealed) }
            json.member(
                "signature",
                ResponseSignature.base64(secret: means.consumerSecret, id: identity, issuedAt: issuedAt)
            )
            json.member("scope", grant.scopes.text)
            if let idToken { json.member("id_token", verbatim: idToken) }
            json.member("instance_url", org.issuer)
            json.member("id", identity)
            json.member("token_type", "Bearer")
            json.member("issued_at", issuedAt)
            if options.sendsExpiresIn { json.member("expires_in", accessToken.lifetime.seconds) }
            if grant.app.tokenFormat == .jwt {
                json.member("token_format", "jwt")
                json.member("api_instance_url", org.issuer)
            }
        }
    }

    private struct AccessToken {
        let bytes: [UInt8]
        let lifetime: TimeSpan
    }

    private func accessToken(
        _ grant: ApprovedGrant,
        _ means: SigningMeans?,
        _ org: Org,
        _ now: Timestamp
    ) async throws -> AccessToken {
        if let opaque = grant.opaqueToken {
            return AccessToken(
                bytes: opaque.token.withBytes { $0 },
                lifetime: .minutes(Int64(opaque.timeoutMinutes))
            )
        }
        let lifetime = TokenLifetime.jwt(grant.app, grant.account, org)
        guard let means, let signer = means.keys.accessToken else { throw Self.keysAreBeingMade }
        var randomness = SystemRandomNumberGenerator()
        let tokenID = TokenID.make(now: now, using: &randomness)
        let claims = AccessTokenClaims(
            scopes: grant.scopes,
            audiences: Self.audiences(grant.scopes, org),
            subject: .user(grant.account.user.id.rawValue),
            issuer: org.issuer,
            clientID: grant.consumer.key,
            issuedAt: now,
            expiresAt: Timestamp(seconds: now.seconds) + lifetime,
            tokenID: tokenID,
            sessionFingerprint: SessionFingerprint.of(
                grant.authorization?.rawValue ?? grant.consent?.rawValue ?? tokenID,
                masterKey
            )
        )
        let signingInput = AccessTokenEncoder.signingInput(claims, header: signer.header)
        return AccessToken(bytes: try await means.turn.compactJWS(signingInput, with: signer.key), lifetime: lifetime)
    }

    /// Who may accept a token (facts: tokens 2.1): the org, and the API platform if one of its scopes was granted.
    private static func audiences(_ scopes: ScopeSet, _ org: Org) -> [String] {
        let isForPlatform = scopes.contains(.apiPlatform) || scopes.contains(.mcp)
        return isForPlatform ? [org.issuer, AccessTokenClaims.platformAudience] : [org.issuer]
    }

    private func idToken(
        _ grant: ApprovedGrant,
        _ means: SigningMeans?,
        _ identity: String,
        _ accessToken: [UInt8],
        _ org: OrgState,
        _ now: Timestamp
    ) async throws -> [UInt8]? {
        guard let signIn = grant.signIn else { return nil }
        guard let means, let key = means.keys.idToken else { throw Self.keysAreBeingMade }
        let claims = IDTokenClaims(
            issuer: org.origin,
            subject: identity,
            audiences: [grant.consumer.key] + grant.app.idTokenAudiences.filter { $0 != grant.consumer.key },
            issuedAt: now,
            expiresAt: Timestamp(seconds: now.seconds) + .minutes(Int64(grant.app.idTokenValidityMinutes)),
            authTime: signIn.authenticatedAt,
            nonce: signIn.nonce,
            atHash: IDTokenClaims.atHash(of: accessToken),
            // "Include Standard Claims" of the app's ID token.
            standardClaims: grant.app.isIDTokenWithStandardClaims
                ? StandardClaims(grant.account.user) : StandardClaims(),
            customAttributes: grant.app.isIDTokenWithAttributes
                ? grant.account.attributes(of: grant.app, org: org.org) : []
        )
        return try await means.turn.compactJWS(IDTokenEncoder.signingInput(claims, kid: key.kid), with: key)
    }

    private static let keysAreBeingMade = OAuthError(
        .temporarilyUnavailable,
        "The signing keys of this org are being made; try again in a few seconds.",
        detail: "no active key"
    )
}

/// The `jti` of access tokens: eight characters of the time in milliseconds, then 130 bits of randomness.
enum TokenID {
    static func make(now: Timestamp, using randomness: inout some RandomNumberGenerator) -> String {
        Base62.time(now) + RandomText.text(22, of: .base62, using: &randomness)
    }

    /// The millisecond at which the token was made; `iat` is too coarse to compare with a cut-off.
    static func issuedAt(_ tokenID: String) -> Timestamp? {
        Base62.time(tokenID.prefix(8))
    }
}

/// The `sfi` of access tokens: a fingerprint of what a token rests on, so that revoking that ends it.
enum SessionFingerprint {
    /// - Parameter subject: the id of the authorization or of the consent, or the token's own where there is neither.
    static func of(_ subject: String, _ masterKey: MasterKey) -> String {
        Hexadecimal.text(masterKey.authenticationCode(Array(subject.utf8), purpose: "session fingerprint"))
    }
}

/// The identity URL: the `id` of token answers and the `sub` of ID tokens and userinfo.
enum IdentityURL {
    static func of(_ user: User, org: Org) -> String {
        "\(org.issuer)/id/\(org.id.rawValue)/\(user.id.rawValue)"
    }
}
