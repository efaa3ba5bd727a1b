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
    }

    /// What an app has of the one that it was installed from.
    public struct Source: Sendable {
        /// The id of that app.
        public let id: AppID
        /// Its global OAuth settings, as they are now.
        public let globalOAuth: AppComponents.Satellite<GlobalOAuthSettings>?
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

    // MARK: Writing

    /// Remembers a new app and its consumer.
    ///
    /// - Throws: ``ConstraintViolation`` of the kind `unique` when the developer name or the consumer key is taken.
    public static func insert(
        _ components: AppComponents,
        id: AppID,
        org: OrgID,
        consumer: Consumer?,
        by actor: AuditActor,
        now: Timestamp,
        on connection: any Connection
    ) throws {
        let receipt = try AuditTrail.record(
            AuditEvent(
                org: org,
                at: now,
                actor: actor,
                action: .created,
                subjectKind: components.kind.metadataType.rawValue,
                subjectName: components.developerName,
                changes: audited(nil).changes(to: audited(components)) + changes(newConsumer: consumer)
            ),
            on: connection
        )
        try connection.execute(
            """
            INSERT INTO apps (id, org_id, developer_name, name_key, created_at, updated_at, kind) VALUES
                (\(id), \(org), \(components.developerName), \(components.comparableName), \(now), \(now),
                 \(components.kind.rawValue))
            """
        )
        if let consumer { try insert(consumer, app: id, receipt, now, on: connection) }
        try put(components, id: id, now: now, on: connection)
    }

    private static func insert(
        _ consumer: Consumer,
        app: AppID,
        _ receipt: AuditTrail.Receipt,
        _ now: Timestamp,
        on connection: any Connection
    ) throws {
        try Credentials.insert(
            CredentialRecord(consumer: consumer, handle: consumer.id, createdAt: now, createdBy: nil),
            app: app,
            noted: receipt,
            on: connection
        )
    }

    /// Puts components in the place of those that an app has; those not given stay. The consumer's key and secret are not
    /// part of what is kept here.
    ///
    /// - Parameters:
    ///   - stored: the app as it stands.
    ///   - newConsumer: the pair of an app that had none.
    public static func save(
        _ components: AppComponents,
        over stored: Stored,
        newConsumer: Consumer? = nil,
        by actor: AuditActor,
        now: Timestamp,
        on connection: any Connection
    ) throws {
        let changes =
            audited(stored.components).changes(to: audited(components)) + changes(newConsumer: newConsumer)
        let receipt = try AuditTrail.recordUpdate(
            components.kind.metadataType.rawValue,
            stored.components.developerName,
            in: stored.org,
            changes,
            by: actor,
            now: now,
            on: connection
        )
        if let newConsumer { try insert(newConsumer, app: stored.id, receipt, now, on: connection) }
        try put(components, id: stored.id, now: now, on: connection)
    }

    /// Makes an external client app of a connected app, whose document stays beside those of the new kind.
    public static func migrate(
        _ id: AppID,
        to components: AppComponents,
        noted _: AuditTrail.Receipt,
        now: Timestamp,
        on connection: any Connection
    ) throws {
        try setKind(.externalClientApp, of: id, on: connection)
        try put(components, id: id, now: now, on: connection)
    }

    private static func audited(_ components: AppComponents?) -> AuditedFields {
        AuditedFields(components.map { withoutCredentials($0).documents } ?? [])
    }

    private static func changes(newConsumer consumer: Consumer?) -> [AuditChange] {
        consumer.map {
            [
                AuditChange("consumerKey", before: nil, after: $0.key),
                .secret("consumerSecret", before: nil, after: $0.secretDigest),
            ]
        } ?? []
    }

    private static func put(
        _ components: AppComponents,
        id: AppID,
        now: Timestamp,
        on connection: any Connection
    ) throws {
        for document in withoutCredentials(components).documents {
            try connection.execute(
                """
                INSERT INTO app_components (app_id, kind, full_name, document, updated_at) VALUES
                    (\(id), \(document.type.rawValue), \(document.fullName), \(MetadataDocument.xml(document)), \(now))
                ON CONFLICT (app_id, kind) DO UPDATE SET
                    full_name = excluded.full_name, document = excluded.document, updated_at = excluded.updated_at
                """
            )
        }
        try connection.execute("UPDATE apps SET updated_at = \(now) WHERE id = \(id)")
        try Versions.bump(.directory, on: connection)
    }

    /// Kills every token of an app that was issued up to a moment.
    public static func cutOff(_ id: AppID, at moment: Timestamp, on connection: any Connection) throws {
        try connection.execute("UPDATE apps SET not_before = \(moment) WHERE id = \(id)")
        try Versions.bump(.directory, on: connection)
    }

    static func withoutCredentials(_ components: AppComponents) -> AppComponents {
        var kept = components
        kept.globalOAuth?.record.consumerKey = nil
        kept.globalOAuth?.record.consumerSecret = nil
        kept.connectedApp?.oauthConfig?.consumerKey = nil
        kept.connectedApp?.oauthConfig?.consumerSecret = nil
        // Rotating is done once, by the deployment that asks for it.
        kept.globalOAuth?.record.shouldRotateConsumerKey = nil
        kept.globalOAuth?.record.shouldRotateConsumerSecret = nil
        return kept
    }

    // MARK: Reading

    /// The apps of an org by developer name.
    public static func all(org: OrgID, on connection: any Connection) throws -> [Stored] {
        try connection.rows("SELECT \(raw: columns) FROM apps WHERE org_id = \(org) ORDER BY name_key")
            .map { try stored($0, on: connection) }
    }

    /// Some external client apps of an org that have a consumer, by developer name.
    public static func withConsumer(
        org: OrgID,
        offset: Int,
        limit: Int,
        on connection: any Connection
    ) throws -> [Stored] {
        try connection.rows(
            """
            SELECT \(raw: columns) FROM apps
            WHERE org_id = \(org) AND kind = \(AppKind.externalClientApp.rawValue)
                AND EXISTS (SELECT 1 FROM consumers c WHERE c.app_id = apps.id OR c.app_id = apps.source_app_id)
            ORDER BY name_key LIMIT \(limit) OFFSET \(offset)
            """
        ).map { try stored($0, on: connection) }
    }

    /// The app of an org with this developer name, whatever its case.
    public static func find(developerName: String, org: OrgID, on connection: any Connection) throws -> Stored? {
        try connection.row(
            "SELECT \(raw: columns) FROM apps WHERE org_id = \(org) AND name_key = \(AppComponents.comparable(name: developerName))"
        ).map { try stored($0, on: connection) }
    }

    /// The app of an org that has a document of a type and full name, in which upper and lower case are one.
    public static func find(
        with type: MetadataType,
        named fullName: String,
        org: OrgID,
        on connection: any Connection
    ) throws -> Stored? {
        try connection.row(
            """
            SELECT \(raw: columns) FROM apps WHERE org_id = \(org) AND id IN (
                SELECT c.app_id FROM app_components c JOIN apps a ON a.id = c.app_id
                WHERE a.org_id = \(org) AND c.kind = \(type.rawValue) AND (c.full_name = \(fullName)
                    OR LOWER(c.full_name) = \(AppComponents.comparable(name: fullName))))
            ORDER BY name_key LIMIT 1
            """
        ).map { try stored($0, on: connection) }
    }

    /// The app with this id.
    public static func find(id: AppID, on connection: any Connection) throws -> Stored? {
        try connection.row("SELECT \(raw: columns) FROM apps WHERE id = \(id)").map { try stored($0, on: connection) }
    }

    /// The app with this id as the protocol reads it.
    public static func state(id: AppID, on connection: any Connection) throws -> AppState? {
        try find(id: id, on: connection).map { try state($0, on: connection) }
    }

    /// The app of an org that a consumer key names, as the protocol reads it: the one that the consumer belongs to, or one that was
    /// installed from it.
    public static func state(consumerKey: String, org: OrgID, on connection: any Connection) throws -> AppState? {
        guard
            var row = try connection.row(
                """
                SELECT a.id FROM consumers c JOIN apps a ON a.id = c.app_id OR a.source_app_id = c.app_id
                WHERE c.consumer_key = \(consumerKey) AND a.org_id = \(org)
                """
            )
        else { return nil }
        return try state(id: row.id(), on: connection)
    }

    /// The org whose own app has a consumer key.
    public static func owner(ofConsumer key: String, on connection: any Connection) throws -> OrgID? {
        try connection.row(
            "SELECT a.org_id FROM consumers c JOIN apps a ON a.id = c.app_id WHERE c.consumer_key = \(key)"
        ).map { row in
            var row = row
            return try row.id()
        }
    }

    /// What a packaged external client app that has a consumer key is called, in whichever org it is; `nil` for a key of any other app.
    public static func packagedApp(consumerKey: String, on connection: any Connection) throws -> String? {
        guard var row = try connection.row("SELECT app_id FROM consumers WHERE consumer_key = \(consumerKey)"),
            let app = try find(id: row.id(), on: connection), app.kind == .externalClientApp,
            app.components.header?.distributionState == .packaged
        else { return nil }
        return app.components.header?.label ?? app.components.developerName
    }

    /// Whether a consumer key is in use, by an app of any org.
    public static func hasConsumer(key: String, on connection: any Connection) throws -> Bool {
        try connection.row("SELECT 1 FROM consumers WHERE consumer_key = \(key)") != nil
    }

    /// Merges what is stored of an app.
    public static func state(_ stored: Stored, on connection: any Connection) throws -> AppState {
        guard let org = try OrgRecords.state(id: stored.org, on: connection)?.org else {
            throw Unreadable(app: stored.components.developerName, reason: "its org is gone")
        }
        let app = try EffectiveApp.merge(
            components: stored.mergedComponents,
            identity: stored.identity,
            org: org,
            resolve: try references(stored.components, org: org.id, on: connection)
        )
        return AppState(app: app, notBefore: stored.notBefore)
    }

    /// Merges what is stored of an app as ``state(_:on:)`` does, and says how each value came about.
    public static func explanation(_ stored: Stored, on connection: any Connection) throws -> AppExplanation {
        guard let org = try OrgRecords.state(id: stored.org, on: connection)?.org else {
            throw Unreadable(app: stored.components.developerName, reason: "its org is gone")
        }
        let resolve = try references(stored.components, org: org.id, on: connection)
        let runAs = try runAsName(stored.components).flatMap { name in
            try resolve.user(name).flatMap { try Users.account($0, on: connection) }
        }
        return try AppExplanation.merge(
            components: stored.mergedComponents,
            identity: stored.identity,
            org: org,
            resolve: resolve,
            isRunAsUserAPIOnly: runAs?.isAPIOnly
        )
    }

    private static func runAsName(_ components: AppComponents) -> String? {
        components.kind == .connectedApp
            ? components.connectedApp?.oauthConfig?.oauthClientCredentialUser
            : components.oauthPolicies?.record.clientCredentialsFlowUser
    }

    /// What the names in an app's policies mean in an org.
    public static func references(
        _ components: AppComponents,
        org: OrgID,
        on connection: any Connection
    ) throws -> AppReferences {
        let profiles = try Profiles.all(org: org, on: connection)
        let sets = try PermissionSets.all(org: org, on: connection)
        var users: [String: UserID] = [:]
        if let name = runAsName(components) {
            users[name] = try Users.account(username: name, org: org, on: connection)?.user.id
        }
        let known = users
        return AppReferences(
            profile: { name in profiles.first { $0.name == name || $0.id.rawValue == name || $0.id.short == name }?.id
            },
            permissionSet: { name in sets.first { $0.name == name || $0.id.rawValue == name || $0.id.short == name }?.id
            },
            user: { known[$0] }
        )
    }

    private static let columns: StaticString = """
        id, org_id, developer_name, created_at, updated_at, not_before, kind, is_installed, blocked_at, \
        source_app_id, (SELECT COUNT(*) FROM installed_packages i WHERE i.app_id = apps.id)
        """

    private static func stored(_ row: Row, on connection: any Connection) throws -> Stored {
        var row = row
        let id: AppID = try row.id()
        let org: OrgID = try row.id()
        let name = try row.text()
        return Stored(
            id: id,
            org: org,
            components: try components(of: id, named: name, on: connection),
            consumers: try consumers(of: id, on: connection),
            createdAt: try row.time(),
            updatedAt: try row.time(),
            notBefore: try row.time(),
            kind: AppKind(rawValue: try row.text()) ?? .externalClientApp,
            isInstalled: try row.bool(),
            blockedAt: try row.optionalTime(),
            source: try row.optionalID().map { try source($0, on: connection) },
            isFromPackage: try row.bool()
        )
    }

    private static func source(_ id: AppID, on connection: any Connection) throws -> Source {
        let documents = try components(of: id, named: "", on: connection)
        return Source(id: id, globalOAuth: documents.globalOAuth, consumers: try consumers(of: id, on: connection))
    }

    private static func components(
        of id: AppID,
        named name: String,
        on connection: any Connection
    ) throws -> AppComponents {
        var components = AppComponents(developerName: name)
        for var row in try connection.rows(
            "SELECT kind, full_name, document FROM app_components WHERE app_id = \(id) ORDER BY kind"
        ) {
            let kind = try row.text()
            guard let type = MetadataType(rawValue: kind) else {
                throw Unreadable(app: name, reason: "it has a component of the unknown type \(kind)")
            }
            let component = try MetadataDocument.parse(
                type,
                fullName: try row.text(),
                bytes: try row.blob()
            )
            guard components.add(component) else {
                throw Unreadable(app: name, reason: "it has two components of the type \(kind)")
            }
        }
        return components
    }

    private static func consumers(of id: AppID, on connection: any Connection) throws -> [Consumer] {
        try connection.rows(
            """
            SELECT \(raw: Credentials.consumerColumns) FROM consumers
            WHERE app_id = \(id) ORDER BY state, created_at
            """
        ).map { row in
            var row = row
            return try Credentials.consumer(&row)
        }
    }
}

extension AppRecords.Stored {
    /// What the app has that its documents do not say.
    public var identity: AppIdentity {
        AppIdentity(
            id: id,
            consumers: source?.consumers ?? consumers,
            isBlocked: blockedAt != nil,
            isInstalled: isInstalled
        )
    }

    /// The documents that are merged: its own, with the global settings of the app that it was installed from.
    public var mergedComponents: AppComponents {
        var merged = components
        if let source { merged.globalOAuth = source.globalOAuth }
        return merged
    }
}
