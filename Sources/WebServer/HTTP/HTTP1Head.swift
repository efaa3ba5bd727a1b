import NIOCore
import NIOHTTP1

/// What HTTP/1.1 asks of a server about the head of a request, and the framework leaves out.
///
/// The host in a target counts in place of the header's (RFC 9112 section 3.2.2): behind here only the path of the target is seen.
/// And who expects `100-continue` is told to go on (RFC 9110 section 10.1.1).
final class HTTP1Head: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Requests that were not answered to their end: between the parts of an answer no other may be written.
    private var unanswered = 0

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data) else {
            context.fireChannelRead(data)
            return
        }
        unanswered += 1
        head.takeAuthorityFromTarget()
        context.fireChannelRead(wrapInboundOut(.head(head)))
        guard unanswered == 1, head.expectsContinue else { return }
        let goOn = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(goOn)), promise: nil)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { unanswered -= 1 }
        context.write(data, promise: promise)
    }
}

extension HTTPRequestHead {
    /// Makes the host that a target names the one of the header; a target that is no path and names none gets no host of ours.
    /// A second header is left for the refusal of such requests.
    fileprivate mutating func takeAuthorityFromTarget() {
        guard !uri.hasPrefix("/"), uri != "*", headers["Host"].count == 1 else { return }
        let authority: Substring
        if method != .CONNECT, let scheme = uri.firstRange(of: "://") {
            authority = uri[scheme.upperBound...].prefix { !"/?#".contains($0) }
        } else {
            authority = uri[...]
        }
        headers.replaceOrAdd(name: "Host", value: String(authority))
    }

    /// Whether the body waits for a word. A body that will be refused for its size is not asked for.
    fileprivate var expectsContinue: Bool {
        let length = headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0
        return (version.major, version.minor) >= (1, 1)
            && headers["Expect"].contains { $0.lowercased() == "100-continue" }
            && length <= FormBody.maximumBytes
    }
}
