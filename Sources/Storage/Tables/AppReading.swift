public import ClientApps
public import OAuthTypes
public import Orgs

/// What is read of apps.
extension AppRecords {
    /// The apps of an org by developer name.
    public static func all(org: OrgID, on connection: any Connection) throws -> [Stored] {
        let parts = try Parts(org: org, on: connection)
        return try connection.rows("SELECT \(raw: columns) FROM apps WHERE org_id = \(org) ORDER BY name_key")
            .map { try stored($0, of: parts, on: connection) }
    }

    /// The comparable developer names of the apps of an org.
    public static func names(org: OrgID, on connection: any Connection) throws -> Set<String> {
        Set(
            try connection.rows("SELECT name_key FROM apps WHERE org_id = \(org)").map { row in
                var row = row
                return try row.text()
            }
        )
    }

    /// Some apps of an org, of some kinds, by developer name.
    public static func page(
        org: OrgID,
        kinds: [AppKind],
        offset: Int,
        limit: Int,
        on connection: any Connection
    ) throws -> [Stored] {
        let asked = AppKind.allCases.map { kinds.contains($0) ? $0.rawValue : "" }
        return try connection.rows(
            """
            SELECT \(raw: columns) FROM apps WHERE org_id = \(org) AND (kind = \(asked[0]) OR kind = \(asked[1]))
            ORDER BY name_key LIMIT \(limit) OFFSET \(offset)
            """
        ).map { try stored($0, on: connection) }
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

    /// The apps of all orgs that have a document of a type.
    public static func having(_ type: MetadataType, on connection: any Connection) throws -> [AppID] {
        try connection.rows("SELECT app_id FROM app_components WHERE kind = \(type.rawValue) ORDER BY app_id").map {
            row in
            var row = row
            return try row.id()
        }
    }

    /// The developer name of another app of an org that has a document of a type and full name, in which upper and lower case are one.
    public static func otherApp(
        than id: AppID?,
        with type: MetadataType,
        named fullName: String,
        org: OrgID,
        on connection: any Connection
    ) throws -> String? {
        try connection.rows(
            """
            SELECT a.id, a.developer_name FROM app_components c JOIN apps a ON a.id = c.app_id
            WHERE c.kind = \(type.rawValue) AND LOWER(c.full_name) = LOWER(\(fullName)) AND a.org_id = \(org)
            """
        ).compactMap { row -> String? in
            var row = row
            let other: AppID = try row.id()
            return other == id ? nil : try row.text()
        }.first
    }

    /// The app with this id.
    public static func find(id: AppID, on connection: any Connection) throws -> Stored? {
        try connection.row("SELECT \(raw: columns) FROM apps WHERE id = \(id)").map { try stored($0, on: connection) }
    }

    /// The app that a consumer key belongs to, in whichever org it is.
    public static func find(consumerKey: String, on connection: any Connection) throws -> Stored? {
        guard var row = try connection.row("SELECT app_id FROM consumers WHERE consumer_key = \(consumerKey)") else {
            return nil
        }
        return try find(id: row.id(), on: connection)
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
        guard let app = try find(consumerKey: consumerKey, on: connection), app.kind == .externalClientApp,
            app.components.header?.distributionState == .packaged
        else { return nil }
        return app.components.header?.label ?? app.components.developerName
    }

    /// Whether an app has an id already.
    public static func isTaken(_ id: AppID, on connection: any Connection) throws -> Bool {
        try connection.row("SELECT 1 FROM apps WHERE id = \(id)") != nil
    }

    /// Whether a consumer key is in use, by an app of any org.
    public static func hasConsumer(key: String, on connection: any Connection) throws -> Bool {
        try connection.row("SELECT 1 FROM consumers WHERE consumer_key = \(key)") != nil
    }

    private static let columns: StaticString = """
        id, org_id, developer_name, created_at, updated_at, not_before, kind, is_installed, blocked_at, \
        source_app_id, (SELECT COUNT(*) FROM installed_packages i WHERE i.app_id = apps.id), has_standard_answers
        """

    /// The documents and consumers of the apps of an org, read at once: asking for those of each app takes a way to the database and back
    /// for each.
    private struct Parts {
        private(set) var documents: [AppID: [Row]] = [:]
        private(set) var consumers: [AppID: [Consumer]] = [:]

        init(org: OrgID, on connection: any Connection) throws {
            for var row in try connection.rows(
                """
                SELECT c.app_id, c.kind, c.full_name, c.document FROM app_components c JOIN apps a ON a.id = c.app_id
                WHERE a.org_id = \(org) ORDER BY c.app_id, c.kind
                """
            ) {
                documents[try row.id(), default: []].append(row)
            }
            for var row in try connection.rows(
                """
                SELECT \(raw: Credentials.consumerColumns), app_id FROM consumers
                WHERE app_id IN (SELECT id FROM apps WHERE org_id = \(org)) ORDER BY app_id, state, created_at
                """
            ) {
                let consumer = try Credentials.consumer(&row)
                consumers[try row.id(), default: []].append(consumer)
            }
        }
    }

    private static func stored(_ row: Row, of parts: Parts? = nil, on connection: any Connection) throws -> Stored {
        var row = row
        let id: AppID = try row.id()
        let org: OrgID = try row.id()
        let name = try row.text()
        return Stored(
            id: id,
            org: org,
            components: try parts.map { try components($0.documents[id] ?? [], named: name) }
                ?? components(of: id, named: name, on: connection),
            consumers: try parts.map { $0.consumers[id] ?? [] } ?? consumers(of: id, on: connection),
            createdAt: try row.time(),
            updatedAt: try row.time(),
            notBefore: try row.time(),
            kind: try row.word(),
            isInstalled: try row.bool(),
            blockedAt: try row.optionalTime(),
            source: try row.optionalID().map { try source($0, on: connection) },
            isFromPackage: try row.bool(),
            hasStandardAnswers: try row.bool()
        )
    }

    private static func source(_ id: AppID, on connection: any Connection) throws -> Source {
        let documents = try components(of: id, named: "", on: connection)
        return Source(
            id: id,
            globalOAuth: documents.globalOAuth,
            security: documents.plugins[.oauthSecuritySettings],
            consumers: try consumers(of: id, on: connection)
        )
    }

    private static func components(
        of id: AppID,
        named name: String,
        on connection: any Connection
    ) throws -> AppComponents {
        try components(
            try connection.rows(
                "SELECT kind, full_name, document FROM app_components WHERE app_id = \(id) ORDER BY kind"
            ),
            named: name
        )
    }

    private static func components(_ rows: [Row], named name: String) throws -> AppComponents {
        var components = AppComponents(developerName: name)
        for var row in rows {
            let component = try component(&row, of: name)
            guard components.add(component) else {
                throw Unreadable(app: name, reason: "it has two components of the type \(component.type.rawValue)")
            }
        }
        return components
    }

    /// A document of the columns kind, full name and document.
    static func component(_ row: inout Row, of app: String) throws -> MetadataComponent {
        let kind = try row.text()
        guard let type = MetadataType(rawValue: kind) else {
            throw Unreadable(app: app, reason: "it has a component of the unknown type \(kind)")
        }
        let (name, bytes) = (try row.text(), try row.blob())
        do {
            return try MetadataDocument.parse(type, fullName: name, bytes: bytes)
        } catch {
            // It was right when it was stored: who deploys something now has made no mistake.
            throw Unreadable(app: app, reason: "\(error)")
        }
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
