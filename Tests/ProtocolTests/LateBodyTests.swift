import AuthorizationServer
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@testable import WebServer

/// A client that says when a request begins and lets the rest of it come much later.
@Suite("Late bodies")
struct LateBodyTests {
    /// One chunk, and what happens while it is waited for.
    private struct LateChunk: AsyncSequence, Sendable {
        let text: String
        let wait: @Sendable () -> Void

        struct AsyncIterator: AsyncIteratorProtocol {
            var rest: LateChunk?
            mutating func next() async -> ByteBuffer? {
                guard let chunk = rest else { return nil }
                rest = nil
                chunk.wait()
                return ByteBuffer(string: chunk.text)
            }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: self) }
    }

    /// Posts a form whose head comes now and whose body comes after a while.
    private func post(_ path: String, _ form: [(String, String)], after span: TimeSpan, _ server: TestServer)
        async throws
        -> Response
    {
        let head = HTTPRequest(
            method: .post,
            scheme: "https",
            authority: "localhost",
            path: path,
            headerFields: [.contentType: "application/x-www-form-urlencoded"]
        )
        let body = LateChunk(text: Client.encoded(form)) { server.advance(span) }
        let router = SignetApplication(
            server: server.server,
            configuration: .init(host: "127.0.0.1", port: 0, isSecure: true),
            clock: WallClock { server.now }
        ).router()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        logger[metadataKey: "hb.request.id"] = "late"
        let source = ApplicationRequestContextSource(channel: EmbeddedChannel(), logger: logger)
        return try await router.buildResponder().respond(
            to: Request(head: head, body: .init(asyncSequence: body)),
            context: SignetRequestContext(source: source)
        )
    }

    private let client = [("client_id", AppMother.key), ("client_secret", AppMother.secret)]

    @Test(
        "security 1.3: a code and a grace count at the time when all of the request has come",
        arguments: [0, 1] as [Int64]
    )
    func code(minutes: Int64) async throws {
        try await TestServer.run(on: .sqlite) { server, browser in
            try await server.deploy(AppMother())
            let code = try #require(try await browser.authorize()["code"])
            server.advance(.minutes(14))
            let form = [
                ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", AppMother.callback),
                ("code_verifier", Client.verifier),
            ]
            let answer = try await post("/services/oauth2/token", client + form, after: .minutes(minutes), server)
            #expect(answer.status.code == (minutes == 0 ? 200 : 400))
        }
    }

    @Test("security 1.5: an assertion that has expired when its request ends is refused, whenever the request began")
    func assertion() async throws {
        try await TestServer.run(on: .sqlite) { server, _ in
            try await server.deploy(AppMother.preauthorized)
            let assertion = try AssertionMother.bearer().text()
            let form = [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion)]
            #expect(try await post("/services/oauth2/token", form, after: .seconds(0), server).status == .ok)
            #expect(try await post("/services/oauth2/token", form, after: .hours(1), server).status == .badRequest)
        }
    }

    @Test("security 1.3: only where zip files go is the clock read before the body, and no other path looks like one")
    func largeBodies() {
        let taken = [
            "/services/Soap/m/68.0", "/services/Soap/m/59.0/00D", "/services/data/v68.0/metadata/deployRequest",
        ]
        let others = [
            "/id/metadata/deployRequest", "/services/oauth2/authorize/metadata/deployRequest", "/services/Soap/u/68.0",
            "/services/oauth2/token", "/services/data/v68.0/metadata/deployRequest/0Af",
        ]
        #expect(taken.filter { !LargeBody.isTaken(at: $0) }.isEmpty)
        #expect(others.filter { LargeBody.isTaken(at: $0) }.isEmpty)
    }

    @Test(
        "security row 14: a request that trickles is ended though its connection is kept alive; one at a fair rate is not"
    )
    func pace() throws {
        for (bytes, isFair) in [(1, false), (8_192, true)] {
            let channel = EmbeddedChannel()
            try channel.pipeline.syncOperations.addHandler(ArrivalPace(limits: ConnectionLimits(connections: 16)))
            try channel.connect(to: SocketAddress(ipAddress: "192.0.2.1", port: 40_000)).wait()
            let head = HTTPRequest(method: .post, scheme: "https", authority: "localhost", path: "/")
            try channel.writeInbound(HTTPRequestPart.head(head))
            for _ in 0..<61 where channel.isActive {
                channel.embeddedEventLoop.advanceTime(by: .seconds(1))
                try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(repeating: 0x61, count: bytes)))
            }
            #expect(channel.isActive == isFair)
        }
    }

    @Test(
        "security class 16: an org that is not alone leaves a place for large bodies to the others, however slowly it sends"
    )
    func places() async throws {
        let (one, other) = (OrgID(stored: "00D000000000001EAA"), OrgID(stored: "00D000000000002EAA"))
        let gate = OrgGate.largeBodies()
        try await gate.enter(one, isOnlyOrg: false)
        await #expect(throws: OrgGate.Busy.self) { try await gate.enter(one, isOnlyOrg: false) }
        try await gate.enter(other, isOnlyOrg: false)
        gate.leave(one)
        await #expect(throws: OrgGate.Busy.self) { try await gate.enter(other, isOnlyOrg: false) }
        try await gate.enter(one, isOnlyOrg: false)
        gate.leave(one)
        gate.leave(other)
        try await gate.enter(one, isOnlyOrg: true)
        try await gate.enter(one, isOnlyOrg: true)
        await #expect(throws: OrgGate.Busy.self) { try await gate.enter(one, isOnlyOrg: true) }
    }
}
