import AuthorizationServer
import HTTPTypes
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("Calls of credentials that wait for another change")
struct WaitingCallTests {
    private static let postgres = TestDatabase.available.filter { $0 == .postgres }

    @Test(
        "decision 0017: a call of credentials that waits for a deployment holds nothing that the deployment may want",
        arguments: postgres
    )
    func order(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client)
            let consumer = try await caller.consumer()
            let (held, holding) = AsyncStream.makeStream(of: Void.self)
            async let answer: Client.Answer = {
                for await _ in held { break }
                return try await caller.send(.post, consumer + "/staged", body: "{}")
            }()
            let (org, app) = (server.org.id, caller.app)
            try await server.database.write { connection in
                try AuditTrail.serialize(org, on: connection)
                holding.yield()
                try connection.waitUntilSomebodyWaits()
                // What a deployment does of the app; here it fails at once where it would be a deadlock.
                _ = try connection.rows("SELECT 1 FROM apps WHERE id = \(app) FOR UPDATE NOWAIT")
            }
            #expect(try await answer.status == 200)
        }
    }

    @Test(
        "app-model 7.3: who was frozen or lost the permission before a secret is opened or a pair is made gets neither",
        arguments: TestDatabase.available,
        [true, false]
    )
    func lost(driver: TestDatabase, isFrozen: Bool) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client)
            let consumer = try await caller.consumer()
            let (org, user, profile) = (server.org.id, server.integration.id, server.integration.profile)
            // The server has not noticed it yet.
            try await server.database.write { connection in
                guard !isFrozen else {
                    return try Users.setFrozen(user, true, by: .server, now: TestServer.start, on: connection)
                }
                let none = Profile(id: profile, org: org, name: Profile.standardUser, permissions: [])
                try Profiles.update(none, by: .server, now: TestServer.start, on: connection)
            }
            for (method, path) in [
                (HTTPRequest.Method.get, consumer + "?part=secret"), (.post, consumer + "/staged"),
            ] {
                let refused = try await caller.send(method, path, body: method == .post ? "{}" : nil)
                #expect(refused.status == (isFrozen ? 401 : 403), "\(path)")
                #expect(refused.restCode == (isFrozen ? "INVALID_SESSION_ID" : "INSUFFICIENT_ACCESS"))
            }
        }
    }
}
