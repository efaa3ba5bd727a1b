import AuthorizationServer
import HTTPTypes
import Hummingbird
import OAuthTypes
import Orgs
import Storage

/// The endpoints that clients call: HTTP in, typed request down, bytes out.
struct OAuthRoutes: Sendable {
    let server: AuthorizationServer

    /// `POST /services/oauth2/token`.
    func token(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        var usedBasic = false
        do {
            let basic = try AuthorizationHeader.basic(request)
            usedBasic = basic != nil
            let fields = try await FormBody.fields(of: request)
            let format = try AnswerFormat(fields, request)
            let parsed = try TokenEndpoint.Request(fields: fields, basic: basic, source: context.source)
            let org = try await context.org(of: server) { try await $0.org(of: parsed, now: context.now) }
            let answer = try await server.tokenEndpoint.answer(parsed, org: org, now: context.now)
            for authorization in answer.ended { context.noteEnded(authorization) }
            return try format.response(answer.body)
        } catch let error as OAuthError {
            context.note(error)
            return ErrorResponses.json(error, usedBasic: usedBasic || request.headers[.authorization] != nil)
        }
    }

    /// `POST /services/oauth2/introspect` (RFC 7662).
    func introspect(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        do {
            let basic = try AuthorizationHeader.basic(request)
            let fields = try await FormBody.fields(of: request)
            let org = try await context.org(of: server) { host in
                try await host.org(of: ClientCredentials(fields: fields, basic: basic), now: context.now)
            }
            let answer = try await server.introspectionEndpoint.answer(
                fields: fields,
                basic: basic,
                org: org,
                now: context.now
            )
            if let death = answer.death { context.note(death) }
            return Responses.json(answer.body)
        } catch let error as OAuthError {
            context.note(error)
            return ErrorResponses.json(error, usedBasic: request.headers[.authorization] != nil)
        }
    }

    /// `POST` and `GET /services/oauth2/revoke` (RFC 7009), with a callback for scripts as JSONP.
    func revoke(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        let fields = request.method == .get ? try FormBody.query(of: request) : try await FormBody.fields(of: request)
        let callback = request.method == .get ? try fields.value("callback") : nil
        do {
            let org = try await context.org(of: server) { host in
                guard let org = try await host.org(ofToken: try fields.required("token")) else {
                    throw RevocationEndpoint.nothingToRevoke
                }
                return org
            }
            try await server.revocationEndpoint.revoke(fields: fields, org: org, now: context.now)
            return try callback.map { name in try JSONP.answer(name, Array("{}".utf8)) } ?? Responses.empty(.ok)
        } catch let error as OAuthError {
            context.note(error)
            return try callback.map { name in
                try JSONP.answer(name, Array(#"{"error":"\#(error.code.rawValue)"}"#.utf8))
            }
                ?? ErrorResponses.json(error, usedBasic: false)
        }
    }

    /// `/.well-known/openid-configuration` and `/.well-known/oauth-authorization-server`.
    func discovery(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        if let loginOrigin = context.loginOrigin { return published(DiscoveryDocument.bytes(loginOrigin: loginOrigin)) }
        let org = try context.requireOrg().org
        return published(DiscoveryDocument.bytes(org, publicScopes: try await server.directory.publicScopes(org.id)))
    }

    /// `/.well-known/auth-configuration`.
    func authConfiguration(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        published(DiscoveryDocument.authConfiguration(try context.requireOrg().org))
    }

    /// `/id/keys` and `/services/oauth2/id/keys`.
    func keys(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        if let loginOrigin = context.loginOrigin {
            return published(try await server.loginHost(origin: loginOrigin).keys())
        }
        return published(try await server.directory.keyRing(try context.requireOrg().org).document)
    }

    /// A document that changes rarely: caches may keep it for five minutes, well below the announcement of a new key.
    private func published(_ body: [UInt8]) -> Response {
        var response = Responses.json(body)
        response.headers[.cacheControl] = "public, max-age=300"
        response.headers[.pragma] = nil
        return response
    }
}
