/// The header of an app, which its developer owns. `nil` is what a document leaves out.
public struct ExternalClientApplication: Hashable, Sendable {
    /// Contact Email: whom an admin can write to.
    public var contactEmail: String?
    /// Contact Phone: whom an admin can call.
    public var contactPhone: String?
    /// Description: what the app is for.
    public var description: String?
    /// Distribution State: `Local` for use in its own org.
    public var distributionState: DistributionState?
    /// Icon URL: the address of a small picture.
    public var iconURL: String?
    /// Info URL: the address of a page about the app.
    public var infoURL: String?
    /// Whether the app of a package is hidden in the orgs that install it; `false` by default.
    public var isProtected: Bool?
    /// External Client App Name: the name people see.
    public var label: String?
    /// Logo Image URL: the address of a picture.
    public var logoURL: String?
    /// For use by the original itself.
    public var managedType: ManagedType?
    /// The app by its org: `<org id>:<developer name>`.
    public var orgScopedExternalApp: String?

    /// A header that says nothing.
    public init() {}
}

extension ExternalClientApplication: DocumentRecord {
    static let type = MetadataType.externalClientApplication
    static let fields: [MetadataField<Self>] = [
        .text("contactEmail", \.contactEmail),
        .text("contactPhone", \.contactPhone),
        .text("description", \.description),
        .word("distributionState", \.distributionState),
        .text("iconUrl", \.iconURL),
        .text("infoUrl", \.infoURL),
        .flag("isProtected", \.isProtected),
        .text("label", \.label),
        .text("logoUrl", \.logoURL),
        .word("managedType", \.managedType),
        .text("orgScopedExternalApp", \.orgScopedExternalApp),
    ]
}
