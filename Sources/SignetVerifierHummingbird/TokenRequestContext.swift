public import Hummingbird
public import SignetVerifier

/// A context that can carry the token of a request.
public protocol TokenRequestContext: RequestContext {
    /// The verified token; set by ``BearerTokenMiddleware`` before any handler behind it runs.
    var token: VerifiedToken? { get set }
}

/// The context of handlers behind ``BearerTokenMiddleware``: its token is there, and no handler has to ask.
///
/// ```swift
/// router.add(middleware: BearerTokenMiddleware(verifier: verifier, realm: "orders", clock: now))
/// router.group(context: VerifiedRequestContext<Context>.self).get("/orders") { _, context in
///     "the orders of \(context.token.subject)"
/// }
/// ```
public struct VerifiedRequestContext<ParentContext: TokenRequestContext>: ChildRequestContext {
    /// What Hummingbird keeps with a request.
    public var coreContext: CoreRequestContextStorage
    /// The context that the middleware filled.
    public let parent: ParentContext
    /// The verified token of the request.
    public let token: VerifiedToken

    /// Takes the token of a context.
    ///
    /// - Throws: a status 500 if there is none: the route does not stand behind the middleware, which is no fault of the client.
    public init(context: ParentContext) throws {
        guard let token = context.token else { throw HTTPError(.internalServerError) }
        self.coreContext = context.coreContext
        self.parent = context
        self.token = token
    }

    /// The largest body that is read, in bytes: the parent's.
    public var maxUploadSize: Int { parent.maxUploadSize }
}
