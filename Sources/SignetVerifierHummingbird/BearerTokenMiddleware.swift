import HTTPTypes
public import Hummingbird
import Logging
import NIOCore
public import OAuthTypes
public import SignetVerifier

/// Lets only requests through that have a token which verifies, and answers the others with a challenge (RFC 6750).
///
/// The token is looked for in the `Authorization` header alone: one in a body or a URL is as good as none (RFC 9700 section 4.3.2).
public struct BearerTokenMiddleware<Context: TokenRequestContext>: RouterMiddleware {
    private let realm: String
    private let verify: @Sendable (String) async throws(TokenRefusal) -> VerifiedToken

    /// A middleware that verifies with the keys of an issuer.
    ///
    /// - Parameters:
    ///   - verifier: what is accepted, and the keys.
    ///   - realm: what the challenge calls this service.
    ///   - clock: the time to verify for, read once for each request.
    public init(verifier: OnlineTokenVerifier, realm: String, clock: @escaping @Sendable () -> Timestamp) {
        self.realm = realm
        self.verify = { (token) throws(TokenRefusal) in try await verifier.verify(token, at: clock()) }
    }

    /// A middleware that verifies offline, with keys at hand.
    ///
    /// - Parameters:
    ///   - verifier: what is accepted, and the keys.
    ///   - realm: what the challenge calls this service.
    ///   - clock: the time to verify for, read once for each request.
    public init(verifier: TokenVerifier, realm: String, clock: @escaping @Sendable () -> Timestamp) {
        self.realm = realm
        self.verify = { (token) throws(TokenRefusal) in try verifier.verify(token, at: clock()) }
    }

    /// Verifies the token and passes the request on with it, or answers with a challenge.
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
            // The word alone: a description can repeat what the token brought along.
            context.logger.debug("token refused", metadata: ["reason": "\(error.code)"])
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
