public import OAuthTypes

/// The id of an org, `00D…`.
public typealias OrgID = Identifier<Org>

/// A tenant: its issuer, its edition and the settings that its admin owns for all apps.
public struct Org: Sendable {
    /// The three characters that an org's id starts with.
    public static let keyPrefix: StaticString = "00D"

    public let id: OrgID
    public let name: String
    public let edition: Edition
    /// The My Domain origin without a slash at its end: the `iss` of every token, and never taken from a request.
    public let issuer: String
    /// The middle part of the tenant key `core/<instance>/<org id>`.
    public let instance: String
    /// The session timeout where neither app nor profile has one, in minutes.
    public let sessionTimeoutMinutes: Int
    /// Trusted IP ranges of the org; none means every address.
    public let trustedIPRanges: [IPRange]
    public let isActive: Bool
    /// `isPkceRequired` of the OAuth and OpenID Connect settings: PKCE for every app.
    public let isPKCERequired: Bool
    /// Whether the origins below may call the OAuth endpoints from a browser.
    public let isOAuthCORSEnabled: Bool
    public let corsOrigins: [String]
    /// The audiences that a bearer assertion may name beside the issuer, such as `https://login.salesforce.com`.
    public let bearerAudiences: [String]
    public let createdAt: Timestamp

    public init(
        id: OrgID,
        name: String,
        edition: Edition,
        issuer: String,
        createdAt: Timestamp,
        instance: String = "prod",
        sessionTimeoutMinutes: Int = 120,
        trustedIPRanges: [IPRange] = [],
        isActive: Bool = true,
        isPKCERequired: Bool = false,
        isOAuthCORSEnabled: Bool = false,
        corsOrigins: [String] = [],
        bearerAudiences: [String] = Org.loginAudiences
    ) {
        self.id = id
        self.name = name
        self.edition = edition
        self.issuer = issuer
        self.instance = instance
        self.sessionTimeoutMinutes = sessionTimeoutMinutes
        self.trustedIPRanges = trustedIPRanges
        self.isActive = isActive
        self.isPKCERequired = isPKCERequired
        self.isOAuthCORSEnabled = isOAuthCORSEnabled
        self.corsOrigins = corsOrigins
        self.bearerAudiences = bearerAudiences
        self.createdAt = createdAt
    }

    /// The audiences that clients of the original put into their assertions.
    public static let loginAudiences = ["https://login.salesforce.com", "https://test.salesforce.com"]

    /// The tenant key that stands in the header of JWT access tokens.
    public var tenantKey: String { "core/\(instance)/\(id.rawValue)" }
}

/// The editions of an org.
public enum Edition: String, Hashable, Sendable, CaseIterable {
    case group = "Group"
    case essentials = "Essentials"
    case professional = "Professional"
    case enterprise = "Enterprise"
    case performance = "Performance"
    case unlimited = "Unlimited"
    case developer = "Developer"

    /// What `Organization.OrganizationType` says of the edition.
    public var organizationType: String { "\(rawValue) Edition" }
}
