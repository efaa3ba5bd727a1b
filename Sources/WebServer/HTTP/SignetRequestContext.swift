public import Hummingbird
import NIOCore
public import OAuthTypes
public import Orgs
public import Storage

/// What is known of every request: the framework's part, where it came from, and when it arrived.
public struct SignetRequestContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// The address of the peer, if it has one.
    public let source: IPAddress?
    /// The org that the host of the request names; set once by ``HostGate``.
    public var org: OrgState?
    /// The time of the request, read once.
    public var now: Timestamp

    public init(source: ApplicationRequestContextSource) {
        self.coreContext = .init(source: source)
        self.source = source.channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
        self.org = nil
        self.now = Timestamp(milliseconds: 0)
    }
}
