/// A profile as far as user permissions and app assignments go.
public struct ProfileDocument: Hashable, Sendable {
    /// What it is for.
    public var description: String?
    /// Whether it is one that the org made itself.
    public var custom: Bool?
    /// The addresses from which its users may come.
    public var loginIPRanges: [ProfileIPRange] = []
    /// The licence, which Signet keeps and returns.
    public var userLicense: String?
    /// The user permissions.
    public var userPermissions: [UserPermission] = []

    /// A profile without values.
    public init() {}
}

/// A permission set as far as user permissions go.
public struct PermissionSetDocument: Hashable, Sendable {
    /// What it is for.
    public var description: String?
    /// Whether it must be activated in a session. Signet keeps and returns it.
    public var hasActivationRequired: Bool?
    /// The name people read.
    public var label: String = ""
    /// The licence, which Signet keeps and returns.
    public var license: String?
    /// The user permissions.
    public var userPermissions: [UserPermission] = []

    /// A permission set without values.
    public init() {}
}

/// One permission and whether it is granted.
public struct UserPermission: Hashable, Sendable {
    /// Whether it is granted.
    public var enabled: Bool?
    /// Its API name.
    public var name: String = ""

    /// A permission without values.
    public init() {}
}

/// A range of addresses from which the users of a profile may come.
public struct ProfileIPRange: Hashable, Sendable {
    /// What it is.
    public var description: String?
    /// The last address.
    public var endAddress: String = ""
    /// The first address.
    public var startAddress: String = ""

    /// A range without values.
    public init() {}
}

extension ProfileDocument: DocumentRecord {
    static let type = MetadataType.profile
    static let fields: [MetadataField<Self>] = [
        .flag("custom", \.custom),
        .text("description", \.description),
        .list("loginIpRanges", \.loginIPRanges),
        .text("userLicense", \.userLicense),
        .list("userPermissions", \.userPermissions),
    ]
}

extension PermissionSetDocument: DocumentRecord {
    static let type = MetadataType.permissionSet
    static let fields: [MetadataField<Self>] = [
        .text("description", \.description),
        .flag("hasActivationRequired", \.hasActivationRequired),
        .required("label", \.label),
        .text("license", \.license),
        .list("userPermissions", \.userPermissions),
    ]
}

extension UserPermission: MetadataRecord {
    static let metadataName = "PermissionSetUserPermission"
    static let fields: [MetadataField<Self>] = [
        .flag("enabled", \.enabled, isRequired: true),
        .required("name", \.name),
    ]
}

extension ProfileIPRange: MetadataRecord {
    static let metadataName = "ProfileLoginIpRange"
    static let fields: [MetadataField<Self>] = [
        .text("description", \.description),
        .required("endAddress", \.endAddress),
        .required("startAddress", \.startAddress),
    ]
}
