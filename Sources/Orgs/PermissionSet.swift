public import OAuthTypes

/// The id of a permission set, prefix `0PS`.
public typealias PermissionSetID = Identifier<PermissionSet>

/// Rights that a user may be given beside those of the profile.
public struct PermissionSet: Hashable, Sendable {
    /// The three characters that every permission set's id starts with.
    public static let idPrefix: StaticString = "0PS"

    /// The id of the permission set.
    public let id: PermissionSetID
    /// The org it belongs to.
    public let org: OrgID
    /// The API name, unique in the org; the name that policies refer to.
    public let name: String
    /// What people read.
    public let label: String
    /// What it grants.
    public let permissions: Set<Permission>

    /// Whether a text may be an API name: letters, digits and single underscores, from a letter to no underscore.
    public static func isName(_ text: String) -> Bool {
        let isWord = text.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F
        }
        return isWord && text.utf8.count <= 80 && text.first?.isLetter == true && !text.hasSuffix("_")
            && !text.contains("__")
    }

    /// A permission set with what it grants.
    public init(id: PermissionSetID, org: OrgID, name: String, label: String, permissions: Set<Permission>) {
        self.id = id
        self.org = org
        self.name = name
        self.label = label
        self.permissions = permissions
    }
}
