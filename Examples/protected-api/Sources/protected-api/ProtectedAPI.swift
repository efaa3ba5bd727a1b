import Foundation
import Hummingbird
import SignetVerifier
import SignetVerifierHummingbird

/// A small API that answers only to tokens of one issuer that carry the scope `api`.
///
/// Usage: `ISSUER=http://localhost:8080 PORT=9090 protected-api`
@main
struct ProtectedAPI {
    /// The context of a request; the middleware puts the token into it.
    struct Context: TokenRequestContext {
        var coreContext: CoreRequestContextStorage
        var token: VerifiedToken?

        init(source: ApplicationRequestContextSource) {
            coreContext = .init(source: source)
        }
    }

    static func main() async throws {
        let environment = ProcessInfo.processInfo.environment
        let issuer = environment["ISSUER"] ?? "http://localhost:8080"
        let now: @Sendable () -> Timestamp = { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) }
        let keys = RemoteKeySet(issuer: issuer, fetcher: HTTPDocumentFetcher(), clock: now)
        let configuration = VerifierConfiguration(
            issuer: issuer,
            audiences: [issuer],
            requiredScopes: try ScopeSet(parsing: "api")
        )

        let router = Router(context: Context.self)
        router.add(
            middleware: BearerTokenMiddleware(
                verifier: OnlineTokenVerifier(configuration: configuration, keys: keys),
                realm: "protected-api",
                clock: now
            )
        )
        router.group(context: VerifiedRequestContext<Context>.self).get("/orders") { _, context in
            guard case .user(let user) = context.token.subject else { throw HTTPError(.forbidden) }
            return "the orders of \(user)\n"
        }

        var application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: Int(environment["PORT"] ?? "") ?? 9_090))
        )
        application.addServices(keys)
        try await application.runService()
    }
}
