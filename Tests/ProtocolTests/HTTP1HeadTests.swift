import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import WebServer

@Suite("HTTP/1.1 heads")
struct HTTP1HeadTests {
    /// A channel as the framework makes it, with what comes behind it.
    private func channel() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.configureHTTPServerPipeline(
            withPipeliningAssistance: false,
            withErrorHandling: false
        )
        try channel.pipeline.syncOperations.addHandler(RequestHeadInstaller())
        return channel
    }

    private func head(_ text: String, on channel: EmbeddedChannel) throws -> HTTPRequestHead? {
        try channel.writeInbound(ByteBuffer(string: text))
        while let part = try channel.readInbound(as: HTTPServerRequestPart.self) {
            if case .head(let head) = part { return head }
        }
        return nil
    }

    @Test(
        "RFC 9112 section 3.2.2: the host of a target counts in place of the Host header",
        arguments: [
            ("GET http://evil.example/id/keys", "evil.example"), ("GET HTTP://evil.example:80?x", "evil.example:80"),
            ("GET https://user@localhost/id/keys", "user@localhost"),
            ("CONNECT evil.example:443", "evil.example:443"), ("GET /http://evil.example/", "localhost"),
            ("OPTIONS *", "localhost"), ("GET http://localhost/id/keys", "localhost"),
        ]
    )
    func target(_ line: String, _ host: String) throws {
        let head = try head("\(line) HTTP/1.1\r\nHost: localhost\r\n\r\n", on: try channel())
        #expect(head?.headers["Host"] == [host])
    }

    @Test("RFC 9112 section 3.2: a second Host header is left for its refusal")
    func secondHost() throws {
        let text = "GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n"
        #expect(try head(text, on: try channel())?.headers["Host"].count == 2)
    }

    @Test(
        "RFC 9110 section 10.1.1: who expects 100-continue is told to go on, unless the body is too large or the request is old",
        arguments: [
            ("1.1", "Expect: 100-continue\r\nContent-Length: 5", true), ("1.1", "Content-Length: 5", false),
            ("1.1", "Expect: 100-Continue\r\nTransfer-Encoding: chunked", true),
            ("1.1", "Expect: 100-continue\r\nContent-Length: 131073", false),
            ("1.0", "Expect: 100-continue\r\nContent-Length: 5", false),
        ]
    )
    func expectation(_ version: String, _ headers: String, _ isToldToGoOn: Bool) throws {
        let channel = try channel()
        _ = try head("POST /x HTTP/\(version)\r\nHost: localhost\r\n\(headers)\r\n\r\n", on: channel)
        let written = try channel.readOutbound(as: ByteBuffer.self).map { String(buffer: $0) }
        #expect(written == (isToldToGoOn ? "HTTP/1.1 100 Continue\r\n\r\n" : nil))
    }

    @Test("RFC 9110 section 10.1.1: nothing is written into the answer to an earlier request")
    func pipelined() throws {
        let channel = try channel()
        _ = try head("GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n", on: channel)
        _ = try head(
            "POST /x HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
            on: channel
        )
        #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
    }
}
