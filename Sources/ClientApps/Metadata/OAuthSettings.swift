/// The OAuth settings of an app that travel with it: scopes, trusted addresses and attributes. `nil` is what a document leaves out.
public struct OAuthSettings: Hashable, Sendable {
    public var areAttributesIncludedInAssetToken: Bool?
    public var areCustomPermsIncludedInAssetToken: Bool?
    public var assetTokenAudiences: String?
    public var assetTokenSigningCertificate: String?
    public var assetTokenValidity: Int?
    public var clientAssertionCertificate: String?
    public var commaSeparatedCustomScopes: String?
    public var commaSeparatedOAuthScopes: String?
    public var customAttributes: [CustomAttribute] = []
    public var externalClientApplication: String = ""
    public var isFirstPartyAppEnabled: Bool?
    public var label: String?
    public var oauthLink: String?
    public var singleLogoutURL: String?
    public var trustedIPRanges: [TrustedIPRange] = []

    public init() {}
}

extension OAuthSettings: SatelliteRecord {
    static let type = MetadataType.oauthSettings
    static let fields: [MetadataField<Self>] = [
        .flag("areAttributesIncludedInAssetToken", \.areAttributesIncludedInAssetToken),
        .flag("areCustomPermsIncludedInAssetToken", \.areCustomPermsIncludedInAssetToken),
        .text("assetTokenAudiences", \.assetTokenAudiences),
        .text("assetTokenSigningCertificate", \.assetTokenSigningCertificate),
        .number("assetTokenValidity", \.assetTokenValidity),
        .text("clientAssertionCertificate", \.clientAssertionCertificate),
        .text("commaSeparatedCustomScopes", \.commaSeparatedCustomScopes),
        .text("commaSeparatedOauthScopes", \.commaSeparatedOAuthScopes),
        .list("customAttributes", \.customAttributes),
        .required("externalClientApplication", \.externalClientApplication),
        .flag("isFirstPartyAppEnabled", \.isFirstPartyAppEnabled),
        .text("label", \.label),
        .text("oauthLink", \.oauthLink),
        .text("singleLogoutUrl", \.singleLogoutURL),
        .list("trustedIpRanges", \.trustedIPRanges),
    ]
}
