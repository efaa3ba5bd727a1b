import NIOCore
import NIOHTTPTypes

/// Holds back what a client sends ahead (RFC 9112 section 9.3.2) until the request before it is answered.
///
/// So each answer goes through the event loop, and a connection with hundreds of requests in its buffer takes its turn like
/// the others; meanwhile nothing more is read from it.
final class OneRequestAtATime: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private enum Held {
        case part(NIOAny)
        case event(Any)
    }

    /// Whether a whole request was handed on and is not answered yet.
    private var isBusy = false
    private var held = CircularBuffer<Held>()
    private var isReadWanted = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard held.isEmpty, !isBusy else { return held.append(.part(data)) }
        handOn(data, context)
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // The end of the input comes behind what was sent before it.
        guard held.isEmpty else { return held.append(.event(event)) }
        context.fireUserInboundEventTriggered(event)
    }

    func read(context: ChannelHandlerContext) {
        if held.isEmpty { context.read() } else { isReadWanted = true }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .end = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
        context.write(data, promise: promise)
        isBusy = false
        if !held.isEmpty { release(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        held.removeAll()
    }

    private func release(_ context: ChannelHandlerContext) {
        while let next = held.first {
            switch next {
            case .part(let data):
                guard !isBusy else { return context.fireChannelReadComplete() }
                held.removeFirst()
                handOn(data, context)
            case .event(let event):
                held.removeFirst()
                context.fireUserInboundEventTriggered(event)
            }
        }
        context.fireChannelReadComplete()
        if isReadWanted {
            isReadWanted = false
            context.read()
        }
    }

    private func handOn(_ data: NIOAny, _ context: ChannelHandlerContext) {
        if case .end = unwrapInboundIn(data) { isBusy = true }
        context.fireChannelRead(data)
    }
}
