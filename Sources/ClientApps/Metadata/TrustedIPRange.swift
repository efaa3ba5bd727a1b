/// A trusted range of addresses as it is written. `nil` is what a document leaves out.
public struct TrustedIPRange: Hashable, Sendable {
    public var description: String?
    public var endIPAddress: String = ""
    public var startIPAddress: String = ""

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
