/// One document with its name.
public struct MetadataComponent: Hashable, Sendable {
    /// The full name: that of its file.
    public let fullName: String
    /// What it says.
    public var content: MetadataContent

    /// A document with its name.
    public init(fullName: String, content: MetadataContent) {
        (self.fullName, self.content) = (fullName, content)
    }

    /// The type.
    public var type: MetadataType { content.type }

    /// The developer name of the external client app that it is or belongs to; `nil` for what belongs to none.
    public var appName: String? { type == .externalClientApplication ? fullName : content.parent }

    /// The developer name of the connected app that it is; `nil` for anything else.
    public var connectedAppName: String? { type == .connectedApp ? fullName : nil }
}

/// What a document of each type says. Indirect, since documents are large and are handed around more than they are looked at.
public indirect enum MetadataContent: Hashable, Sendable {
    case externalClientApplication(ExternalClientApplication)
    case globalOAuthSettings(GlobalOAuthSettings)
    case oauthSettings(OAuthSettings)
    case oauthPolicies(OAuthPolicies)
    case appPolicies(AppPolicies)
    case samlPolicies(SAMLPolicies)
    case mobileSettings(MobileSettings)
    case mobilePolicies(MobilePolicies)
    case pushSettings(PushSettings)
    case pushPolicies(PushPolicies)
    case notificationSettings(NotificationSettings)
    case canvasSettings(CanvasSettings)
    case oauthSecuritySettings(OAuthSecuritySettings)
    case connectedApp(ConnectedApp)
    case customScope(OAuthCustomScope)
    case tokenExchangeHandler(OAuthTokenExchangeHandler)
    case externalClientAppSettings(ExternalClientAppSettings)
    case connectedAppSettings(ConnectedAppSettings)
    case oauthOIDCSettings(OAuthOIDCSettings)
    case profile(ProfileDocument)
    case permissionSet(PermissionSetDocument)

    /// The type.
    public var type: MetadataType { Swift.type(of: record).type }

    /// The developer name of the external client app that a satellite belongs to.
    var parent: String? { (record as? any SatelliteRecord)?.externalClientApplication }

    var record: any DocumentRecord {
        switch self {
        case .externalClientApplication(let record): record
        case .globalOAuthSettings(let record): record
        case .oauthSettings(let record): record
        case .oauthPolicies(let record): record
        case .appPolicies(let record): record
        case .samlPolicies(let record): record
        case .mobileSettings(let record): record
        case .mobilePolicies(let record): record
        case .pushSettings(let record): record
        case .pushPolicies(let record): record
        case .notificationSettings(let record): record
        case .canvasSettings(let record): record
        case .oauthSecuritySettings(let record): record
        case .connectedApp(let record): record
        case .customScope(let record): record
        case .tokenExchangeHandler(let record): record
        case .externalClientAppSettings(let record): record
        case .connectedAppSettings(let record): record
        case .oauthOIDCSettings(let record): record
        case .profile(let record): record
        case .permissionSet(let record): record
        }
    }

    /// This content as the document of another app: a satellite names its app, any other content does not.
    public func belonging(to app: String) -> MetadataContent {
        func moved<Record: SatelliteRecord>(_ record: Record) -> Record {
            var record = record
            record.externalClientApplication = app
            return record
        }
        switch self {
        case .globalOAuthSettings(let record): return .globalOAuthSettings(moved(record))
        case .oauthSettings(let record): return .oauthSettings(moved(record))
        case .oauthPolicies(let record): return .oauthPolicies(moved(record))
        case .appPolicies(let record): return .appPolicies(moved(record))
        case .samlPolicies(let record): return .samlPolicies(moved(record))
        case .mobileSettings(let record): return .mobileSettings(moved(record))
        case .mobilePolicies(let record): return .mobilePolicies(moved(record))
        case .pushSettings(let record): return .pushSettings(moved(record))
        case .pushPolicies(let record): return .pushPolicies(moved(record))
        case .notificationSettings(let record): return .notificationSettings(moved(record))
        case .canvasSettings(let record): return .canvasSettings(moved(record))
        case .oauthSecuritySettings(let record): return .oauthSecuritySettings(moved(record))
        default: return self
        }
    }

    /// Settings of an org with the values of earlier ones where they say nothing; any other content as it is.
    public func completed(with earlier: MetadataContent) throws(MetadataError) -> MetadataContent {
        switch (self, earlier) {
        case (.externalClientAppSettings(let new), .externalClientAppSettings(let old)):
            .externalClientAppSettings(try new.completed(with: old))
        case (.connectedAppSettings(let new), .connectedAppSettings(let old)):
            .connectedAppSettings(try new.completed(with: old))
        case (.oauthOIDCSettings(let new), .oauthOIDCSettings(let old)):
            .oauthOIDCSettings(try new.completed(with: old))
        default: self
        }
    }

    /// This content, with the values of an earlier one in what a version of the API does not know: who speaks that version could neither read
    /// them nor say them again.
    ///
    /// - Throws: `MetadataError` where what was kept does not fit.
    public func keeping(laterThan version: Int, of earlier: MetadataContent) throws(MetadataError) -> MetadataContent {
        guard earlier.type == type else { return self }
        let (new, old) = (record.node(named: type.rawValue), earlier.record.node(named: type.rawValue))
        return try MetadataContent(type, Swift.type(of: record).keeping(laterThan: version, of: old, in: new))
    }

    /// Reads the content of an element whose type is known, as a version of the API has it.
    init(_ type: MetadataType, _ node: XMLNode, version: Int? = nil) throws(MetadataError) {
        switch type {
        case .externalClientApplication: self = .externalClientApplication(try .read(node, version: version))
        case .globalOAuthSettings: self = .globalOAuthSettings(try .read(node, version: version))
        case .oauthSettings: self = .oauthSettings(try .read(node, version: version))
        case .oauthPolicies: self = .oauthPolicies(try .read(node, version: version))
        case .appPolicies: self = .appPolicies(try .read(node, version: version))
        case .samlPolicies: self = .samlPolicies(try .read(node, version: version))
        case .mobileSettings: self = .mobileSettings(try .read(node, version: version))
        case .mobilePolicies: self = .mobilePolicies(try .read(node, version: version))
        case .pushSettings: self = .pushSettings(try .read(node, version: version))
        case .pushPolicies: self = .pushPolicies(try .read(node, version: version))
        case .notificationSettings: self = .notificationSettings(try .read(node, version: version))
        case .canvasSettings: self = .canvasSettings(try .read(node, version: version))
        case .oauthSecuritySettings: self = .oauthSecuritySettings(try .read(node, version: version))
        case .connectedApp: self = .connectedApp(try .read(node, version: version))
        case .customScope: self = .customScope(try .read(node, version: version))
        case .tokenExchangeHandler: self = .tokenExchangeHandler(try .read(node, version: version))
        case .externalClientAppSettings: self = .externalClientAppSettings(try .read(node, version: version))
        case .connectedAppSettings: self = .connectedAppSettings(try .read(node, version: version))
        case .oauthOIDCSettings: self = .oauthOIDCSettings(try .read(node, version: version))
        case .profile: self = .profile(try .read(node, version: version))
        case .permissionSet: self = .permissionSet(try .read(node, version: version))
        }
    }
}

/// A record that is a document of its own.
protocol DocumentRecord: MetadataRecord {
    static var type: MetadataType { get }
}

extension DocumentRecord {
    static var metadataName: String { type.rawValue }
}

/// A document that belongs to an external client app.
protocol SatelliteRecord: DocumentRecord {
    var externalClientApplication: String { get set }
}
