import NIOCore
import NIOHTTP1

/// Puts ``HTTP1Head`` where the framework offers no place, behind the decoder of HTTP/1.1, and ``HTTP2Head`` into a stream of HTTP/2,
/// which has no such decoder.
final class RequestHeadInstaller: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        do {
            if let decoder = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) {
                try pipeline.addHandler(HTTP1Head(), position: .after(decoder))
            } else {
                try pipeline.addHandler(HTTP2Head(), position: .after(self))
            }
        } catch {
            context.fireErrorCaught(error)
            context.close(promise: nil)
        }
    }
}
