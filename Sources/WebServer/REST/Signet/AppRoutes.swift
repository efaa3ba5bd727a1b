import AuthorizationServer
import ClientApps
import Hummingbird
import MetadataAPI
import OAuthTypes
import Orgs
import Storage

/// Signet's own resources of apps: what `signet app list` and `show` say, over the network.
struct AppRoutes: Sendable {
    let rest: RESTRoutes

    static let base = RESTRoutes.signet + "/apps"

    /// `GET …/signet/apps`: the apps that the caller may see, each with what the caller may see of it.
    func apps(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await rest.guarded(request, context) { live, version in
            let page = try RESTPage(request)
            let permissions = live.account.permissions
            let listed = AppKind.allCases.filter { $0.listAction.requirement.missing(from: permissions) == nil }
            if listed.isEmpty { try Action.viewExternalClientApps.require(permissions) }
            let org = live.org.org
            let found = try await rest.server.database.read { connection in
                let apps = try AppRecords.page(
                    org: org.id,
                    kinds: listed,
                    offset: page.offset,
                    limit: page.size,
                    on: connection
                )
                return Array(zip(apps.map(\.kind), try AppFacts.all(apps, org: org, on: connection)))
            }
            return Responses.json(
                JSONWriter.object { json in
                    json.array("apps") { array in
                        for (kind, facts) in found {
                            let seesAll = kind.showAction.requirement.missing(from: permissions) == nil
                            array.object { seesAll ? facts.write(&$0) : facts.writeHeadline(&$0) }
                        }
                    }
                    page.write(path: "/services/data/v\(version)/signet/apps", into: &json)
                }
            )
        }
    }

    /// `GET …/signet/apps/{name}`: one app as the server reads it.
    func app(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await answered(request, context) { stored, connection in
            let facts = try AppFacts(stored, on: connection)
            return JSONWriter.object { facts.write(&$0) }
        }
    }

    /// `GET …/signet/apps/{name}/explanation`: who decided each value of an app, and who may change it.
    func explanation(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await answered(request, context) { stored, connection in
            let explanation = try AppRecords.explanation(stored, on: connection)
            return JSONWriter.object { ExplanationFacts.write(explanation, &$0) }
        }
    }

    private func answered(
        _ request: Request,
        _ context: SignetRequestContext,
        _ write: @escaping @Sendable (AppRecords.Stored, any Connection) throws -> [UInt8]
    ) async throws -> Response {
        try await rest.guarded(request, context) { live, _ in
            let (org, permissions) = (live.org.org.id, live.account.permissions)
            let name = context.parameters.get("name") ?? ""
            let body = try await rest.server.database.read { connection in
                guard let stored = try AppRecords.find(developerName: name, org: org, on: connection) else {
                    // Whoever may see no app is not told which there are.
                    try Action.administerExternalClientApp.require(permissions)
                    throw RESTRefusal.notFound
                }
                try stored.kind.showAction.require(permissions)
                return try write(stored, connection)
            }
            return Responses.json(body)
        }
    }
}

extension AppKind {
    /// What seeing an app of the kind in a list is (facts: app-model 4.2).
    fileprivate var listAction: Action { self == .externalClientApp ? .viewExternalClientApps : .developConnectedApp }
    /// What seeing its settings is.
    fileprivate var showAction: Action {
        self == .externalClientApp ? .administerExternalClientApp : .developConnectedApp
    }
}
