import ClientApps
import OAuthTypes
import Orgs
import Storage

/// The custom scopes that an app's developer names, which travel with the app (facts: app-model 6.1, 8.5): an org that installs it gets those that
/// it has not.
enum PackagedScopes {
    /// The scopes of an org that an app names, without the apps of the org that they are assigned to.
    ///
    /// - Throws: ``PackageRefusal`` for a name that the org has no scope of.
    static func scopes(of app: AppComponents, org: OrgID, on connection: any Connection) throws -> [OAuthCustomScope] {
        let defined = try OrgDocuments.customScopes(org: org, on: connection)
        return try names(app).map { name in
            guard var scope = defined.first(where: { $0.developerName == name }) else {
                throw PackageRefusal.cannotBePackaged(
                    "'\(app.developerName)' cannot be packaged: it names the custom scope '\(name)', and the org has none; deploy the OauthCustomScope, or take it out of commaSeparatedCustomScopes"
                )
            }
            scope.assignedTo = []
            return scope
        }
    }

    /// Requires that scopes of a package are those that its app names, assigned to nobody, and keep the rules.
    ///
    /// - Throws: ``PackageRefusal``, or the `MetadataError` of a document.
    static func require(_ scopes: [OAuthCustomScope], of app: AppComponents) throws {
        let wanted = names(app)
        for scope in scopes {
            guard wanted.contains(scope.developerName), scope.assignedTo.isEmpty else {
                throw PackageRefusal.contents(
                    "the custom scope '\(scope.developerName)', which its app does not name or which is assigned"
                )
            }
            if let problem = OrgRules.problems(of: document(scope)).first { throw problem }
        }
        guard Set(scopes.map(\.developerName)).count == scopes.count else {
            throw PackageRefusal.contents("two documents of one custom scope")
        }
    }

    static func document(_ scope: OAuthCustomScope) -> MetadataComponent {
        MetadataComponent(fullName: scope.developerName, content: .customScope(scope))
    }

    private static func names(_ app: AppComponents) -> [String] {
        let names = (app.oauth?.record.commaSeparatedCustomScopes ?? "").split(separator: ",").map(\.trimmed)
        return names.reduce(into: []) { known, name in if !name.isEmpty, !known.contains(name) { known.append(name) } }
    }
}

extension PackageInstallation {
    /// Gives the org the custom scopes of a package that it has not.
    ///
    /// - Returns: what that changes, for who approves it.
    /// - Throws: ``PackageRefusal`` where the org says something else of a scope, which its users read when they are asked for consent; the
    ///   `MetadataError` of a scope that cannot be told from another.
    func addScopes(_ package: AppPackage, on connection: any Connection) throws -> [AppForecast.Difference] {
        var differences: [AppForecast.Difference] = []
        var taken = TakenScopes(org: org.id)
        for scope in package.customScopes {
            let name = scope.developerName
            if let present = try OrgDocuments.find(.customScope, named: name, org: org.id, on: connection),
                case .customScope(let own) = present.component.content
            {
                guard own.developerName == name, own.description == scope.description else {
                    throw PackageRefusal.cannotBeInstalled(
                        "the custom scope '\(own.developerName)' of this org is \"\(own.description)\", and in the package '\(name)' is \"\(scope.description)\"; deploy the OauthCustomScope with the description of the package first, or ask its maker for another scope"
                    )
                }
                continue
            }
            try taken.check(scope, named: name, on: connection)
            taken.take(scope, named: name)
            var randomness = SystemRandomNumberGenerator()
            try OrgDocuments.save(
                PackagedScopes.document(scope),
                id: OrgDocumentID.make(prefix: MetadataType.customScope.idPrefix, now: now, using: &randomness),
                org: org.id,
                by: actor,
                now: now,
                on: connection
            )
            differences.append(
                AppForecast.Difference(element: "OauthCustomScope.\(name)", before: "", after: scope.description)
            )
        }
        return differences
    }
}
