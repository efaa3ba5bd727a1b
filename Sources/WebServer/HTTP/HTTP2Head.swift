import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// What HTTP/2 says of the host of a request, brought into the one form that is looked at behind here.
///
/// Proxies turn the `Host` of HTTP/1.1 into one of HTTP/2, alone or beside an `:authority` of the same text. Both are the authority of
/// the request; whatever differs or comes twice is left for the refusal of such requests (RFC 9113 section 8.3.1).
final class HTTP2Head: ChannelInboundHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data) else {
            context.fireChannelRead(data)
            return
        }
        head.takeAuthorityFromHost()
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }
}

extension HTTPRequest {
    fileprivate mutating func takeAuthorityFromHost() {
        let hosts = headerFields[values: .host]
        guard hosts.count == 1, authority.map({ $0.lowercased() == hosts[0].lowercased() }) ?? true else { return }
        authority = hosts[0]
        headerFields[.host] = nil
    }
}
