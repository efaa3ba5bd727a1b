internal import OAuthTypes

/// The document a resource server fetches to check signatures (RFC 7517 section 5).
public enum JWKS {
    /// The JSON text of a key set: RSA keys for signatures with RS256, in the order given.
    public static func document(_ keys: [(kid: String, key: RSAPublicKey)]) -> [UInt8] {
        JSONWriter.object(capacity: 64 + keys.count * 512) { json in
            json.array("keys") { array in
                for (kid, key) in keys {
                    key.writeJWK(kid: kid, use: "sig", alg: "RS256", into: &array)
                }
            }
        }
    }
}
