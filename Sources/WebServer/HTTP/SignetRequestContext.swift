public import AuthorizationServer
public import Hummingbird
import Logging
import NIOCore
public import OAuthTypes
public import Orgs
import Storage

/// What is known of every request: the framework's part, where it came from, and when it arrived.
public struct SignetRequestContext: RequestContext {
    /// What the framework keeps of a request.
    public var coreContext: CoreRequestContextStorage
    /// Where the request came from: the address of the peer, or what a proxy says that the operator listed.
    public var source: IPAddress?
    /// What the host of the request stands for; set once by ``HostGate``.
    public var site: OrgTable.Site?
    /// The time of the request, read once, when all of it has come.
    public var now: Timestamp
    /// The clock, for what comes with a body so large that it is read later: see ``LargeBody``.
    var clock: WallClock

    /// The context of a request that has just arrived; org and time are set by the middleware.
    public init(source: ApplicationRequestContextSource) {
        self.coreContext = .init(source: source)
        self.source = source.channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
        self.site = nil
        self.now = Timestamp(milliseconds: 0)
        self.clock = .system
    }
}

extension SignetRequestContext {
    /// The org whose own host the request came to.
    var org: Org? { site?.org }

    /// The origin of the login host, if the request came there.
    var loginOrigin: String? {
        guard case .loginHost(let origin)? = site else { return nil }
        return origin
    }

    /// The org of a request that is served at the host of an org alone.
    func requireOrg() throws(OAuthError) -> OrgState {
        guard case .myDomain(let org)? = site else {
            throw OAuthError(.serverError, "The request could not be answered.", detail: "no org was set")
        }
        return org
    }

    /// The org of a request: that of its host, else what the request itself names at the login host.
    ///
    /// - Throws: what the look-up at the login host throws.
    func org(of server: AuthorizationServer, atLoginHost find: (LoginHost) async throws -> OrgState) async throws
        -> OrgState
    {
        guard let loginOrigin else { return try requireOrg() }
        return try await find(server.loginHost(origin: loginOrigin))
    }

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

    /// Notes why a token opens no browser.
    func note(_ refusal: UIBridge.Refusal) {
        logger.info("token refused", metadata: ["why": .string(refusal.rawValue)])
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
