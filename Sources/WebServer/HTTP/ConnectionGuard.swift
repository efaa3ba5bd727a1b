import HummingbirdCore
import Logging
import NIOCore
import OAuthTypes
import Orgs
import Synchronization

/// What connections may take from the server before they give it something to answer (security: rows 14 and 15).
struct ConnectionLimits: Sendable {
    /// How many connections there may be at once; further ones wait to be accepted.
    var connections: Int
    /// How long a connection may go on without anything being written to it: a handshake, a request and a pause between two
    /// requests must each fit.
    var silence = TimeAmount.seconds(60)
    /// A request that takes longer to arrive must come at this rate at least, in bytes for each second beyond ``silence``.
    var bytesPerSecond = 4_096
    /// How long a request may take to arrive at all.
    var longestRequest = TimeAmount.minutes(15)

    /// How long a new connection may take until it gives something to answer for the first time.
    var firstSilence = TimeAmount.seconds(15)
    /// The proxies that all users come through; they have no share.
    var proxies: [IPRange] = []

    /// How many connections one source may have: an eighth, so that it takes many sources to take them all.
    var perSource: Int { max(1, connections / 8) }

    /// How long a request may take of which so many bytes have come.
    func patience(received: Int) -> TimeAmount {
        min(silence + .seconds(Int64(received / bytesPerSecond)), longestRequest)
    }

    /// What counts as one source: an address, or the /64 of one of version 6, which is what one customer has at least
    /// (RFC 6177 section 2). `nil` for a proxy of ours.
    func source(of address: IPAddress) -> IPAddress? {
        if proxies.contains(where: { $0.contains(address) }) { return nil }
        return address.version == .v6 ? address.first(ofPrefix: 64) : address
    }
}

/// Another channel behind a ``ConnectionGuard``, which sees the bytes before TLS does.
struct GuardedChannel<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    let limits: ConnectionLimits
    let sources: ConnectionSources

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        let guarding = channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(ConnectionGuard(limits: limits, sources: sources))
        }
        return guarding.flatMap { base.setup(channel: channel, logger: logger) }
    }

    func handle(value: Base.Value, logger: Logger) async {
        await base.handle(value: value, logger: logger)
    }
}

/// How many connections each source has.
final class ConnectionSources: Sendable {
    private let counts = Mutex<[IPAddress: Int]>([:])

    /// Counts a connection in, if its source has fewer than a number.
    func enter(_ source: IPAddress, limit: Int) -> Bool {
        counts.withLock { counts in
            guard counts[source, default: 0] < limit else { return false }
            counts[source, default: 0] += 1
            return true
        }
    }

    /// Counts a connection out.
    func leave(_ source: IPAddress) {
        counts.withLock { counts in
            guard let count = counts[source] else { return }
            counts[source] = count > 1 ? count - 1 : nil
        }
    }
}

/// Closes connections that keep a place and give nothing to answer: silent ones, and those that trickle.
///
/// What counts is the time since something was last written to the peer, whatever arrived meanwhile, so that a byte now and then
/// gains nothing; only a request that comes at a fair rate gets longer.
final class ConnectionGuard: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private let limits: ConnectionLimits
    private let sources: ConnectionSources
    private var source: IPAddress?
    private var lastWrite = NIODeadline.uptimeNanoseconds(0)
    private var received = 0
    private var hasWritten = false
    private var check: Scheduled<Void>?

    init(limits: ConnectionLimits, sources: ConnectionSources) {
        self.limits = limits
        self.sources = sources
    }

    func handlerAdded(context: ChannelHandlerContext) {
        lastWrite = context.eventLoop.now
        if let address = context.remoteAddress?.ipAddress.flatMap({ IPAddress($0) }).flatMap(limits.source) {
            guard sources.enter(address, limit: limits.perSource) else {
                context.close(promise: nil)
                return
            }
            source = address
        }
        scheduleCheck(context, at: deadline)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += unwrapInboundIn(data).readableBytes
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        lastWrite = context.eventLoop.now
        received = 0
        hasWritten = true
        context.write(data, promise: promise)
    }

    private var deadline: NIODeadline {
        let patience = limits.patience(received: received)
        return lastWrite + (hasWritten ? patience : patience - limits.silence + limits.firstSilence)
    }

    private func scheduleCheck(_ context: ChannelHandlerContext, at time: NIODeadline) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        check = context.eventLoop.scheduleTask(deadline: time) {
            let (guarding, context) = bound.value
            guarding.closeOrWait(context)
        }
    }

    private func closeOrWait(_ context: ChannelHandlerContext) {
        let deadline = deadline
        if deadline <= context.eventLoop.now {
            context.close(promise: nil)
        } else {
            scheduleCheck(context, at: deadline)
        }
    }

    private func end() {
        check?.cancel()
        check = nil
        if let source { sources.leave(source) }
        source = nil
    }
}
