/// The header of an app, which its developer owns. `nil` is what a document leaves out.
public struct ExternalClientApplication: Hashable, Sendable {
    public var contactEmail: String?
    public var contactPhone: String?
    public var description: String?
    public var distributionState: DistributionState?
    public var iconURL: String?
    public var infoURL: String?
    public var isProtected: Bool?
    public var label: String?
    public var logoURL: String?
    public var managedType: ManagedType?
    public var orgScopedExternalApp: String?

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
