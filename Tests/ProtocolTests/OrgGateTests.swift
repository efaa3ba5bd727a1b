import HTTPTypes
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@testable import WebServer

@Suite("Places that orgs take turns at")
struct OrgGateTests {
    private static let one = OrgID(stored: "00D000000000001EAA")
    private static let two = OrgID(stored: "00D000000000002EAA")
    private static let three = OrgID(stored: "00D000000000003EAA")

    /// Asks for a place in a task of its own, and returns when it has one or waits.
    private static func ask(
        _ gate: OrgGate,
        _ org: OrgID,
        then: @escaping @Sendable () -> Void = {}
    ) async -> Task<Void, any Error> {
        let before = gate.waiting(org)
        let task = Task {
            try await gate.enter(org, isOnlyOrg: false)
            then()
        }
        while gate.waiting(org) == before { await Task.yield() }
        return task
    }

    @Test("security class 16: orgs that wait for a place take turns, however many of one of them wait")
    func turns() async throws {
        let gate = OrgGate(places: 2, queue: 8, busy: "")
        try await gate.enter(Self.one, isOnlyOrg: false)
        try await gate.enter(Self.two, isOnlyOrg: false)
        let (order, served) = AsyncStream.makeStream(of: OrgID.self)
        for org in [Self.one, Self.one, Self.one, Self.two, Self.three] {
            _ = await Self.ask(gate, org) { served.yield(org) }
        }
        var turns: [OrgID] = []
        var answers = order.makeAsyncIterator()
        gate.leave(Self.two)
        // The first org has one of the two places and gets no second, so the second org is next.
        for _ in 0..<5 {
            let org = try #require(await answers.next())
            turns.append(org)
            gate.leave(turns.count == 1 ? Self.one : turns[turns.count - 1])
        }
        #expect(turns == [Self.two, Self.one, Self.three, Self.one, Self.one])
        #expect(gate.waiting(Self.one) == 0)
    }

    @Test("security class 16: beyond the places and the queue of an org it is refused at once, and others are not")
    func full() async throws {
        let gate = OrgGate(places: 2, queue: 1, busy: "Wait.")
        try await gate.enter(Self.one, isOnlyOrg: false)
        let waiting = await Self.ask(gate, Self.one)
        await #expect(throws: OrgGate.Busy.self) { try await gate.enter(Self.one, isOnlyOrg: false) }
        try await gate.enter(Self.two, isOnlyOrg: false)
        gate.leave(Self.one)
        try await waiting.value
    }

    @Test("security class 16: whoever is gone before their turn leaves the queue, and the next has the place")
    func cancelled() async throws {
        let gate = OrgGate(places: 2, queue: 2, busy: "")
        try await gate.enter(Self.one, isOnlyOrg: false)
        let gone = await Self.ask(gate, Self.one)
        let next = await Self.ask(gate, Self.one)
        gone.cancel()
        await #expect(throws: CancellationError.self) { try await gone.value }
        #expect(gate.waiting(Self.one) == 1)
        gate.leave(Self.one)
        try await next.value
        await #expect(throws: CancellationError.self) {
            try await Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try await gate.enter(Self.two, isOnlyOrg: false)
            }.value
        }
        // Nothing of that was kept.
        try await gate.enter(Self.two, isOnlyOrg: false)
    }

    private static func query(_ soql: String, _ client: Client, _ token: String) async throws -> Client.Answer {
        try await client.get("/services/data/v68.0/query?\(Client.encoded([("q", soql)]))", bearer: token)
    }

    @Test(
        "security class 16: an org with many long queries at once keeps no token and no other org waiting, and is refused what is too many",
        arguments: TestDatabase.available
    )
    func manyQueries(driver: TestDatabase) async throws {
        let hold = HeldDatabase.Hold(statementsWith: "FROM users WHERE org_id = $1 ORDER BY username_key")
        try await TestServer.run(on: driver, over: { HeldDatabase(base: $0, hold: hold) }) { server, client in
            let caller = try await RESTCaller(server, client, permissions: SOAPCaller.rights)
            let other = try await TestOrg.make(on: server, client)
            let others = try await other.client.token([("grant_type", "client_credentials")], basic: other.basic)
            let token = try others.string("access_token")
            hold.begin()
            try await withThrowingTaskGroup(of: Client.Answer.self) { group in
                // Two of them are at work, 64 wait, and the one more is answered while all others are not.
                for _ in 0..<67 {
                    group.addTask { try await Self.query("SELECT Id FROM User", client, caller.token) }
                }
                let refused = try #require(try await group.next())
                #expect(refused.status == 503 && refused.restCode == "SERVER_UNAVAILABLE", "\(refused.body)")
                #expect(refused.headers[.retryAfter] == "2")
                #expect(refused.restText?.contains("wait for the answers of some") == true)
                let fault = try await Self.list(server, client, caller.token)
                #expect(fault.faultCode == "sf:SERVER_UNAVAILABLE", "\(fault.text)")

                let issued = try await client.token(
                    [("grant_type", "client_credentials")],
                    basic: (RESTCaller.key, RESTCaller.secret)
                )
                #expect(issued.status == 200, "\(issued.body)")
                let answered = try await Self.query("SELECT Id FROM Organization", other.client, token)
                #expect(answered.status == 200, "\(answered.body)")
                #expect(hold.count <= 2)

                hold.letGo()
                for _ in 0..<66 { #expect(try await group.next()?.status == 200) }
            }
            #expect(try await Self.list(server, client, caller.token).status == 200)
        }
    }

    private static func list(_ server: TestServer, _ client: Client, _ token: String) async throws -> SOAPCaller.Answer
    {
        let soap = SOAPCaller(server: server, client: client, token: token)
        let list = "<met:queries><met:type>ConnectedApp</met:type></met:queries>"
        return try await soap.call("listMetadata", list, version: "68.0")
    }
}
