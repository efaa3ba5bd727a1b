/// What a type of metadata may say: its fields, in the documented order, and what each holds.
public struct MetadataShape: Sendable {
    /// One field.
    public struct Field: Sendable {
        /// The name of its element.
        public let name: String
        /// What it holds.
        public let value: Value
        /// Whether it may stand more than once.
        public let isList: Bool
        /// Whether it must be there.
        public let isRequired: Bool
        /// The first version of the API that has it; 0 for as long as its type.
        public let since: Int

        /// The name of a component, which every type has beside its own fields (facts: app-model 1.1).
        public static let fullName = Field(name: "fullName", value: .text, isList: false, isRequired: false, since: 0)
    }

    /// What a field holds.
    public indirect enum Value: Sendable {
        case text
        case flag
        case number
        /// One of these words.
        case word([String])
        case record(MetadataShape)
    }

    /// The name of the type.
    public let name: String
    /// Its fields.
    public let fields: [Field]

    init<Record: MetadataRecord>(_ record: Record.Type) {
        name = Record.metadataName
        fields = Record.fields.map { field in
            Field(
                name: field.name,
                value: Value(field.kind),
                isList: field.isList,
                isRequired: field.isRequired,
                since: field.since
            )
        }
    }
}

extension MetadataShape.Value {
    fileprivate init(_ kind: MetadataFieldKind) {
        switch kind {
        case .text: self = .text
        case .flag: self = .flag
        case .number: self = .number
        case .word(let words): self = .word(words)
        case .record(let record): self = .record(record.shape)
        }
    }
}

extension MetadataRecord {
    static var shape: MetadataShape { MetadataShape(Self.self) }
}

extension MetadataType {
    /// What documents of the type may say.
    public var shape: MetadataShape { record.shape }

    private var record: any DocumentRecord.Type {
        switch self {
        case .externalClientApplication: ExternalClientApplication.self
        case .globalOAuthSettings: GlobalOAuthSettings.self
        case .oauthSettings: OAuthSettings.self
        case .oauthPolicies: OAuthPolicies.self
        case .appPolicies: AppPolicies.self
        case .samlPolicies: SAMLPolicies.self
        case .mobileSettings: MobileSettings.self
        case .mobilePolicies: MobilePolicies.self
        case .pushSettings: PushSettings.self
        case .pushPolicies: PushPolicies.self
        case .notificationSettings: NotificationSettings.self
        case .canvasSettings: CanvasSettings.self
        case .oauthSecuritySettings: OAuthSecuritySettings.self
        case .connectedApp: ConnectedApp.self
        case .customScope: OAuthCustomScope.self
        case .tokenExchangeHandler: OAuthTokenExchangeHandler.self
        case .externalClientAppSettings: ExternalClientAppSettings.self
        case .connectedAppSettings: ConnectedAppSettings.self
        case .oauthOIDCSettings: OAuthOIDCSettings.self
        case .profile: ProfileDocument.self
        case .permissionSet: PermissionSetDocument.self
        }
    }
}
