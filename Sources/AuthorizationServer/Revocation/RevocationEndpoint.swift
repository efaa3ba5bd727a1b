public import OAuthTypes
import Orgs
public import Storage
import Tokens

/// Token revocation (RFC 7009) as the original has it: whoever holds a token may revoke it, without client authentication.
public struct RevocationEndpoint: Sendable {
    let server: AuthorizationServer

    /// Revokes an access token alone, or a refresh token with its whole authorization.
    ///
    /// - Throws: `invalid_token` for a token that is not live here, `invalid_request` without a token.
    public func revoke(fields: FormFields, org: OrgState, now: Timestamp) async throws {
        try fields.refuseRepetition()
        let token = try fields.required("token")
        if let hint = try fields.value("token_type_hint"), TokenTypeHint(rawValue: hint) == nil {
            throw OAuthError(
                .unsupportedTokenType,
                "token_type_hint must be access_token or refresh_token; or leave it out."
            )
        }
        if try await revokeRefreshToken(token, org, now) { return }
        do {
            let live = try await server.liveness.check(token, org: org, now: now)
            try await revoke(live, org, now)
        } catch is TokenLiveness.Death {
            throw OAuthError(
                .invalidToken,
                "The token is unknown, expired or revoked already; nothing is left to revoke."
            )
        }
    }

    private func revokeRefreshToken(_ token: String, _ org: OrgState, _ now: Timestamp) async throws -> Bool {
        let digest = TokenDigest.sha256(token)
        let masterKey = server.masterKey
        let revoked: AuthorizationID? = try await server.database.write { connection in
            guard let record = try RefreshTokens.find(digest: digest, on: connection),
                record.authorization.org == org.org.id, record.authorization.revokedAt == nil
            else { return nil }
            let id = record.authorization.id
            try AuthorizationRevocation.revoke(id, org: org.org.id, masterKey: masterKey, now: now, on: connection)
            try Consents.delete(app: record.authorization.app, user: record.authorization.user, on: connection)
            return id
        }
        if let revoked { server.noteRevoked(revoked, now: now) }
        return revoked != nil
    }

    private func revoke(_ live: TokenLiveness.LiveToken, _ org: OrgState, _ now: Timestamp) async throws {
        if let digest = live.digest {
            _ = try await server.database.write { try OpaqueTokens.delete(digest: digest, on: $0) }
        } else if let tokenID = live.tokenID {
            // A verifier may still grant the leeway after `exp`, so the row outlives it.
            let until = live.expiresAt + .minutes(10)
            try await server.database.write {
                try Revocations.insert(tokenID, org: org.org.id, now: now, until: until, on: $0)
            }
            server.directory.noteRevoked(tokenID, until: until)
        }
    }
}
