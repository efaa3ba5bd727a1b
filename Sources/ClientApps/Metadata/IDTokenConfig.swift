/// What the ID tokens of an app hold, and for how many minutes. `nil` is what a document leaves out.
public struct IDTokenConfig: Hashable, Sendable {
    public var idTokenAudience: String?
    public var idTokenIncludeAttributes: Bool?
    public var idTokenIncludeCustomPermissions: Bool?
    public var idTokenIncludeStandardClaims: Bool?
    public var idTokenValidityInMinutes: Int?

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
