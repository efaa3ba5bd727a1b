public import OAuthTypes

/// Writes ID tokens.
public enum IDTokenEncoder {
    /// What is signed: header and payload as base64url with a dot between (RFC 7515 section 5.1).
    public static func signingInput(_ claims: IDTokenClaims, kid: String) -> [UInt8] {
        let header = JSONWriter.object(capacity: 64) { json in
            json.member("alg", "RS256")
            json.member("typ", "JWT")
            json.member("kid", kid)
        }
        return CompactJWS.signingInput(headerSegment: CompactJWS.segment(header), payload: payload(claims))
    }

    private static func payload(_ claims: IDTokenClaims) -> [UInt8] {
        JSONWriter.object(capacity: 1_024) { json in
            json.member("iss", claims.issuer)
            json.member("sub", claims.subject)
            json.array("aud", of: claims.audiences)
            if claims.audiences.count > 1, let clientID = claims.audiences.first { json.member("azp", clientID) }
            json.member("exp", claims.expiresAt.seconds)
            json.member("iat", claims.issuedAt.seconds)
            if let authTime = claims.authTime { json.member("auth_time", authTime.seconds) }
            json.member("nonce", ifPresent: claims.nonce)
            json.member("at_hash", ifPresent: claims.atHash)
            claims.standardClaims.write(into: &json)
            json.customAttributes(claims.customAttributes)
        }
    }
}

extension JSONWriter {
    /// Writes the member `custom_attributes`, or nothing where there are none.
    public mutating func customAttributes(_ attributes: [(key: String, value: String)]) {
        guard !attributes.isEmpty else { return }
        object("custom_attributes") { json in
            for attribute in attributes { json.member(named: attribute.key, attribute.value) }
        }
    }
}
