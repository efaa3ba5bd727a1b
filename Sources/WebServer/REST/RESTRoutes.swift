import AuthorizationServer
import ClientApps
import HTTPTypes
import Hummingbird
import Logging
import MetadataAPI
import OAuthTypes
import Orgs
import Storage

/// The versions of the REST API that clients find (facts: clients sections 1 and 2).
enum RESTVersion {
    /// Label and version, the newest last, as clients rely on.
    static let all: [(label: String, version: String)] = [
        ("Winter '24", "59.0"), ("Spring '24", "60.0"), ("Summer '24", "61.0"), ("Winter '25", "62.0"),
        ("Spring '25", "63.0"),
        ("Summer '25", "64.0"), ("Winter '26", "65.0"), ("Spring '26", "66.0"), ("Summer '26", "67.0"),
        ("Winter '27", "68.0"),
    ]

    static var latest: String { all.last?.version ?? "68.0" }

    /// Requires that a version has what came with a later one.
    ///
    /// - Throws: `NOT_FOUND`, as for a resource that there never was.
    static func require(_ version: String, since first: Int) throws(RESTRefusal) {
        guard let major = Int(version.prefix { $0 != "." }), major >= first else { throw .notFound }
    }
}

/// The few REST resources that clients probe first, guarded by both forms of token.
struct RESTRoutes: Sendable {
    /// Where the resources are that the original does not have.
    static let signet = "/services/data/{version}/signet"

    let server: AuthorizationServer
    /// Lets a few requests for records be answered at once.
    let reading: OrgGate

    /// What the resources of metadata ask.
    var metadata: MetadataService { MetadataService(database: server.database, masterKey: server.masterKey) }

    /// `GET /services/data`: the list of versions, open to all as the original's is.
    func versions(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        var body = JSONWriter(capacity: 1_024)
        body.array { array in
            for (label, version) in RESTVersion.all {
                array.object { json in
                    json.member("label", label)
                    json.member("url", "/services/data/v\(version)")
                    json.member("version", version)
                }
            }
        }
        return Responses.json(body.bytes)
    }

    /// `GET /services/data/vNN.0`: what there is.
    func resources(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await guarded(request, context) { live, version in
            let base = "/services/data/v\(version)"
            return Responses.json(
                JSONWriter.object { json in
                    json.member("limits", "\(base)/limits")
                    json.member("query", "\(base)/query")
                    json.member("sobjects", "\(base)/sobjects")
                    json.member("signet", "\(base)/signet")
                    json.member(
                        "identity",
                        UserInfo.identityURL(of: live.account.user, org: live.org.org)
                    )
                }
            )
        }
    }

    /// `GET …/limits`.
    func limits(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await guarded(request, context) { _, _ in
            Responses.json(
                JSONWriter.object { json in
                    json.object("DailyApiRequests") { limit in
                        limit.member("Max", 5_000_000)
                        limit.member("Remaining", 5_000_000)
                    }
                }
            )
        }
    }

    /// Who asks, and the org that they are of.
    struct Live: Sendable {
        let account: AccountRecord
        /// The token that was shown; `nil` for a session that began with a password.
        let token: TokenLiveness.LiveToken?
        let org: OrgState
    }

    /// Answers a request with a live token that has the scope of the resource or one that includes it, or a session of an API, at a version
    /// that exists. What only reads waits for its turn.
    ///
    /// - Parameter waitsForWriters: whether the resource may write though it is asked by `GET`, such as that somebody saw a secret: what waits
    ///   for others' changes takes no turn from what reads.
    func guarded(
        _ request: Request,
        _ context: SignetRequestContext,
        for scope: Scope = .api,
        waitsForWriters: Bool = false,
        _ answer: (Live, String) async throws -> Response
    ) async throws -> Response {
        let org = try context.requireOrg()
        guard let token = AuthorizationHeader.bearer(request) else {
            return unauthorized(
                .invalidAuthHeader,
                "No token was sent; send Authorization: Bearer with an access token.",
                org
            )
        }
        let live: Live
        do {
            live = try await APICallers(server: server).live(token, org, context, for: scope)
        } catch {
            switch error {
            case .dead: return unauthorized(.invalidSessionID, "Session expired or invalid", org)
            case .lacksScope:
                return ErrorResponses.rest(.insufficientAccess, APICallers.lacksScopeText(scope), status: .forbidden)
            case .disabledForOrg:
                return ErrorResponses.rest(
                    .apiDisabledForOrg,
                    APICallers.disabledForOrgText,
                    status: .forbidden
                )
            case .failed(let error): throw error
            }
        }
        let version = String(
            context.parameters.get("version").map { $0.hasPrefix("v") ? $0.dropFirst() : $0[...] } ?? ""
        )
        guard RESTVersion.all.contains(where: { $0.version == version }) else {
            return ErrorResponses.rest(.notFound, "The requested resource does not exist", status: .notFound)
        }
        var response: Response
        do {
            response =
                if request.method == .get && !waitsForWriters {
                    try await reading.run(org.org.id, isOnlyOrg: try await server.hasOneOrg) {
                        try await answer(live, version)
                    }
                } else {
                    try await answer(live, version)
                }
        } catch let refusal as RESTRefusal {
            response = refusal.response
        } catch let busy as OrgGate.Busy {
            response = ErrorResponses.rest(.serverUnavailable, busy.text, status: .serviceUnavailable)
        } catch let missing as MissingPermission {
            response = ErrorResponses.rest(.insufficientAccess, missing.description, status: .forbidden)
        }
        if let name = HTTPField.Name("Sforce-Limit-Info") { response.headers[name] = "api-usage=1/5000000" }
        return response
    }

    private func unauthorized(_ code: StatusCode, _ message: String, _ org: OrgState) -> Response {
        var response = ErrorResponses.rest(code, message, status: .unauthorized)
        response.headers[.wwwAuthenticate] = "Bearer realm=\"\(org.org.issuer)\", error=\"invalid_token\""
        return response
    }
}
