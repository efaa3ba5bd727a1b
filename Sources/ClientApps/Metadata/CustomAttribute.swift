/// A claim of an app by its key and formula. `nil` is what a document leaves out.
public struct CustomAttribute: Hashable, Sendable {
    public var formula: String = ""
    public var key: String = ""

    public init() {}
}

extension CustomAttribute: MetadataRecord {
    static let metadataName = "ExtlClntAppOauthSettingsAttribute"
    static let fields: [MetadataField<Self>] = [
        .required("formula", \.formula),
        .required("key", \.key),
    ]
}
