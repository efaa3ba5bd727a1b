/// A claim of an app by its key and formula. `nil` is what a document leaves out.
public struct CustomAttribute: Hashable, Sendable {
    /// Where the value comes from, such as `User.Country`.
    public var formula: String = ""
    /// The name of the attribute, unique among those of one document.
    public var key: String = ""

    /// An attribute without key and formula, which does not parse until it has both.
    public init() {}
}

extension CustomAttribute: MetadataRecord {
    static let metadataName = "ExtlClntAppOauthSettingsAttribute"
    static let fields: [MetadataField<Self>] = [
        .required("formula", \.formula),
        .required("key", \.key),
    ]
}
