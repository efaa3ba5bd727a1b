/// A trusted range of addresses as it is written. `nil` is what a document leaves out.
public struct TrustedIPRange: Hashable, Sendable {
    /// What the range is.
    public var description: String?
    /// The last address, IPv4 or IPv6.
    public var endIPAddress: String = ""
    /// The first address, of the same version.
    public var startIPAddress: String = ""

    /// A range without addresses, which the rules of an app refuse until it has both.
    public init() {}
}

extension TrustedIPRange: MetadataRecord {
    static let metadataName = "ExtlClntAppOauthIpRange"
    static let fields: [MetadataField<Self>] = [
        .text("description", \.description),
        .required("endIpAddress", \.endIPAddress),
        .required("startIpAddress", \.startIPAddress),
    ]
}
