/// What the ID tokens of an app hold, and for how many minutes. `nil` is what a document leaves out.
public struct IDTokenConfig: Hashable, Sendable {
    /// ID Token Audiences, separated by commas or white space; the consumer key is one in any case.
    public var idTokenAudience: String?
    /// Include Custom Attributes; `false` by default.
    public var idTokenIncludeAttributes: Bool?
    /// Include Custom Permissions. Kept, without effect: external client apps do not have it.
    public var idTokenIncludeCustomPermissions: Bool?
    /// Include Standard Claims; `false` by default.
    public var idTokenIncludeStandardClaims: Bool?
    /// Token Valid for, in minutes: 1 to 720; 0 and nothing mean 2.
    public var idTokenValidityInMinutes: Int?

    /// A configuration that says nothing.
    public init() {}
}

extension IDTokenConfig: MetadataRecord {
    static let metadataName = "ExternalAppIdTokenConfig"
    static let fields: [MetadataField<Self>] = [
        .text("idTokenAudience", \.idTokenAudience),
        .flag("idTokenIncludeAttributes", \.idTokenIncludeAttributes),
        .flag("idTokenIncludeCustomPermissions", \.idTokenIncludeCustomPermissions),
        .flag("idTokenIncludeStandardClaims", \.idTokenIncludeStandardClaims),
        .number("idTokenValidityInMinutes", \.idTokenValidityInMinutes),
    ]
}
