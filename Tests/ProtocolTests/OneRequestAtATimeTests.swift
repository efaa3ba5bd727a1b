import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import WebServer

@Suite("Pipelining")
struct OneRequestAtATimeTests {
    private func channel() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandler(OneRequestAtATime())
        return channel
    }

    private func head(_ path: String) -> HTTPRequestPart {
        .head(HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: path))
    }

    private func paths(_ channel: EmbeddedChannel) throws -> [String] {
        var paths: [String] = []
        while let part = try channel.readInbound(as: HTTPRequestPart.self) {
            if case .head(let head) = part { paths.append(head.path ?? "") }
        }
        return paths
    }

    @Test("RFC 9112 section 9.3.2: requests sent ahead wait until the one before is answered, and keep their order")
    func order() throws {
        let channel = try channel()
        for path in ["/1", "/2", "/3"] {
            try channel.writeInbound(head(path))
            try channel.writeInbound(HTTPRequestPart.end(nil))
        }
        #expect(try paths(channel) == ["/1"])
        for expected in [["/2"], ["/3"], []] {
            try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok)))
            #expect(try paths(channel) == [])
            try channel.writeOutbound(HTTPResponsePart.end(nil))
            #expect(try paths(channel) == expected)
        }
    }

    @Test("RFC 9110 section 7.7: a request that is answered before its end came holds nothing back that follows it")
    func answeredEarly() throws {
        let channel = try channel()
        try channel.writeInbound(head("/1"))
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .notFound)))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
        try channel.writeInbound(HTTPRequestPart.end(nil))
        for path in ["/2", "/3"] {
            try channel.writeInbound(head(path))
            try channel.writeInbound(HTTPRequestPart.end(nil))
        }
        #expect(try paths(channel) == ["/1", "/2"])
        try channel.writeOutbound(HTTPResponsePart.end(nil))
        #expect(try paths(channel) == ["/3"])
    }

    @Test("RFC 9112 section 9.3.2: the end of the input comes behind what was sent before it")
    func halfClosed() throws {
        final class Watcher: ChannelInboundHandler {
            typealias InboundIn = HTTPRequestPart
            var hasEnded = false
            func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
                if event as? ChannelEvent == .inputClosed { hasEnded = true }
            }
        }
        let channel = try channel()
        let watcher = Watcher()
        try channel.pipeline.syncOperations.addHandler(watcher)
        for path in ["/1", "/2"] {
            try channel.writeInbound(head(path))
            try channel.writeInbound(HTTPRequestPart.end(nil))
        }
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(!watcher.hasEnded)
        try channel.writeOutbound(HTTPResponsePart.end(nil))
        #expect(watcher.hasEnded)
    }
}
