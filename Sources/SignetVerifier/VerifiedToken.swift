public import OAuthTypes

/// A JWT access token that was verified. Only a verifier makes one.
public struct VerifiedToken: Sendable {
    /// Whom a token speaks of.
    public enum Subject: Hashable, Sendable {
        /// A user of the org, by the eighteen-character id (`uid:…`).
        case user(String)
        /// A guest, by the UVID (`uvid:…`).
        case guest(String)
        /// Any other subject, as an RFC 9068 token has it.
        case other(String)

        init(_ text: String) {
            if let id = Identifier<Subject>(text.dropFirst(4)), text.hasPrefix("uid:") {
                self = .user(id.rawValue)
            } else if text.hasPrefix("uvid:"), text.utf8.count > 5 {
                self = .guest(String(text.dropFirst(5)))
            } else {
                self = .other(text)
            }
        }

        /// The kind, to compare with those that are accepted.
        public var kind: VerifierConfiguration.SubjectKind {
            switch self {
            case .user: .user
            case .guest: .guest
            case .other: .other
            }
        }
    }

    /// `iss`.
    public let issuer: String
    /// `sub`.
    public let subject: Subject
    /// `aud`.
    public let audiences: [String]
    /// `scp`, or `scope` of RFC 9068.
    public let scopes: ScopeSet
    /// `client_id`; there for every token of RFC 9068.
    public let clientID: String?
    /// `jti`; there for every token of RFC 9068.
    public let tokenID: String?
    /// `iat`; there for every token of RFC 9068.
    public let issuedAt: Timestamp?
    /// `nbf`.
    public let notBefore: Timestamp?
    /// `exp`.
    public let expiresAt: Timestamp
    /// `kid` of the header.
    public let keyID: String
    /// `tnk` of the header: the tenant key `core/<instance>/<org id>`.
    public let tenantKey: String?
    /// All claims.
    public let claims: JSONObject

    init(header: TokenHeader, claims: JSONObject, configuration: VerifierConfiguration, now: Timestamp)
        throws(TokenRefusal)
    {
        let leeway = configuration.leeway
        issuer = try Self.string("iss", claims)
        guard issuer.isExactly(configuration.issuer) else { throw TokenRefusal(.wrongIssuer) }
        audiences = try Self.audiences(claims)
        let isMeant = audiences.contains { audience in configuration.audiences.contains { $0.isExactly(audience) } }
        guard isMeant else { throw TokenRefusal(.wrongAudience) }
        expiresAt = Timestamp(seconds: try Self.time("exp", claims))
        guard now < expiresAt + leeway else { throw TokenRefusal(.expired) }
        notBefore = try claims["nbf"] == nil ? nil : Timestamp(seconds: Self.time("nbf", claims))
        if let notBefore, now + leeway < notBefore { throw TokenRefusal(.notYetValid) }
        issuedAt = try claims["iat"] == nil ? nil : Timestamp(seconds: Self.time("iat", claims))
        if let issuedAt, now + max(leeway, Self.backdating) < issuedAt { throw TokenRefusal(.issuedInFuture) }
        subject = Subject(try Self.string("sub", claims))
        guard configuration.subjectKinds.contains(subject.kind) else { throw TokenRefusal(.wrongSubjectKind) }
        guard claims["cnf"] == nil else { throw TokenRefusal(.senderConstrained) }
        scopes = try Self.scopes(claims)
        guard configuration.requiredScopes.isSubset(of: scopes) else {
            throw TokenRefusal(.insufficientScope(missing: configuration.requiredScopes.subtracting(scopes.scopes)))
        }
        clientID = try Self.optionalString("client_id", claims)
        tokenID = try Self.optionalString("jti", claims)
        if header.profile == .rfc9068 { try Self.requireClaims(["client_id", "iat", "jti"], claims) }
        keyID = header.keyID
        tenantKey = header.tenantKey
        self.claims = claims
    }

    /// How far the Salesforce profile dates `nbf` before `iat`, so that a clock that is late takes a token at once: `iat` must not
    /// undo that.
    private static let backdating = TimeSpan.seconds(15)

    /// What RFC 9068 section 2.2 requires of every token beyond what is asked of both profiles.
    private static func requireClaims(_ names: [String], _ claims: JSONObject) throws(TokenRefusal) {
        for name in names where claims[name] == nil { throw TokenRefusal(.invalidClaim(name)) }
    }

    private static func string(_ name: String, _ claims: JSONObject) throws(TokenRefusal) -> String {
        guard let text = claims[name]?.string, !text.isEmpty else { throw TokenRefusal(.invalidClaim(name)) }
        return text
    }

    private static func optionalString(_ name: String, _ claims: JSONObject) throws(TokenRefusal) -> String? {
        guard claims[name] != nil else { return nil }
        return try string(name, claims)
    }

    private static func time(_ name: String, _ claims: JSONObject) throws(TokenRefusal) -> Int64 {
        guard let value = claims[name]?.numericDate else { throw TokenRefusal(.invalidClaim(name)) }
        return value
    }

    private static func audiences(_ claims: JSONObject) throws(TokenRefusal) -> [String] {
        switch claims["aud"] {
        case .string(let audience):
            return [audience]
        case .array(let elements):
            let audiences = elements.compactMap(\.string)
            guard audiences.count == elements.count else { throw TokenRefusal(.invalidClaim("aud")) }
            return audiences
        default:
            throw TokenRefusal(.invalidClaim("aud"))
        }
    }

    private static func scopes(_ claims: JSONObject) throws(TokenRefusal) -> ScopeSet {
        guard let value = claims["scp"] ?? claims["scope"] else { return ScopeSet([]) }
        guard let text = value.string, let scopes = try? ScopeSet(parsing: text) else {
            throw TokenRefusal(.invalidClaim("scp"))
        }
        return scopes
    }
}
