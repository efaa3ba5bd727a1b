import ClientApps
import OAuthTypes
import Orgs

/// How apps are put together of what several tables have of them.
extension AppRecords {
    /// The columns of an app by which ``stored(_:on:)`` puts it together, in the table `apps`.
    static let columns: StaticString = """
        id, org_id, developer_name, created_at, updated_at, not_before, kind, is_installed, blocked_at, \
        source_app_id, (SELECT COUNT(*) FROM installed_packages i WHERE i.app_id = apps.id), has_standard_answers
        """

    /// The apps of some rows, in their order. However many they are, their documents and their consumers take one statement each.
    static func stored(_ rows: [Row], on connection: any Connection) throws -> [Stored] {
        let headers = try rows.map(Header.init)
        let parts = try Parts(of: headers.map(\.id) + headers.compactMap(\.source), on: connection)
        return try headers.map { header in
            Stored(
                id: header.id,
                org: header.org,
                components: try components(parts.documents[header.id] ?? [], named: header.name),
                consumers: parts.consumers[header.id] ?? [],
                createdAt: header.createdAt,
                updatedAt: header.updatedAt,
                notBefore: header.notBefore,
                kind: header.kind,
                isInstalled: header.isInstalled,
                blockedAt: header.blockedAt,
                source: try header.source.map { try source($0, of: parts) },
                isFromPackage: header.isFromPackage,
                hasStandardAnswers: header.hasStandardAnswers
            )
        }
    }

    /// The row of an app.
    private struct Header {
        let id: AppID
        let org: OrgID
        let name: String
        let createdAt: Timestamp
        let updatedAt: Timestamp
        let notBefore: Timestamp
        let kind: AppKind
        let isInstalled: Bool
        let blockedAt: Timestamp?
        let source: AppID?
        let isFromPackage: Bool
        let hasStandardAnswers: Bool

        init(_ row: Row) throws {
            var row = row
            (id, org, name) = (try row.id(), try row.id(), try row.text())
            (createdAt, updatedAt, notBefore) = (try row.time(), try row.time(), try row.time())
            (kind, isInstalled, blockedAt) = (try row.word(), try row.bool(), try row.optionalTime())
            (source, isFromPackage, hasStandardAnswers) = (try row.optionalID(), try row.bool(), try row.bool())
        }
    }

    /// The documents and consumers of some apps.
    private struct Parts {
        private(set) var documents: [AppID: [Row]] = [:]
        private(set) var consumers: [AppID: [Consumer]] = [:]

        init(of apps: [AppID], on connection: any Connection) throws {
            let apps = Set(apps).sorted { $0.rawValue < $1.rawValue }
            for var row in try connection.rows(
                about: apps,
                {
                    "SELECT app_id, kind, full_name, document FROM app_components WHERE app_id IN (\(list: $0)) ORDER BY app_id, kind"
                }
            ) {
                documents[try row.id(), default: []].append(row)
            }
            for var row in try connection.rows(
                about: apps,
                {
                    """
                    SELECT \(raw: Credentials.consumerColumns), app_id FROM consumers WHERE app_id IN (\(list: $0))
                    ORDER BY app_id, state, created_at
                    """
                }
            ) {
                let consumer = try Credentials.consumer(&row)
                consumers[try row.id(), default: []].append(consumer)
            }
        }
    }

    private static func source(_ id: AppID, of parts: Parts) throws -> Source {
        let documents = try components(parts.documents[id] ?? [], named: "")
        return Source(
            id: id,
            globalOAuth: documents.globalOAuth,
            security: documents.plugins[.oauthSecuritySettings],
            consumers: parts.consumers[id] ?? []
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
}
