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

    /// The bytes of the JSON answer.
    func issue(_ grant: ApprovedGrant, org: Org, now: Timestamp) async throws -> [UInt8] {
        let identity = IdentityURL.of(grant.account.user, org: org)
        let accessToken = try await accessToken(grant, org, now)
        let idToken = try await idToken(grant, identity, accessToken.bytes, org, now)
        let issuedAt = String(now.milliseconds)
        let secret = Secret(
            try masterKey.open(grant.consumer.sealedSecret, context: Consumer.sealContext(grant.consumer.id))
        )
        return JSONWriter.object(capacity: 2_560) { json in
            json.member("access_token", verbatim: accessToken.bytes)
            if let refreshToken = grant.refreshToken { json.member("refresh_token", refreshToken.revealed) }
            json.member("signature", ResponseSignature.base64(secret: secret, id: identity, issuedAt: issuedAt))
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

    private func accessToken(_ grant: ApprovedGrant, _ org: Org, _ now: Timestamp) async throws -> AccessToken {
        if let opaque = grant.opaqueToken {
            return AccessToken(
                bytes: opaque.token.withBytes { $0 },
                lifetime: .minutes(Int64(opaque.timeoutMinutes))
            )
        }
        let lifetime = TokenLifetime.jwt(grant.app, grant.account, org)
        let key = try await signingKey(.accessToken, org)
        var randomness = SystemRandomNumberGenerator()
        let tokenID = TokenID.make(now: now, using: &randomness)
        let claims = AccessTokenClaims(
            scopes: grant.scopes,
            audiences: [org.issuer],
            subject: .user(grant.account.user.id.rawValue),
            issuer: org.issuer,
            clientID: grant.consumer.key,
            issuedAt: now,
            expiresAt: Timestamp(seconds: now.seconds) + lifetime,
            tokenID: tokenID,
            sessionFingerprint: grant.authorization.map { SessionFingerprint.of($0, masterKey) }
                ?? SessionFingerprint.of(tokenID: tokenID, masterKey),
            tenantKey: org.tenantKey
        )
        let signingInput = AccessTokenEncoder.signingInput(claims, kid: key.kid)
        let signature = try await signers.sign(signingInput, with: key)
        return AccessToken(
            bytes: CompactJWS.assemble(signingInput: signingInput, signature: signature),
            lifetime: lifetime
        )
    }

    private func idToken(
        _ grant: ApprovedGrant,
        _ identity: String,
        _ accessToken: [UInt8],
        _ org: Org,
        _ now: Timestamp
    ) async throws -> [UInt8]? {
        guard let signIn = grant.signIn else { return nil }
        let key = try await signingKey(.idToken, org)
        let claims = IDTokenClaims(
            issuer: org.issuer,
            subject: identity,
            audiences: [grant.consumer.key] + grant.app.idTokenAudiences.filter { $0 != grant.consumer.key },
            issuedAt: now,
            expiresAt: Timestamp(seconds: now.seconds) + .minutes(Int64(grant.app.idTokenValidityMinutes)),
            authTime: signIn.authenticatedAt,
            nonce: signIn.nonce,
            atHash: IDTokenClaims.atHash(of: accessToken),
            standardClaims: grant.app.isIDTokenWithStandardClaims
                ? standardClaims(grant.account.user, org) : StandardClaims()
        )
        let signingInput = IDTokenEncoder.signingInput(claims, kid: key.kid)
        let signature = try await signers.sign(signingInput, with: key)
        return CompactJWS.assemble(signingInput: signingInput, signature: signature)
    }

    /// What "Include Standard Claims" of the app's ID token adds.
    private func standardClaims(_ user: User, _ org: Org) -> StandardClaims {
        var claims = StandardClaims()
        claims.name = user.displayName
        claims.givenName = user.firstName
        claims.familyName = user.lastName
        claims.nickname = user.nickname
        claims.preferredUsername = user.username
        claims.email = user.email
        claims.emailVerified = user.isEmailVerified
        claims.zoneinfo = user.timeZone
        claims.locale = user.locale
        return claims
    }

    private func signingKey(_ purpose: SigningKeyPurpose, _ org: Org) async throws -> SigningKey {
        guard let key = try await directory.keyRing(org.id).active(purpose) else {
            throw OAuthError(
                .temporarilyUnavailable,
                "The signing keys of this org are being made; try again in a few seconds.",
                detail: "no active \(purpose.rawValue) key"
            )
        }
        return key
    }
}

/// The `jti` of access tokens: eight characters of the time in milliseconds, then 130 bits of randomness.
enum TokenID {
    static func make(now: Timestamp, using randomness: inout some RandomNumberGenerator) -> String {
        Base62.time(now) + Base62.random(digits: 22, using: &randomness)
    }

    /// The millisecond at which the token was made; `iat` is too coarse to compare with a cut-off.
    static func issuedAt(_ tokenID: String) -> Timestamp? {
        Base62.time(tokenID.prefix(8))
    }
}

/// The `sfi` of access tokens: a fingerprint of the authorization behind them, or of the token alone where there is none.
enum SessionFingerprint {
    static func of(_ authorization: AuthorizationID, _ masterKey: MasterKey) -> String {
        fingerprint(authorization.rawValue, masterKey)
    }

    static func of(tokenID: String, _ masterKey: MasterKey) -> String {
        fingerprint(tokenID, masterKey)
    }

    private static func fingerprint(_ text: String, _ masterKey: MasterKey) -> String {
        hex(masterKey.authenticationCode(Array(text.utf8), purpose: "session fingerprint"))
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// The identity URL: the `id` of token answers and the `sub` of ID tokens and userinfo.
enum IdentityURL {
    static func of(_ user: User, org: Org) -> String {
        "\(org.issuer)/id/\(org.id.rawValue)/\(user.id.rawValue)"
    }
}
