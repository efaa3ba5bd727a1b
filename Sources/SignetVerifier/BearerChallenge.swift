import OAuthTypes

/// The `WWW-Authenticate` value of a resource server (RFC 6750 section 3).
public struct BearerChallenge: Hashable, Sendable, CustomStringConvertible {
    private let realm: String
    private let error: String?
    private let text: String?
    private let scope: ScopeSet?

    /// The challenge to a request without a token: it names no error (RFC 6750 section 3.1).
    public init(realm: String) {
        self.realm = realm
        self.error = nil
        self.text = nil
        self.scope = nil
    }

    /// The challenge to a token that was refused.
    public init(realm: String, refusal: TokenRefusal) {
        self.realm = realm
        if case .insufficientScope(let missing) = refusal.reason {
            error = "insufficient_scope"
            scope = missing
        } else {
            error = "invalid_token"
            scope = nil
        }
        text = refusal.reason.isAboutTheToken ? refusal.description : nil
    }

    /// The status that goes with it: 401, or 403 when a scope is missing.
    public var status: Int { error == "insufficient_scope" ? 403 : 401 }

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

extension TokenRefusal.Reason {
    /// Whether a caller may be told: what goes on between us and the issuer is not theirs.
    fileprivate var isAboutTheToken: Bool {
        if case .keysUnavailable = self { false } else { true }
    }
}
