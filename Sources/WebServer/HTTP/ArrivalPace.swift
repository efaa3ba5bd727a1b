import NIOCore
import NIOHTTPTypes

/// Ends a connection, or a stream of HTTP/2, whose request comes more slowly than ``ConnectionLimits`` allow: counted in bytes of the
/// body, since nothing else brings a request nearer to its end.
///
/// ``ConnectionGuard`` sees a whole connection, which other requests keep alive.
final class ArrivalPace: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private let limits: ConnectionLimits
    private var start = NIODeadline.uptimeNanoseconds(0)
    private var received = 0

    init(limits: ConnectionLimits) {
        self.limits = limits
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            start = context.eventLoop.now
            received = 0
        case .body(let part):
            received += part.readableBytes
        case .end:
            break
        }
        guard context.eventLoop.now <= start + limits.patience(received: received) else {
            context.close(promise: nil)
            return
        }
        context.fireChannelRead(data)
    }
}
