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

    /// Where the request is that was handed on last.
    private enum Stage {
        /// It is over: all of it came, and it was answered. Or there was none yet.
        case over
        case arriving
        /// All of it came, and it is not answered yet.
        case arrived
        /// It was answered, and the rest of it has yet to come.
        case answeredEarly
    }

    private var stage = Stage.over
    private var held = CircularBuffer<Held>()
    private var isReadWanted = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard held.isEmpty, stage != .arrived else { return held.append(.part(data)) }
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
        stage = stage == .arriving ? .answeredEarly : .over
        if !held.isEmpty { release(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        held.removeAll()
    }

    private func release(_ context: ChannelHandlerContext) {
        while let next = held.first {
            switch next {
            case .part(let data):
                guard stage != .arrived else { return context.fireChannelReadComplete() }
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
        switch unwrapInboundIn(data) {
        case .head: stage = .arriving
        case .end: stage = stage == .answeredEarly ? .over : .arrived
        case .body: break
        }
        context.fireChannelRead(data)
    }
}
