import OAuthTypes
import Orgs
import SignetVerifier
import Storage
public import Tokens

/// The keys of one org as this node holds them: those that sign, and all that are published.
public struct KeyRing: Sendable {
    /// A published key.
    public struct Published: Sendable {
        /// Its name in token headers.
        public let kid: String
        /// Its public part.
        public let publicKey: RSAPublicKey
    }

    /// The key that signs access tokens now, with the header that all of them share.
    struct AccessTokenSigner: Sendable {
        let key: SigningKey
        let header: AccessTokenHeader
    }

    /// The key that signs access tokens now.
    let accessToken: AccessTokenSigner?
    /// The key that signs ID tokens now.
    let idToken: SigningKey?
    /// Next, active and retiring keys of both purposes, the oldest first.
    public let published: [Published]
    /// The JWK set of the org (RFC 7517 section 5).
    public let document: [UInt8]
    private let verifier: TokenVerifier?

    /// An org without keys.
    static let empty = KeyRing()

    private init() {
        accessToken = nil
        idToken = nil
        published = []
        document = JWKS.document([])
        verifier = nil
    }

    /// Opens the active keys and keeps the public parts of all.
    init(_ records: [SigningKeyRecord], org: Org, masterKey: MasterKey, backend: SigningBackend) throws {
        func active(_ purpose: SigningKeyPurpose) throws -> SigningKey? {
            let isActive = { (record: SigningKeyRecord) in
                record.purpose == purpose.rawValue && record.state == SigningKeyState.active.rawValue
            }
            return try records.last(where: isActive).map { record in
                try SigningKey(
                    kid: record.kid,
                    sealed: record.sealedPrivateKey,
                    context: KeyRing.sealContext(record.kid),
                    masterKey: masterKey,
                    backend: backend
                )
            }
        }
        accessToken = try active(.accessToken).map { key in
            AccessTokenSigner(key: key, header: AccessTokenHeader(tenantKey: org.tenantKey, kid: key.kid))
        }
        idToken = try active(.idToken)
        published = records.map { record in
            Published(kid: record.kid, publicKey: RSAPublicKey(modulus: record.modulus, exponent: record.exponent))
        }
        document = JWKS.document(published.map { ($0.kid, $0.publicKey) })
        let accessTokenKeys = published.filter { key in
            records.contains { $0.kid == key.kid && $0.purpose == SigningKeyPurpose.accessToken.rawValue }
        }
        verifier = TokenVerifier(
            configuration: VerifierConfiguration(
                issuer: org.issuer,
                audiences: [org.issuer],
                profiles: [.salesforce],
                leeway: .seconds(0)
            ),
            keys: try VerificationKeySet(jwks: JWKS.document(accessTokenKeys.map { ($0.kid, $0.publicKey) }))
        )
    }

    /// Verifies an access token of this org with the verifier that external systems use, against the access-token keys alone.
    ///
    /// - Throws: `TokenRefusal`.
    func verify(_ token: String, at now: Timestamp) throws -> VerifiedToken {
        guard let verifier else { throw TokenLiveness.Death.unknown }
        return try verifier.verify(token, at: now)
    }

    /// The context under which a private key is sealed.
    public static func sealContext(_ kid: String) -> String { "signing key \(kid)" }

}
