/// One scope by its name on the wire (RFC 6749 section 3.3): visible ASCII without space, `"` and `\`.
public struct Scope: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The name on the wire.
    public let name: String

    /// A scope by its wire name; `nil` if the name is empty or has a character that RFC 6749 does not allow.
    public init?(_ name: some StringProtocol) {
        let allowed = name.utf8.allSatisfy { $0 == 0x21 || (0x23...0x5B).contains($0) || (0x5D...0x7E).contains($0) }
        guard !name.isEmpty, allowed else { return nil }
        self.name = String(name)
    }

    private init(known name: String) {
        self.name = name
    }

    /// The order of the names.
    public static func < (left: Scope, right: Scope) -> Bool { left.name < right.name }

    /// The name on the wire.
    public var description: String { name }

    /// Manage user data via APIs.
    public static let api = Scope(known: "api")
    /// Access Connect REST API resources.
    public static let chatter = Scope(known: "chatter_api")
    /// Full access: all that the user may do, but no refresh token.
    public static let full = Scope(known: "full")
    /// Manage user data via Web browsers.
    public static let web = Scope(known: "web")
    /// Perform requests at any time: the answer carries a refresh token.
    public static let refreshToken = Scope(known: "refresh_token")
    /// The like of ``refreshToken`` in the words of OpenID Connect Core section 11.
    public static let offlineAccess = Scope(known: "offline_access")
    /// Access unique user identifiers: the answer carries an ID token (OpenID Connect Core section 3.1.2.1).
    public static let openID = Scope(known: "openid")
    /// Access the identity URL service: the profile, e-mail, address and phone of the user.
    public static let id = Scope(known: "id")
    /// The claims of OpenID Connect Core section 5.4 about the profile.
    public static let profile = Scope(known: "profile")
    /// The claims of OpenID Connect Core section 5.4 about the e-mail address.
    public static let email = Scope(known: "email")
    /// The claim of OpenID Connect Core section 5.4 about the address.
    public static let address = Scope(known: "address")
    /// The claims of OpenID Connect Core section 5.4 about the phone number.
    public static let phone = Scope(known: "phone")
    /// Access custom permissions.
    public static let customPermissions = Scope(known: "custom_permissions")
    /// Access the Salesforce API Platform.
    public static let apiPlatform = Scope(known: "sfap_api")
    /// Access Salesforce hosted MCP servers.
    public static let mcp = Scope(known: "mcp_api")
}

/// A set of scopes that keeps the order in which they were given.
public struct ScopeSet: Hashable, Sendable, CustomStringConvertible {
    /// The scopes, each once, in the order given.
    public let scopes: [Scope]

    /// A set of scopes; one that is repeated counts where it first stands.
    public init(_ scopes: some Sequence<Scope>) {
        var seen: Set<Scope> = []
        self.scopes = scopes.filter { seen.insert($0).inserted }
    }

    /// Reads the space-separated form (RFC 6749 section 3.3).
    ///
    /// - Throws: `invalid_scope` for a scope with a character that is not allowed.
    public init(parsing text: String) throws(OAuthError) {
        var scopes: [Scope] = []
        for name in text.split(separator: " ", omittingEmptySubsequences: true) {
            guard let scope = Scope(name) else {
                throw OAuthError(
                    .invalidScope,
                    "The parameter 'scope' has a character that RFC 6749 section 3.3 does not allow."
                )
            }
            scopes.append(scope)
        }
        self.init(scopes)
    }

    /// The space-separated form.
    public var text: String { scopes.map(\.name).joined(separator: " ") }
    /// The space-separated form.
    public var description: String { text }
    /// Whether there are none.
    public var isEmpty: Bool { scopes.isEmpty }

    /// Whether a scope is one of these, by its name alone.
    public func contains(_ scope: Scope) -> Bool { scopes.contains(scope) }

    /// Whether every scope of this set is in the other.
    public func isSubset(of other: ScopeSet) -> Bool { scopes.allSatisfy(other.contains) }

    /// This set without some scopes.
    public func subtracting(_ others: some Sequence<Scope>) -> ScopeSet {
        let others = Set(others)
        return ScopeSet(scopes.filter { !others.contains($0) })
    }

    /// The scopes of both, this set's first.
    public func union(_ other: ScopeSet) -> ScopeSet { ScopeSet(scopes + other.scopes) }
}
