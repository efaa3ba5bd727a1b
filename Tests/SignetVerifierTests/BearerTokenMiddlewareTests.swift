import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import OAuthTypes
import SignetVerifier
import SignetVerifierHummingbird
import Synchronization
import Testing

@Suite("BearerTokenMiddleware")
struct BearerTokenMiddlewareTests {
    private struct Context: TokenRequestContext {
        var coreContext: CoreRequestContextStorage
        var token: VerifiedToken?

        init(source: ApplicationRequestContextSource) {
            coreContext = .init(source: source)
        }
    }

    /// Keeps what is logged.
    private final class Lines: Sendable {
        let lines = Mutex<[String]>([])
    }

    private struct Recorder: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.MetadataValue? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.lines.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") }
        }
    }

    private func router(scopes: String = "api") throws -> Router<Context> {
        let router = Router(context: Context.self)
        router.add(
            middleware: BearerTokenMiddleware(
                verifier: try TokenMother().verifier(scopes: scopes),
                realm: "orders",
                clock: { TokenMother.now }
            )
        )
        router.get("/optional") { _, context in "\(context.token?.clientID ?? "nobody")" }
        router.group(context: VerifiedRequestContext<Context>.self).get("/orders") { _, context in
            guard case .user(let user) = context.token.subject else { throw HTTPError(.forbidden) }
            return user
        }
        return router
    }

    private struct Answer: Equatable {
        let status: Int
        let challenge: String?
        let body: String
    }

    private func answer(
        _ authorization: String?,
        path: String = "/orders",
        scopes: String = "api",
        lines: Lines = Lines()
    ) async throws -> Answer {
        let logger = Logger(label: "test") { _ in Recorder(lines: lines) }
        return try await Application(router: router(scopes: scopes), logger: logger).test(.router) { client in
            let headers: HTTPFields = authorization.map { [.authorization: $0] } ?? [:]
            let response = try await client.executeRequest(uri: path, method: .get, headers: headers, body: nil)
            return Answer(
                status: response.status.code,
                challenge: response.headers[.wwwAuthenticate],
                body: String(buffer: response.body)
            )
        }
    }

    @Test("RFC 6750 section 2.1: a token that verifies reaches the handler, whose context has it")
    func valid() async throws {
        let token = try TokenMother().token()
        let user = Answer(status: 200, challenge: nil, body: "005SG000008eiAbYAI")
        for scheme in ["Bearer", "bearer", "BEARER"] { #expect(try await answer("\(scheme) \(token)") == user) }
        #expect(try await answer("Bearer \(token)", path: "/optional").body == "3MVG9abc")
    }

    @Test(
        "RFC 6750 section 3.1: a request without a bearer token gets 401 and a challenge without an error",
        arguments: [nil, "", "Bearer", "Bearer ", "Basic dTpw", "Bearertoken", "token"]
    )
    func missing(authorization: String?) async throws {
        let refused = Answer(status: 401, challenge: #"Bearer realm="orders""#, body: "")
        #expect(try await answer(authorization) == refused)
        #expect(try await answer(authorization, path: "/nothing").status == 401)
    }

    @Test("RFC 6750 section 3.1: an expired token gets 401 invalid_token")
    func expired() async throws {
        let token = try TokenMother().claim("exp", "\(TokenMother.now.seconds)").token()
        let challenge = #"Bearer realm="orders", error="invalid_token", error_description="the token has expired""#
        #expect(try await answer("Bearer \(token)") == Answer(status: 401, challenge: challenge, body: ""))
    }

    @Test("RFC 6750 section 3.1: a token without the scope gets 403 insufficient_scope, which names the scope")
    func scope() async throws {
        let token = try TokenMother().token()
        let challenge =
            #"Bearer realm="orders", error="insufficient_scope", "#
            + #"error_description="the token lacks the scope full", scope="full""#
        let refused = Answer(status: 403, challenge: challenge, body: "")
        #expect(try await answer("Bearer \(token)", scopes: "api full") == refused)
    }

    @Test("RFC 6750 section 2.1: what follows the scheme must be one token")
    func rest() async throws {
        let token = try TokenMother().token()
        for text in ["\(token) \(token)", "\(token),", "\(token)=", "x"] {
            let refused = try await answer("Bearer \(text)")
            #expect(refused.status == 401)
            #expect(refused.challenge?.contains(#"error="invalid_token""#) == true)
        }
    }

    @Test("RFC 9700 section 4.3.2: a token in the query is not looked at")
    func query() async throws {
        let token = try TokenMother().token()
        #expect(try await answer(nil, path: "/orders?access_token=\(token)").status == 401)
    }

    @Test("decision 8: the log has the reason as one word, and nothing that the token brought along")
    func log() async throws {
        let lines = Lines()
        let mother = try TokenMother()
        let claims = String(mother.claimsJSON.dropLast()) + #","evil":1,"evil":2}"#
        let token = try mother.token(claimsText: claims)
        #expect(try await answer("Bearer \(token)", lines: lines).status == 401)
        let written = lines.lines.withLock { $0 }
        #expect(written.contains { $0.contains("token refused") && $0.contains("duplicate_member") })
        #expect(!written.contains { $0.contains("evil") || $0.contains(token) })
    }

    @Test("decision 5: a route with VerifiedRequestContext that does not stand behind the middleware is closed")
    func withoutMiddleware() async throws {
        let router = Router(context: Context.self)
        router.group(context: VerifiedRequestContext<Context>.self).get("/orders") { _, context in
            "\(context.token.subject)"
        }
        try await Application(router: router, logger: Logger(label: "test") { _ in Recorder(lines: Lines()) })
            .test(.router) { client in
                let headers: HTTPFields = [.authorization: "Bearer \(try TokenMother().token())"]
                let response = try await client.executeRequest(
                    uri: "/orders",
                    method: .get,
                    headers: headers,
                    body: nil
                )
                #expect(response.status == .internalServerError)
            }
    }
}
