import OAuthTypes

/// The `WWW-Authenticate` value of a resource server (RFC 6750 section 3).
public struct BearerChallenge: Hashable, Sendable, CustomStringConvertible {
    private let realm: String
    private let error: String?
    private let text: String?
    private let scope: ScopeSet?
    /// The status that goes with it: 401, 403 when a scope is missing, 503 when the keys of the issuer are not to be had.
    public let status: Int

    /// The challenge to a request without a token: it names no error (RFC 6750 section 3.1).
    public init(realm: String) {
        self.realm = realm
        self.error = nil
        self.text = nil
        self.scope = nil
        self.status = 401
    }

    /// The challenge to a token that was refused.
    public init(realm: String, refusal: TokenRefusal) {
        self.realm = realm
        switch refusal.reason {
        case .insufficientScope(let missing):
            (error, scope, status) = ("insufficient_scope", missing, 403)
        case .keysUnavailable:
            // Nothing is wrong with the token: a client that threw it away would be none the wiser.
            (error, scope, status) = (nil, nil, 503)
        default:
            (error, scope, status) = ("invalid_token", nil, 401)
        }
        text = error == nil ? nil : refusal.publicText
    }

    /// The challenge to a token that does not do for another reason, such as one that was revoked.
    ///
    /// - Parameters:
    ///   - error: a code of RFC 6750 section 3.1; `insufficient_scope` goes with 403, all others with 401.
    ///   - text: what the caller may read, in characters of ASCII.
    public init(realm: String, error: String, text: String) {
        self.realm = realm
        self.error = error
        self.text = text
        self.scope = nil
        self.status = error == "insufficient_scope" ? 403 : 401
    }

    /// The value of the header field.
    public var description: String {
        var parts = ["realm=\(Self.quoted(realm))"]
        if let error { parts.append("error=\(Self.quoted(error))") }
        if let text { parts.append("error_description=\(Self.quoted(text))") }
        if let scope { parts.append("scope=\(Self.quoted(scope.text))") }
        return "Bearer " + parts.joined(separator: ", ")
    }

    /// A quoted string; what cannot stand in one is replaced, so that no text can end it.
    private static func quoted(_ text: String) -> String {
        let safe = text.utf8.map { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C ? $0 : 0x3F }
        return "\"\(String(decoding: safe, as: UTF8.self))\""
    }
}

extension TokenRefusal {
    /// What a caller may read: fixed words, nothing that the token itself brought along.
    fileprivate var publicText: String {
        switch reason {
        case .duplicateMember: "a member stands twice in the token"
        case .invalidClaim: "a claim of the token is missing or of the wrong type"
        default: description
        }
    }
}
