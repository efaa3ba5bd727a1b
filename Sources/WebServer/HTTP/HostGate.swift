import AuthorizationServer
import ClientApps
import HTTPTypes
import Hummingbird
import OAuthTypes
import Orgs
import Storage

/// Finds the org of a request by its host, and its source, reads the clock, and refuses hosts that are not ours (security: row 12).
///
/// Hosts are configuration, in memory; a `Host` header only chooses among them. A loopback issuer answers to all names of this machine
/// at its port.
struct HostGate: RouterMiddleware {
    typealias Context = SignetRequestContext

    let directory: Directory
    let clock: WallClock
    let proxies: TrustedProxies

    func handle(
        _ request: Request,
        context: SignetRequestContext,
        next: @concurrent (Request, SignetRequestContext) async throws -> Response
    ) async throws -> Response {
        var (request, context) = (request, context)
        // What a client holds back is waited for before the clock is read, so that nobody chooses when a request counts.
        if !LargeBody.isTaken(at: request.uri.path) { try await FormBody.collect(&request) }
        context.clock = clock
        context.now = clock.now
        context.source = proxies.source(peer: context.source, headers: request.headers)
        guard !Self.isForEveryHost(request.uri.path) else {
            return try await next(request, context)
        }
        // One host, said once (RFC 9112 section 3.2): the framework keeps a second Host header among the others.
        guard request.headers[.host] == nil, !request.uri.path.contains("//") else {
            return ErrorResponses.rest(
                .invalidRequest,
                "The request must have one Host header and no empty segment in its path.",
                status: .badRequest
            )
        }
        // Where the target itself names a host, that one counts.
        let target = request.uri.host.map { host in request.uri.port.map { "\(host):\($0)" } ?? host }
        let named = [target, request.head.authority].compactMap { $0 }
        let table = try await directory.orgTable()
        guard let first = named.first, let site = table.site(Authority(first)),
            named.dropFirst().allSatisfy({ table.site(Authority($0)).map(site.isSame) ?? false })
        else {
            return RequestProblem.misdirected.response(to: request, context)
        }
        context.site = site
        return try await next(request, context)
    }
}

extension HostGate {
    /// Probes name no org, and the page that says so to a browser needs its style.
    fileprivate static func isForEveryHost(_ path: String) -> Bool {
        path == "/livez" || path == "/readyz" || path == Stylesheet.path || path == Icon.path
    }
}
