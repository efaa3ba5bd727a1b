import ClientApps
public import OAuthTypes
import Orgs
import SignetVerifier
public import Storage
import Tokens

/// Token revocation (RFC 7009) as the original has it: whoever holds a token may revoke it, without client authentication.
public struct RevocationEndpoint: Sendable {
    let server: AuthorizationServer

    /// Revokes an access token, with the sessions of browsers that its app opened for the user; or a refresh token, with its whole
    /// authorization and the user's approval, too. It is enough that the token is authentic and has not expired: that of a frozen user or a
    /// disabled app must not come back to life with them.
    /// `token_type_hint` changes nothing, whatever it says (RFC 7009 section 2.2).
    ///
    /// - Throws: `invalid_token` for a token that is unknown, expired or revoked, `invalid_request` without a token.
    public func revoke(fields: FormFields, org: OrgState, now: Timestamp) async throws {
        try fields.refuseRepetition()
        let token = try fields.required("token")
        if RefreshTokenText.begins(token), try await revokeRefreshToken(token, org, now) { return }
        do {
            try await revoke(try await server.liveness.find(token, org: org, now: now), org, now)
        } catch let death as TokenLiveness.Death {
            throw OAuthError(
                .invalidToken,
                Self.nothingToRevoke.text,
                detail: "the token is \(death.rawValue)"
            )
        }
    }

    /// What a token is refused with that is no longer there, or never was.
    public static let nothingToRevoke = OAuthError(
        .invalidToken,
        "The token is unknown, expired or revoked already; nothing is left to revoke."
    )

    private func revokeRefreshToken(_ token: String, _ org: OrgState, _ now: Timestamp) async throws -> Bool {
        let digest = TokenDigest.sha256(token)
        let masterKey = server.masterKey
        // Whoever sends any text gets a look-up, and no place among those who write.
        guard try await server.database.read({ try RefreshTokens.find(digest: digest, on: $0) }) != nil else {
            return false
        }
        let dead: [String]? = try await server.database.write { connection in
            guard let record = try RefreshTokens.find(digest: digest, on: connection),
                record.authorization.org == org.org.id, record.authorization.revokedAt == nil
            else { return nil }
            return try AuthorizationRevocation.withdraw(
                record.authorization,
                masterKey: masterKey,
                now: now,
                on: connection
            )
        }
        if let dead { server.noteRevoked(dead, now: now) }
        return dead != nil
    }

    private func revoke(_ token: TokenLiveness.FoundToken, _ org: OrgState, _ now: Timestamp) async throws {
        switch token {
        case .opaque(let record):
            try await server.database.write { connection in
                _ = try OpaqueTokens.delete(digest: record.digest, on: connection)
                try Sessions.deleteAll(openedBy: record.app, for: record.user, on: connection)
            }
        case .jwt(let verified, let tokenID, _):
            // A verifier may still grant the leeway after `exp`, so the row outlives it.
            let until = verified.expiresAt + .minutes(10)
            let key = verified.clientID ?? ""
            let app = try await server.directory.app(consumerKey: key, org: org.org.id, now: now)?.state.app.id
            let user: UserID? = if case .user(let id) = verified.subject { UserID(id) } else { nil }
            try await server.database.write { connection in
                try Revocations.insert(tokenID, org: org.org.id, now: now, until: until, on: connection)
                if let app, let user { try Sessions.deleteAll(openedBy: app, for: user, on: connection) }
            }
            server.directory.noteRevoked(tokenID, until: until)
        }
    }
}
