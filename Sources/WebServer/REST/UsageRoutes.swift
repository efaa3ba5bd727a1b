import AuthorizationServer
import ClientApps
import HTTPTypes
import Hummingbird
import OAuthTypes
import Orgs
import Storage

/// The Connect REST resources of what users have of external client apps (facts: app-model 7.4).
struct UsageRoutes: Sendable {
    let rest: RESTRoutes

    static let base = "/services/data/{version}/apps/oauth/usage"

    /// `GET …/usage`: the apps that have a consumer.
    func apps(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await answered(request, context) { call in
            let page = try RESTPage(request)
            let org = call.live.org.org
            let apps = try await database.read {
                try AppRecords.withConsumer(org: org.id, offset: page.offset, limit: page.size, on: $0)
            }
            return Responses.json(
                JSONWriter.object { json in
                    json.array("apps") { array in
                        for app in apps { array.object { $0.write(app, edition: org.edition, path: call.path) } }
                    }
                    page.write(path: call.path, into: &json)
                }
            )
        }
    }

    /// `GET …/usage/{app}/users`.
    func users(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await answered(request, context) { call in
            let page = try RESTPage(request)
            let app = try await app(call, context)
            let users = try await database.read {
                try Authorizations.usage(app: app.id, offset: page.offset, limit: page.size, on: $0)
            }
            let path = "\(call.path)/\(app.id.rawValue)"
            return Responses.json(
                JSONWriter.object { json in
                    page.write(path: "\(path)/users", into: &json)
                    json.array("users") { array in
                        for user in users { array.object { $0.write(user, path: path) } }
                    }
                }
            )
        }
    }

    /// `GET` and `DELETE …/usage/{app}/{user}/tokens`.
    func userTokens(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await answered(request, context) { call in
            let app = try await app(call, context)
            guard let id = UserID(context.parameters.get("user") ?? ""),
                let account = try await rest.server.directory.account(id), account.user.org == app.org
            else { throw RESTRefusal.notFound }
            if request.method == .delete {
                try await rest.server.appUsage.end(app: app, user: id, by: call.actor, now: context.now)
                return Responses.empty(.noContent)
            }
            let edition = call.live.org.org.edition
            let live = try await database.read {
                try Authorizations.withRefreshToken(app: app.id, user: id, limit: RESTPage.largestSize, on: $0)
            }
            return Responses.json(
                JSONWriter.object { json in
                    json.array("tokens") { array in
                        for record in live {
                            array.object { json in
                                json.member("accessTokenFormat", app.accessTokenFormat(in: edition))
                                json.write(record, of: app, username: account.user.username, call.path)
                            }
                        }
                    }
                }
            )
        }
    }

    /// `DELETE …/usage/{app}/tokens`.
    func appTokens(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await answered(request, context) { call in
            let app = try await app(call, context)
            try await rest.server.appUsage.end(app: app, by: call.actor, now: context.now)
            return Responses.empty(.noContent)
        }
    }

    /// `DELETE …/usage/tokens/{token}`.
    func token(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await answered(request, context) { call in
            guard let id = AuthorizationID(context.parameters.get("token") ?? "") else { throw RESTRefusal.notFound }
            let org = call.live.org.org.id
            guard try await rest.server.appUsage.end(id, org: org, by: call.actor, now: context.now) else {
                throw RESTRefusal.notFound
            }
            return Responses.empty(.noContent)
        }
    }

    // MARK: A call

    private var database: any Database { rest.server.database }

    /// A call whose caller may see and end what users have.
    private struct Call: Sendable {
        let live: RESTRoutes.Live
        let version: String
        let actor: AuditActor

        var path: String { "/services/data/v\(version)/apps/oauth/usage" }
    }

    private func answered(
        _ request: Request,
        _ context: SignetRequestContext,
        _ answer: (Call) async throws -> Response
    ) async throws -> Response {
        try await rest.guarded(request, context, for: .chatter) { live, version in
            try RESTVersion.require(version, since: 59)
            try Action.manageExternalClientAppUsage.require(live.account.permissions)
            return try await answer(Call(live: live, version: version, actor: context.actor(live.account)))
        }
    }

    private func app(_ call: Call, _ context: SignetRequestContext) async throws -> AppRecords.Stored {
        guard let id = AppID(context.parameters.get("app") ?? ""),
            let app = try await database.read({ try AppRecords.find(id: id, on: $0) }), app.org == call.live.org.org.id,
            app.kind == .externalClientApp
        else { throw RESTRefusal.notFound }
        return app
    }
}

extension AppRecords.Stored {
    /// The form of the access tokens that the app issues now in an org of an edition, in the words of these resources.
    fileprivate func accessTokenFormat(in edition: Edition) -> String {
        let isAsked = mergedComponents.globalOAuth?.record.isNamedUserJWTEnabled == true
        return isAsked && EditionFeature.externalClientAppJWT.editions.contains(edition) ? "JWT" : "Opaque"
    }
}

extension JSONWriter {
    /// Writes an App OAuth Usage.
    fileprivate mutating func write(_ app: AppRecords.Stored, edition: Edition, path: String) {
        member("accessTokenFormat", app.accessTokenFormat(in: edition))
        array("availableActions", of: ["RevokeTokens"])
        member("description", ifPresent: app.components.header?.description)
        member("developerName", app.components.developerName)
        member("identifier", app.id.rawValue)
        member("isFromPackage", app.isFromPackage)
        member("label", app.components.header?.label ?? app.components.developerName)
        member("usageDetailsUrl", "\(path)/\(app.id.rawValue)/users")
    }

    /// Writes an App OAuth Usage User, whose members no source names.
    fileprivate mutating func write(_ user: Authorizations.Usage, path: String) {
        member("initialConnectionAt", user.firstAt.restText)
        member("lastUsedAt", user.lastUsedAt.restText)
        member("tokenCount", user.count)
        member("tokensUrl", "\(path)/\(user.user.rawValue)/tokens")
        member("useCount", user.useCount)
        member("userIdentifier", user.user.rawValue)
        member("username", user.username)
    }

    /// Writes an App OAuth Usage Token, all but the format.
    fileprivate mutating func write(
        _ record: AuthorizationRecord,
        of app: AppRecords.Stored,
        username: String,
        _ path: String
    ) {
        member("appDeveloperName", app.components.developerName)
        member("appIdentifier", app.id.rawValue)
        member("initialConnectionAt", record.createdAt.restText)
        member("lastUsedAt", record.lastUsedAt.restText)
        member("revocationUrl", "\(path)/tokens/\(record.id.rawValue)")
        member("useCount", record.useCount)
        member("userIdentifier", record.user.rawValue)
        member("username", username)
    }
}
