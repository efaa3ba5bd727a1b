public import ClientApps
public import OAuthTypes
public import Orgs

/// What is read of apps.
extension AppRecords {
    /// The apps of an org by developer name.
    public static func all(org: OrgID, on connection: any Connection) throws -> [Stored] {
        try read("SELECT \(raw: columns) FROM apps WHERE org_id = \(org) ORDER BY name_key", on: connection)
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
        return try read(
            """
            SELECT \(raw: columns) FROM apps WHERE org_id = \(org) AND (kind = \(asked[0]) OR kind = \(asked[1]))
            ORDER BY name_key LIMIT \(limit) OFFSET \(offset)
            """,
            on: connection
        )
    }

    /// Some external client apps of an org that have a consumer, by developer name.
    public static func withConsumer(
        org: OrgID,
        offset: Int,
        limit: Int,
        on connection: any Connection
    ) throws -> [Stored] {
        try read(
            """
            SELECT \(raw: columns) FROM apps
            WHERE org_id = \(org) AND kind = \(AppKind.externalClientApp.rawValue)
                AND EXISTS (SELECT 1 FROM consumers c WHERE c.app_id = apps.id OR c.app_id = apps.source_app_id)
            ORDER BY name_key LIMIT \(limit) OFFSET \(offset)
            """,
            on: connection
        )
    }

    /// The app of an org with this developer name, whatever its case.
    public static func find(developerName: String, org: OrgID, on connection: any Connection) throws -> Stored? {
        try read(
            "SELECT \(raw: columns) FROM apps WHERE org_id = \(org) AND name_key = \(AppComponents.comparable(name: developerName))",
            on: connection
        ).first
    }

    /// The app of an org that has a document of a type and full name, in which upper and lower case are one.
    public static func find(
        with type: MetadataType,
        named fullName: String,
        org: OrgID,
        on connection: any Connection
    ) throws -> Stored? {
        try read(
            """
            SELECT \(raw: columns) FROM apps WHERE org_id = \(org) AND id IN (
                SELECT c.app_id FROM app_components c JOIN apps a ON a.id = c.app_id
                WHERE a.org_id = \(org) AND c.kind = \(type.rawValue) AND (c.full_name = \(fullName)
                    OR LOWER(c.full_name) = \(AppComponents.comparable(name: fullName))))
            ORDER BY name_key LIMIT 1
            """,
            on: connection
        ).first
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
        try read("SELECT \(raw: columns) FROM apps WHERE id = \(id)", on: connection).first
    }

    /// The apps with these ids.
    public static func all(_ ids: Set<AppID>, on connection: any Connection) throws -> [AppID: Stored] {
        let rows = try connection.rows(about: Array(ids)) {
            "SELECT \(raw: columns) FROM apps WHERE id IN (\(list: $0))"
        }
        return try stored(rows, on: connection).reduce(into: [:]) { apps, app in apps[app.id] = app }
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

    private static func read(_ statement: SQL, on connection: any Connection) throws -> [Stored] {
        try stored(try connection.rows(statement), on: connection)
    }
}
