import NIOCore
import NIOEmbedded
import Orgs
import Testing

@testable import WebServer

@Suite("Connections")
struct ConnectionGuardTests {
    private let limits = ConnectionLimits(connections: 16)

    private func connection(_ sources: ConnectionSources = ConnectionSources()) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandler(ConnectionGuard(limits: limits, sources: sources))
        try channel.connect(to: SocketAddress(ipAddress: "192.0.2.1", port: 40_000)).wait()
        return channel
    }

    private func receive(_ count: Int, on channel: EmbeddedChannel) throws {
        try channel.writeInbound(ByteBuffer(repeating: 0x41, count: count))
    }

    @Test("security row 14: a connection that says nothing ends after 15 seconds, a known one after a minute")
    func silent() throws {
        for (isKnown, seconds) in [(false, Int64(15)), (true, 60)] {
            let channel = try connection()
            if isKnown { try channel.writeOutbound(IOData.byteBuffer(ByteBuffer(string: "answer"))) }
            channel.embeddedEventLoop.advanceTime(by: .seconds(seconds - 1))
            #expect(channel.isActive)
            channel.embeddedEventLoop.advanceTime(by: .seconds(1))
            #expect(!channel.isActive)
        }
    }

    @Test("security row 14: a byte now and then gains no time")
    func trickle() throws {
        let channel = try connection()
        for _ in 0..<12 where channel.isActive {
            try receive(1, on: channel)
            channel.embeddedEventLoop.advanceTime(by: .seconds(5))
        }
        #expect(!channel.isActive)
    }

    @Test("security row 14: a large request that comes at a fair rate is read to its end, but not for ever")
    func upload() throws {
        let channel = try connection()
        for _ in 0..<800 where channel.isActive {
            try receive(8_192, on: channel)
            channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        }
        #expect(channel.isActive)
        for _ in 0..<200 where channel.isActive {
            try receive(8_192, on: channel)
            channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        }
        #expect(!channel.isActive)
    }

    @Test("security row 14: every answer gives a new minute")
    func answers() throws {
        let channel = try connection()
        for _ in 0..<10 {
            try receive(100, on: channel)
            channel.embeddedEventLoop.advanceTime(by: .seconds(10))
            try channel.writeOutbound(IOData.byteBuffer(ByteBuffer(string: "answer")))
        }
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(60))
        #expect(!channel.isActive)
    }

    @Test("security row 14: one source has an eighth of the connections at most, and gets one back for each that ends")
    func sources() throws {
        let sources = ConnectionSources()
        let source = try #require(IPAddress("192.0.2.1"))
        let other = try #require(IPAddress("192.0.2.2"))
        #expect(sources.enter(source, limit: limits.perSource))
        #expect(sources.enter(source, limit: limits.perSource))
        #expect(!sources.enter(source, limit: limits.perSource))
        #expect(sources.enter(other, limit: limits.perSource))
        sources.leave(source)
        #expect(sources.enter(source, limit: limits.perSource))
    }

    @Test("RFC 6177 section 2: addresses of one /64 are one source; a listed proxy is none")
    func networks() throws {
        var limits = limits
        limits.proxies = [IPRange(start: try #require(IPAddress("10.0.0.1")), end: try #require(IPAddress("10.0.0.9")))]
            .compactMap { $0 }
        func source(_ text: String) throws -> IPAddress? { limits.source(of: try #require(IPAddress(text))) }
        #expect(try source("2001:db8::1") == source("2001:db8::ffff:1"))
        #expect(try source("2001:db8::1") != source("2001:db8:0:1::1"))
        #expect(try source("192.0.2.1") != source("192.0.2.2"))
        #expect(try source("10.0.0.5") == nil)
    }
}
