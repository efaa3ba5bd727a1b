public import OAuthTypes

/// Verifies JWT access tokens against a key set that is at hand: a pure function of the token, the keys and the time.
public struct TokenVerifier: Sendable {
    /// What is accepted.
    public let configuration: VerifierConfiguration
    /// The keys of the issuer.
    public let keys: VerificationKeySet

    /// A verifier of these keys.
    public init(configuration: VerifierConfiguration, keys: VerificationKeySet) {
        self.configuration = configuration
        self.keys = keys
    }

    /// Verifies a token: form, type, key, signature, then the claims.
    ///
    /// - Parameter now: the time to compare `exp`, `nbf` and `iat` with.
    /// - Throws: ``TokenRefusal`` with the first reason found.
    public func verify(_ token: String, at now: Timestamp) throws(TokenRefusal) -> VerifiedToken {
        let unverified = try UnverifiedToken(token, configuration)
        guard let key = keys.key(unverified.header.keyID) else { throw TokenRefusal(.unknownKey) }
        return try unverified.verified(with: key, configuration, at: now)
    }
}

/// A token whose parts are read and not yet believed.
struct UnverifiedToken: Sendable {
    let header: TokenHeader
    private let segments: CompactSegments
    private let signature: [UInt8]

    init(_ token: String, _ configuration: VerifierConfiguration) throws(TokenRefusal) {
        guard token.utf8.count <= configuration.maximumBytes else { throw TokenRefusal(.tooLarge) }
        guard let segments = CompactSegments(token), let header = segments.header, let signature = segments.signature
        else { throw TokenRefusal(.malformed) }
        self.header = try TokenHeader(header, configuration)
        self.segments = segments
        self.signature = signature
    }

    func verified(
        with key: VerificationKeySet.Key,
        _ configuration: VerifierConfiguration,
        at now: Timestamp
    ) throws(TokenRefusal) -> VerifiedToken {
        guard header.algorithm.isExactly(key.algorithm) else { throw TokenRefusal(.algorithmMismatch) }
        guard key.isValid(signature, for: segments.signingInput) else { throw TokenRefusal(.badSignature) }
        guard let payload = segments.payload else { throw TokenRefusal(.malformed) }
        let claims = try JSONScanner.refusing(payload)
        return try VerifiedToken(header: header, claims: claims, configuration: configuration, now: now)
    }
}

/// The header members that decide; keys and key addresses that a header may carry are never looked at.
struct TokenHeader: Sendable {
    let profile: VerifierConfiguration.Profile
    let algorithm: String
    let keyID: String
    let tenantKey: String?

    init(_ bytes: [UInt8], _ configuration: VerifierConfiguration) throws(TokenRefusal) {
        let header = try JSONScanner.refusing(bytes)
        guard header["crit"] == nil else { throw TokenRefusal(.criticalHeader) }
        guard let algorithm = header["alg"]?.string else { throw TokenRefusal(.malformed) }
        guard let profile = Self.profile(header), configuration.profiles.contains(profile) else {
            throw TokenRefusal(.wrongType)
        }
        guard let keyID = header["kid"]?.string else { throw TokenRefusal(.missingKeyID) }
        self.profile = profile
        self.algorithm = algorithm
        self.keyID = keyID
        self.tenantKey = header["tnk"]?.string
    }

    private static func profile(_ header: JSONObject) -> VerifierConfiguration.Profile? {
        switch (header["typ"]?.string?.lowercased(), header["tty"]?.string) {
        case ("jwt", "sfdc-core-token"): .salesforce
        case ("at+jwt", _), ("application/at+jwt", _): .rfc9068
        default: nil
        }
    }
}

extension JSONScanner {
    /// Reads an object and says in a verifier's words why it is not taken.
    fileprivate static func refusing(_ bytes: [UInt8]) throws(TokenRefusal) -> JSONObject {
        do {
            return try object(bytes)
        } catch {
            if case .duplicateMember(let name) = error { throw TokenRefusal(.duplicateMember(name)) }
            throw TokenRefusal(.malformed)
        }
    }
}
