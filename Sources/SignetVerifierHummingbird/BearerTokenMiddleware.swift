import HTTPTypes
public import Hummingbird
import Logging
import NIOCore
public import OAuthTypes
public import SignetVerifier

/// A context that can carry the token of a request.
public protocol TokenRequestContext: RequestContext {
    /// The verified token; set by ``BearerTokenMiddleware`` before any handler behind it runs.
    var token: VerifiedToken? { get set }
}

/// Lets only requests through that have a token which verifies, and answers the others with a challenge (RFC 6750).
public struct BearerTokenMiddleware<Context: TokenRequestContext>: RouterMiddleware {
    private let realm: String
    private let verify: @Sendable (String) async throws(TokenRefusal) -> VerifiedToken

    /// A middleware that verifies with the keys of an issuer.
    ///
    /// - Parameters:
    ///   - realm: what the challenge calls this service.
    ///   - clock: the time to verify for.
    public init(verifier: OnlineTokenVerifier, realm: String, clock: @escaping @Sendable () -> Timestamp) {
        self.realm = realm
        self.verify = { (token) throws(TokenRefusal) in try await verifier.verify(token, at: clock()) }
    }

    /// A middleware that verifies offline, with keys at hand.
    public init(verifier: TokenVerifier, realm: String, clock: @escaping @Sendable () -> Timestamp) {
        self.realm = realm
        self.verify = { (token) throws(TokenRefusal) in try verifier.verify(token, at: clock()) }
    }

    public func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let token = Self.token(request) else { return refuse(BearerChallenge(realm: realm)) }
        var context = context
        do {
            context.token = try await verify(token)
        } catch {
            context.logger.debug("token refused", metadata: ["reason": "\(error)"])
            return refuse(BearerChallenge(realm: realm, refusal: error))
        }
        return try await next(request, context)
    }

    private static func token(_ request: Request) -> String? {
        guard let header = request.headers[.authorization], let space = header.firstIndex(of: " "),
            header[..<space].lowercased() == "bearer"
        else { return nil }
        let token = header[space...].drop { $0 == " " }
        return token.isEmpty ? nil : String(token)
    }

    private func refuse(_ challenge: BearerChallenge) -> Response {
        Response(
            status: .init(code: challenge.status),
            headers: [.wwwAuthenticate: challenge.description, .cacheControl: "no-store"]
        )
    }
}
