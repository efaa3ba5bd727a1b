import AuthorizationServer
import HTTPTypes
import Hummingbird
import OAuthTypes
import Storage

/// Finds the org of a request by its host and its source, reads the clock, and refuses hosts that are not ours (security: row 12).
///
/// The issuer is configuration; a `Host` header only chooses among what is configured. A loopback issuer answers to all names of
/// this machine at its port.
struct HostGate: RouterMiddleware {
    typealias Context = SignetRequestContext

    let directory: Directory
    let issuer: String
    let clock: WallClock
    let proxies: TrustedProxies

    func handle(
        _ request: Request,
        context: SignetRequestContext,
        next: @concurrent (Request, SignetRequestContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.now = clock.now
        context.source = proxies.source(peer: context.source, headers: request.headers)
        guard !Self.isForEveryHost(request.uri.path) else {
            return try await next(request, context)
        }
        // One host, said once (RFC 9112 section 3.2): the framework keeps a second Host header among the others.
        guard request.headers[.host] == nil, !request.uri.path.contains("//") else {
            return ErrorResponses.rest(
                "INVALID_REQUEST",
                "The request must have one Host header and no empty segment in its path.",
                status: .badRequest
            )
        }
        // Where the target itself names a host, that one counts.
        let target = request.uri.host.map { host in request.uri.port.map { "\(host):\($0)" } ?? host }
        let named = [target, request.head.authority].compactMap { $0 }
        guard !named.isEmpty, named.allSatisfy({ Authority($0).names(Authority(issuer: issuer)) }) else {
            return RequestProblem.misdirected.response(to: request, context)
        }
        guard let org = try await directory.org(issuer: issuer) else { return Responses.empty(.serviceUnavailable) }
        context.org = org
        return try await next(request, context)
    }
}

extension HostGate {
    /// Probes name no org, and the page that says so to a browser needs its style.
    fileprivate static func isForEveryHost(_ path: String) -> Bool {
        path == "/livez" || path == "/readyz" || path == Stylesheet.path || path == Icon.path
    }
}

/// A host with its port.
struct Authority: Hashable {
    let host: String
    let port: String?

    private static let loopbackNames: Set<String> = ["localhost", "127.0.0.1", "[::1]"]

    init(_ text: String) {
        let lowered = text.lowercased()
        let afterHost =
            lowered.hasPrefix("[") ? (lowered.firstIndex(of: "]") ?? lowered.startIndex) : lowered.startIndex
        if let colon = lowered[afterHost...].lastIndex(of: ":") {
            host = String(lowered[..<colon])
            port = String(lowered[lowered.index(after: colon)...])
        } else {
            host = lowered
            port = nil
        }
    }

    init(issuer: String) {
        let isSecure = issuer.hasPrefix("https://")
        let authority = Authority(String(issuer.drop { $0 != "/" }.dropFirst(2)))
        host = authority.host
        port = authority.port ?? (isSecure ? "443" : "80")
    }

    /// Whether this host names an issuer's: the same, or another name of this machine; a missing port is the scheme's own.
    func names(_ issuer: Authority) -> Bool {
        let isSameHost = host == issuer.host || Self.loopbackNames.isSuperset(of: [host, issuer.host])
        let isDefaultPort = issuer.port == "443" || issuer.port == "80"
        return isSameHost && (port == issuer.port || (port == nil && isDefaultPort))
    }
}
