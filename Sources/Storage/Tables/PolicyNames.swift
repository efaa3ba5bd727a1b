import ClientApps
import OAuthTypes
import Orgs

/// What the names in the policies of some apps mean in their org, and what else of it decides about them: read at once for all.
struct PolicyNames {
    private let profiles: [String: ProfileID]
    private let permissionSets: [String: PermissionSetID]
    private let users: [String: UserID]
    private let customScopes: [OAuthCustomScope]
    private let isAPIAccessControlled: Bool

    init(of apps: [AppRecords.Stored], org: OrgID, on connection: any Connection) throws {
        let apps = apps.map(\.components)
        profiles = try Self.ids("profiles", named: apps.flatMap(\.namedProfiles), org, on: connection)
        permissionSets = try Self.ids(
            "permission_sets",
            named: apps.flatMap(\.namedPermissionSets),
            org,
            on: connection
        )
        users = try Users.ids(usernames: Set(apps.compactMap(\.namedRunAsUser)), org: org, on: connection)
        customScopes =
            apps.contains(where: \.mayHaveCustomScopes) ? try OrgDocuments.customScopes(org: org, on: connection) : []
        let hasConnectedApp = apps.contains { $0.kind == .connectedApp }
        isAPIAccessControlled =
            hasConnectedApp
            ? try OrgSettings.connectedApps(org: org, on: connection).enableAdminApprovedAppsOnly == true : false
    }

    /// What one of the apps names.
    func references(of app: AppComponents) -> AppReferences {
        let (profiles, permissionSets, users) = (profiles, permissionSets, users)
        return AppReferences(
            profile: { profiles[$0] },
            permissionSet: { permissionSets[$0] },
            user: { users[$0] },
            customScopes: app.mayHaveCustomScopes ? customScopes : [],
            isAPIAccessControlled: app.kind == .connectedApp && isAPIAccessControlled
        )
    }

    /// The ids of what a table has with a name or an id.
    private static func ids<Subject>(
        _ table: StaticString,
        named texts: [String],
        _ org: OrgID,
        on connection: any Connection
    ) throws -> [String: Identifier<Subject>] {
        let texts = Set(texts)
        var found: [String: Identifier<Subject>] = [:]
        let id = { (text: String) in Identifier<Subject>(text)?.rawValue ?? text }
        for var row in try connection.rows(
            about: texts.sorted(),
            {
                """
                SELECT id, name FROM \(raw: table)
                WHERE org_id = \(org) AND (name IN (\(list: $0)) OR id IN (\(list: $0.map(id))))
                """
            }
        ) {
            let (id, name): (Identifier<Subject>, String) = (try row.id(), try row.text())
            found[id.rawValue] = id
            found[name] = id
        }
        return texts.reduce(into: [:]) { ids, text in ids[text] = found[text] ?? found[id(text)] }
    }
}

extension AppComponents {
    /// The username of the user that client credentials act for.
    var namedRunAsUser: String? {
        kind == .connectedApp
            ? connectedApp?.oauthConfig?.oauthClientCredentialUser
            : oauthPolicies?.record.clientCredentialsFlowUser
    }

    /// Whether the scopes of the org have to be read: those of an external client app are named in it, those of a connected app name it.
    fileprivate var mayHaveCustomScopes: Bool {
        kind == .connectedApp || oauth?.record.commaSeparatedCustomScopes != nil
            || oauthPolicies?.record.commaSeparatedCustomScopes != nil
    }
}
