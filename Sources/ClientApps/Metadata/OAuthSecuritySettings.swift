/// From where tokens of an app may be had and renewed, which its developer owns (facts: app-model 1.9, 8.4).
///
/// The original documents no XML of the type. The elements here are named after the fields of its record there, as those of the other types
/// are; that there are ranges is what "Enforce Refresh Token IP Allowlist" of the original's Setup is.
public struct OAuthSecuritySettings: Hashable, Sendable {
    /// The developer name of the app.
    public var externalClientApplication: String = ""
    /// The name of this document.
    public var label: String?
    /// Refresh Token IP Allowlist: at most 128 ranges of 256 addresses in all. None, and nothing is restricted.
    public var tokenIPRanges: [TrustedIPRange] = []

    /// Settings that say nothing.
    public init() {}

    /// The most addresses that all ranges may have together.
    static let addressLimit = 256
}

extension OAuthSecuritySettings: SatelliteRecord {
    static let type = MetadataType.oauthSecuritySettings
    static let fields: [MetadataField<Self>] = [
        .required("externalClientApplication", \.externalClientApplication),
        .text("label", \.label),
        .list("tokenIpRanges", \.tokenIPRanges, of: "ExtlClntAppOauthSecurityTokenIpRange"),
    ]
}

extension AppComponents {
    /// What the document of security settings says; `nil` where there is none.
    var oauthSecurity: OAuthSecuritySettings? {
        guard case .oauthSecuritySettings(let settings)? = plugins[.oauthSecuritySettings]?.content else { return nil }
        return settings
    }
}
