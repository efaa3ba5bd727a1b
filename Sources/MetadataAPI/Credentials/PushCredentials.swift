import ClientApps
import OAuthTypes
import Orgs
import Storage
import Tokens

/// What opens a push service, in the documents of apps. Nothing here uses it, so it is kept sealed under the master key, and opened for those
/// alone who may see consumer secrets in metadata. Whoever may not is given the sealed text, which can be deployed again to the same app and
/// means nothing elsewhere.
struct PushCredentials {
    let masterKey: MasterKey

    /// The documents of an app with its credentials sealed.
    ///
    /// - Parameter stored: the documents that are kept now, whose sealed texts stay where they mean the same.
    /// - Throws: `MetadataError` for a text that was sealed for another app.
    func sealed(_ app: AppComponents, id: AppID, over stored: AppComponents? = nil) throws -> AppComponents {
        guard case .pushSettings(let given)? = app.plugins[.pushSettings]?.content else { return app }
        var kept: [String: String] = [:]
        if case .pushSettings(let before)? = stored?.plugins[.pushSettings]?.content {
            _ = Self.changed(before) { field, text in
                kept[field] = text
                return text
            }
        }
        var app = app
        app.plugins[.pushSettings]?.content = .pushSettings(
            try Self.changed(given) { field, text in
                if Self.isSealed(text) {
                    guard open(text, field, id) != nil else { throw Self.foreign(field) }
                    return text
                }
                if let same = kept[field], Self.isSealed(same), open(same, field, id) == text { return same }
                return try seal(text, field, id)
            }
        )
        return app
    }

    /// Settings with their credentials sealed, whatever stands in the database.
    func sealed(_ settings: PushSettings, id: AppID) throws -> PushSettings {
        try Self.changed(settings) { try Self.isSealed($1) ? $1 : seal($1, $0, id) }
    }

    /// Settings with their credentials in the clear, which the audit trail keeps as seen.
    func revealed(
        _ settings: PushSettings,
        of app: AppRecords.Stored,
        by actor: AuditActor,
        now: Timestamp,
        on connection: any Connection
    ) throws -> PushSettings {
        var count = 0
        let opened = Self.changed(settings) { field, text in
            count += 1
            return Self.isSealed(text) ? open(text, field, app.id) ?? text : text
        }
        guard count > 0 else { return opened }
        let event = AuditEvent(
            org: app.org,
            at: now,
            actor: actor,
            action: .credentialsViewed,
            subjectKind: MetadataType.pushSettings.rawValue,
            subjectName: app.components.developerName,
            changes: []
        )
        try AuditTrail.record(event, on: connection)
        return opened
    }

    // MARK: Parts

    private static func isSealed(_ text: String) -> Bool { text.hasPrefix(PushSettings.sealedMark) }

    private func seal(_ text: String, _ field: String, _ id: AppID) throws -> String {
        let sealed = try masterKey.seal(Array(text.utf8), context: Self.context(field, id))
        return PushSettings.sealedMark + Base64URL.encode(sealed)
    }

    private func open(_ text: String, _ field: String, _ id: AppID) -> String? {
        let sealed = Base64URL.decode(String(text.dropFirst(PushSettings.sealedMark.count)))
        guard let sealed, let bytes = try? masterKey.open(sealed, context: Self.context(field, id)) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func context(_ field: String, _ id: AppID) -> String { "push \(field) \(id.rawValue)" }

    private static func foreign(_ field: String) -> MetadataError {
        MetadataError(
            element: field,
            code: .invalidField,
            problem: "The \(field) was sealed for another app, or by another server, and cannot be opened.",
            remedy: "Give the credential itself."
        )
    }

    /// Settings with each credential replaced; an empty one is none.
    private static func changed(
        _ settings: PushSettings,
        _ change: (_ field: String, _ text: String) throws -> String
    ) rethrows -> PushSettings {
        func replaced(_ field: String, _ text: String) throws -> String {
            text.isEmpty ? text : try change(field, text)
        }
        var settings = settings
        if let android = settings.androidPushConfig {
            settings.androidPushConfig?.serviceAccount = try replaced("serviceAccount", android.serviceAccount)
        }
        if let apple = settings.applePushConfig {
            settings.applePushConfig?.certificate = try apple.certificate.map { try replaced("certificate", $0) }
            settings.applePushConfig?.password = try apple.password.map { try replaced("password", $0) }
            settings.applePushConfig?.signingKey = try apple.signingKey.map { try replaced("signingKey", $0) }
        }
        return settings
    }
}
