/// The OAuth settings of an app that travel with it: scopes, trusted addresses and attributes. `nil` is what a document leaves out.
public struct OAuthSettings: Hashable, Sendable {
    /// Kept; there are no asset tokens.
    public var areAttributesIncludedInAssetToken: Bool?
    /// Kept; there are no asset tokens.
    public var areCustomPermsIncludedInAssetToken: Bool?
    /// Kept; there are no asset tokens.
    public var assetTokenAudiences: String?
    /// Kept; there are no asset tokens.
    public var assetTokenSigningCertificate: String?
    /// Kept; there are no asset tokens.
    public var assetTokenValidity: Int?
    /// The certificate of a first-party app's attestation. Kept, without effect.
    public var clientAssertionCertificate: String?
    /// The custom scopes that the app has where its policies name none, by name; see ``OAuthCustomScope``.
    public var commaSeparatedCustomScopes: String?
    /// Selected OAuth Scopes, by their names in metadata such as `Api`; see ``OAuthScopeName``.
    public var commaSeparatedOAuthScopes: String?
    /// The developer's custom attributes, at most 128.
    public var customAttributes: [CustomAttribute] = []
    /// The developer name of the app.
    public var externalClientApplication: String = ""
    /// Whether the app may use the authorization challenge endpoint. Kept; there is none.
    public var isFirstPartyAppEnabled: Bool?
    /// The name of this document.
    public var label: String?
    /// The global settings by org and consumer: `<org id>:<consumer id>`.
    public var oauthLink: String?
    /// Single Logout URL. Kept, without effect.
    public var singleLogoutURL: String?
    /// Trusted IP Range for OAuth Web server flow, at most 128.
    public var trustedIPRanges: [TrustedIPRange] = []

    /// Settings that say nothing.
    public init() {}
}

extension OAuthSettings: SatelliteRecord {
    static let type = MetadataType.oauthSettings
    static let fields: [MetadataField<Self>] = [
        .flag("areAttributesIncludedInAssetToken", \.areAttributesIncludedInAssetToken).since(61),
        .flag("areCustomPermsIncludedInAssetToken", \.areCustomPermsIncludedInAssetToken).since(61),
        .text("assetTokenAudiences", \.assetTokenAudiences).since(61),
        .text("assetTokenSigningCertificate", \.assetTokenSigningCertificate).since(61),
        .number("assetTokenValidity", \.assetTokenValidity).since(61),
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
