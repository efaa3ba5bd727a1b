public import ClientApps
public import OAuthTypes
public import Orgs

/// An app as the protocol reads it, with the cut-off of its tokens.
public struct AppState: Sendable {
    /// The app, settings and policies merged.
    public let app: EffectiveApp
    /// Tokens issued at or before this moment are dead.
    public let notBefore: Timestamp
}

/// The tables of apps, their metadata components and their consumers.
public enum AppRecords {
    /// One app with its components as they were given.
    public struct Stored: Sendable {
        /// The id of the app.
        public let id: AppID
        /// The org the app belongs to.
        public let org: OrgID
        /// The documents as they were given, without consumer key and secret.
        public let components: AppComponents
        /// The pairs of consumer key and secret, in any state.
        public let consumers: [Consumer]
        /// When the app was made.
        public let createdAt: Timestamp
        /// When a document of the app was last changed.
        public let updatedAt: Timestamp
        /// Tokens issued at or before this moment are dead.
        public let notBefore: Timestamp
        /// The kind of app.
        public let kind: AppKind
        /// Whether it is installed in its org; only a connected app can be without.
        public let isInstalled: Bool
        /// Since when an admin has it blocked.
        public let blockedAt: Timestamp?
        /// The app of another org whose consumers and global settings it has, as an associated installation of a package does.
        public let source: Source?
        /// Whether it came from a package.
        public let isFromPackage: Bool
        /// See ``AppIdentity/hasStandardAnswers``.
        public let hasStandardAnswers: Bool
    }

    /// What an app has of the one that it was installed from.
    public struct Source: Sendable {
        /// The id of that app.
        public let id: AppID
        /// Its global OAuth settings, as they are now.
        public let globalOAuth: AppComponents.Satellite<GlobalOAuthSettings>?
        /// Its security settings, as they are now.
        let security: MetadataComponent?
        /// Its pairs of consumer key and secret, in any state.
        public let consumers: [Consumer]
    }

    /// Says that a stored component cannot be read: a defect of ours or a foreign hand.
    public struct Unreadable: Error, CustomStringConvertible {
        let app: String
        let reason: String
        /// Which app, and why.
        public var description: String { "the stored app '\(app)' cannot be read: \(reason)" }
    }

    /// Says that an app is not there, though it was just written.
    public struct Missing: Error, CustomStringConvertible {
        let app: String
        /// An app by its developer name or consumer key.
        public init(app: String) { self.app = app }
        /// Which app.
        public var description: String { "the app '\(app)' is gone" }
    }
}

extension AppRecords.Stored {
    /// Whether it belongs to the server and not to a developer: its settings are the release's, its policies the admin's.
    public var isPartOfServer: Bool { components.header?.distributionState == .autoInstalled }

    /// What the app has that its documents do not say.
    public var identity: AppIdentity {
        AppIdentity(
            id: id,
            consumers: source?.consumers ?? consumers,
            isBlocked: blockedAt != nil,
            isInstalled: isInstalled,
            hasStandardAnswers: hasStandardAnswers
        )
    }

    /// The documents that are merged: its own, with the global and security settings of the app that it was installed from. Those change
    /// without a word from this org, so the one that reaches beyond the app is left out: what tokens other apps of this org have is not for
    /// another org.
    public var mergedComponents: AppComponents {
        var merged = components
        if let source {
            merged.globalOAuth = source.globalOAuth
            merged.globalOAuth?.record.isIntrospectAllTokens = nil
            merged.plugins[.oauthSecuritySettings] = source.security
        }
        return merged
    }
}
