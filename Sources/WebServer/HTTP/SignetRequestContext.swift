import AuthorizationServer
public import Hummingbird
import Logging
import NIOCore
public import OAuthTypes
public import Orgs
public import Storage

/// What is known of every request: the framework's part, where it came from, and when it arrived.
public struct SignetRequestContext: RequestContext {
    /// What the framework keeps of a request.
    public var coreContext: CoreRequestContextStorage
    /// Where the request came from: the address of the peer, or what a proxy says that the operator listed.
    public var source: IPAddress?
    /// The org that the host of the request names; set once by ``HostGate``.
    public var org: OrgState?
    /// The time of the request, read once.
    public var now: Timestamp

    /// The context of a request that has just arrived; org and time are set by the middleware.
    public init(source: ApplicationRequestContextSource) {
        self.coreContext = .init(source: source)
        self.source = source.channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
        self.org = nil
        self.now = Timestamp(milliseconds: 0)
    }
}

extension SignetRequestContext {
    /// Notes why this request is refused: the code, and the detail that only the operator reads.
    func note(_ refusal: OAuthError) {
        var metadata: Logger.Metadata = ["code": .string(refusal.code.rawValue)]
        if let detail = refusal.detail { metadata["detail"] = .string(detail) }
        logger.info("refused", metadata: metadata)
    }

    /// Notes that a new authorization put an end to the oldest one of the same user and app, whose client will be told nothing else.
    func noteEnded(_ authorization: AuthorizationID) {
        logger.info(
            "authorization ended",
            metadata: ["why": "limit of one user and app", "authorization": .string(authorization.rawValue)]
        )
    }

    /// Notes why a presented token does not do.
    func note(_ death: TokenLiveness.Death) {
        logger.info("token refused", metadata: ["why": .string(death.rawValue)])
    }

    /// Notes why somebody could not sign in, and from where, so that an operator can see guessing and act on the address.
    func note(_ refusal: SignInRefusal) {
        var metadata: Logger.Metadata = [
            "why": .string(refusal.reason.rawValue), "source": .string(source?.description ?? "unknown"),
        ]
        if let user = refusal.user { metadata["user"] = .string(user.rawValue) }
        logger.notice("sign-in refused", metadata: metadata)
    }
}
