/// The notification settings of an app, which its developer owns (facts: app-model 1.8). Signet keeps and returns them.
public struct NotificationSettings: Hashable, Sendable {
    /// The developer name of the app.
    public var externalClientApplication: String = ""
    /// The name of this record.
    public var label: String?
    /// The kinds of notification that the app receives.
    public var notificationTypes: [NotificationType] = []

    /// Settings without values.
    public init() {}
}

/// One kind of notification that an app receives.
public struct NotificationType: Hashable, Sendable {
    /// The API name of the custom notification type.
    public var notificationType: String = ""
    /// Whether it is pushed unless a user says otherwise.
    public var pushByDefault: Bool?

    /// A kind without values.
    public init() {}
}

extension NotificationSettings: SatelliteRecord {
    static let type = MetadataType.notificationSettings
    static let fields: [MetadataField<Self>] = [
        .required("externalClientApplication", \.externalClientApplication),
        .text("label", \.label),
        .list("notificationTypes", \.notificationTypes),
    ]
}

extension NotificationType: MetadataRecord {
    static let metadataName = "ExtlClntAppNotificationType"
    static let fields: [MetadataField<Self>] = [
        .required("notificationType", \.notificationType),
        .flag("pushByDefault", \.pushByDefault, isRequired: true),
    ]
}
