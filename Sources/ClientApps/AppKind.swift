/// The two kinds of app. Both are merged into the same ``EffectiveApp``; they differ in their documents and in what those mean when
/// they say nothing (facts: app-model 1 and 2).
public enum AppKind: String, Hashable, Sendable, CaseIterable {
    /// Settings and policies in documents of their own.
    case externalClientApp
    /// The older kind: one document.
    case connectedApp

    /// What people call it.
    public var label: String {
        switch self {
        case .externalClientApp: "external client app"
        case .connectedApp: "connected app"
        }
    }

    /// The type of the document that makes the app.
    public var metadataType: MetadataType {
        switch self {
        case .externalClientApp: .externalClientApplication
        case .connectedApp: .connectedApp
        }
    }

    /// Whether PKCE is required where the developer says nothing.
    public var isPKCERequiredByDefault: Bool { self == .externalClientApp }

    /// The refresh token policy where the admin says nothing.
    public var refreshTokenPolicyByDefault: RefreshTokenPolicyType {
        switch self {
        case .externalClientApp: .specificLifetime
        case .connectedApp: .infinite
        }
    }
}

extension AppComponents {
    /// The kind. An external client app that was a connected app keeps the document of its past, and is an external client app.
    public var kind: AppKind { connectedApp != nil && !hasExternalClientAppParts ? .connectedApp : .externalClientApp }

    /// Whether it is an external client app that was a connected app.
    public var isMigrated: Bool { connectedApp != nil && kind == .externalClientApp }

    private var hasExternalClientAppParts: Bool {
        let parts = [
            header != nil, globalOAuth != nil, oauth != nil, oauthPolicies != nil, appPolicies != nil, !plugins.isEmpty,
        ]
        return parts.contains(true)
    }

    /// The documents that are merged: those of an external client app, or what the document of a connected app says in their place.
    var asExternalClientApp: AppComponents {
        guard kind == .connectedApp, let connectedApp else { return self }
        var app = connectedApp.components(developerName: developerName)
        for plugin in connectedApp.plugins(of: developerName) { _ = app.add(plugin) }
        return app
    }
}
