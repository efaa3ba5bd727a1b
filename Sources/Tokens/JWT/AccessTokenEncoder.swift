internal import OAuthTypes

/// The header of the access tokens of one org and key, encoded once: it is the same in all of them.
public struct AccessTokenHeader: Sendable {
    let segment: [UInt8]

    /// The header for a tenant key (`core/<instance>/<18-character org id>`) and a signing key.
    ///
    /// `tnk` comes first, so that every token starts with `eyJ0bmsi`, by which clients of the original know one.
    public init(tenantKey: String, kid: String) {
        segment = CompactJWS.segment(
            JSONWriter.object(capacity: 256) { json in
                json.member("tnk", tenantKey)
                json.member("ver", "1.0")
                json.member("kid", kid)
                json.member("tty", "sfdc-core-token")
                json.member("typ", "JWT")
                json.member("alg", "RS256")
            }
        )
    }
}

/// Writes JWT access tokens in the Salesforce profile.
public enum AccessTokenEncoder {
    /// What is signed: header and payload as base64url with a dot between (RFC 7515 section 5.1).
    public static func signingInput(_ claims: AccessTokenClaims, header: AccessTokenHeader) -> [UInt8] {
        CompactJWS.signingInput(headerSegment: header.segment, payload: payload(claims))
    }

    private static func payload(_ claims: AccessTokenClaims) -> [UInt8] {
        JSONWriter.object(capacity: 1_024) { json in
            json.member("scp", claims.scopes.text)
            json.array("aud", of: claims.audiences)
            json.member("sub", claims.subject.text)
            json.member("nbf", claims.issuedAt.seconds - 15)
            json.member("mty", "oauth")
            json.member("sfi", claims.sessionFingerprint)
            json.array("roles") { _ in }
            json.member("iss", claims.issuer)
            json.member("hsc", false)
            json.member("exp", claims.expiresAt.seconds)
            json.member("iat", claims.issuedAt.seconds)
            json.member("client_id", claims.clientID)
            json.member("jti", claims.tokenID)
        }
    }
}
