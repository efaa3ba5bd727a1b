public import OAuthTypes

/// The id of an org, prefix `00D`.
public typealias OrgID = Identifier<Org>

/// A tenant: its issuer, its own users, apps and keys, and the settings that hold for all of them.
public struct Org: Hashable, Sendable {
    /// The audiences of a JWT bearer assertion that are taken beside the issuer, as clients of the original send them.
    public static let defaultJWTBearerAudiences = ["https://login.salesforce.com", "https://test.salesforce.com"]

    /// The three characters that every org's id starts with.
    public static let idPrefix: StaticString = "00D"

    /// The id of the org.
    public let id: OrgID
    /// The name people read.
    public let name: String
    /// What the org may do, as a Salesforce edition.
    public let edition: Edition
    /// The origin without a slash at its end: the `iss` of every token.
    public let issuer: String
    /// The name of the instance, which stands in the `tnk` header of tokens: `core/<instance>/<18-character org id>`.
    public let instance: String
    /// The session timeout in minutes for all whose profile has none of its own.
    public let sessionTimeoutMinutes: Int
    /// Network access: the addresses from which users get tokens, unless the app relaxes IP restrictions; none means from
    /// anywhere. Elsewhere the original asks for a further proof of who somebody is, and this server, which has none, refuses.
    public let trustedIPRanges: [IPRange]
    /// Whether anyone may sign in or get a token; `false` gives `inactive_org`.
    public let isActive: Bool
    /// When the org was made.
    public let createdAt: Timestamp
    /// Whether browsers of other origins may call the token endpoints (CORS).
    public let isOAuthCORSEnabled: Bool
    /// The origins that may, as `https://host[:port]`, compared byte by byte.
    public let corsOrigins: [String]
    /// Audiences of a JWT bearer assertion (RFC 7523 section 3) beside the issuer.
    public let jwtBearerAudiences: [String]
    /// Whether every app of the org must use PKCE, whatever its own setting says.
    public let isPKCERequired: Bool
    /// Allow creation of connected apps: off since Spring '26, and switched by the operator in the place of the original's support
    /// (facts: app-model 10).
    public let isConnectedAppCreationEnabled: Bool
    /// Whether the org's REST and SOAP APIs answer at all, which is no matter of its tokens.
    public let isAPIEnabled: Bool

    /// An org with all its settings; those with a default are the settings that a new org starts with.
    public init(
        id: OrgID,
        name: String,
        edition: Edition,
        issuer: String,
        instance: String = "prod",
        sessionTimeoutMinutes: Int = 120,
        trustedIPRanges: [IPRange] = [],
        isActive: Bool = true,
        createdAt: Timestamp,
        isOAuthCORSEnabled: Bool = false,
        corsOrigins: [String] = [],
        jwtBearerAudiences: [String] = Org.defaultJWTBearerAudiences,
        isPKCERequired: Bool = false,
        isConnectedAppCreationEnabled: Bool = false,
        isAPIEnabled: Bool = true
    ) {
        self.id = id
        self.name = name
        self.edition = edition
        self.issuer = issuer
        self.instance = instance
        self.sessionTimeoutMinutes = sessionTimeoutMinutes
        self.trustedIPRanges = trustedIPRanges
        self.isActive = isActive
        self.createdAt = createdAt
        self.isOAuthCORSEnabled = isOAuthCORSEnabled
        self.corsOrigins = corsOrigins
        self.jwtBearerAudiences = jwtBearerAudiences
        self.isPKCERequired = isPKCERequired
        self.isConnectedAppCreationEnabled = isConnectedAppCreationEnabled
        self.isAPIEnabled = isAPIEnabled
    }

    /// The `tnk` header of the org's tokens: `core/<instance>/<18-character org id>`.
    public var tenantKey: String { "core/\(instance)/\(id.rawValue)" }
}
