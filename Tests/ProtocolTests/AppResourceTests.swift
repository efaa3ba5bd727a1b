import AuthorizationServer
import ClientApps
import HTTPTypes
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("Signet's resources of apps")
struct AppResourceTests {
    private func get(_ caller: RESTCaller, _ path: String) async throws -> Client.Answer {
        try await caller.client.send(
            .get,
            "/services/data/v68.0/signet/\(path)",
            headers: [.authorization: "Bearer \(caller.token)"]
        )
    }

    @Test(
        "app-model 4.2: who may view apps sees them listed, and their settings only with the permission for that",
        arguments: TestDatabase.available
    )
    func permissions(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let viewer = try await RESTCaller(server, client, permissions: [.externalClientAppViewer])
            let list = try await get(viewer, "apps").json["apps"]?.array?.compactMap(\.object)
            #expect(list?.map { $0["name"]?.string } == ["Orders", "Tools"])
            for app in list ?? [] { #expect(app.members.map(\.name) == ["name", "id", "kind", "label"]) }
            for path in ["apps/Orders", "apps/Orders/explanation", "apps/None", "apps/None/explanation"] {
                let refused = try await get(viewer, path)
                #expect(refused.status == 403 && refused.restCode == "INSUFFICIENT_ACCESS", "\(path)")
                #expect(refused.restText?.contains("edit their policies") == true)
            }
        }
        try await TestServer.run(on: driver) { server, client in
            let admin = try await RESTCaller(server, client, permissions: [.externalClientAppAdmin])
            let list = try await get(admin, "apps").json["apps"]?.array?.compactMap(\.object)
            #expect(list?.first?["callbackUrls"]?.array?.isEmpty == false)
            #expect(list?.first?["consumerKey"]?.string == AppMother.key)
            #expect(try await get(admin, "apps/orders").json["name"]?.string == "Orders")
            let explained = try await get(admin, "apps/Orders/explanation").json
            #expect(explained["values"]?.array?.isEmpty == false)
            let missing = try await get(admin, "apps/None")
            #expect(missing.status == 404 && missing.restCode == "NOT_FOUND")
            for (page, names) in [(0, ["Orders"]), (1, ["Tools"]), (2, [])] {
                let part = try await get(admin, "apps?page=\(page)&pageSize=1").json["apps"]?.array
                #expect(part?.compactMap { $0.object?["name"]?.string } == names)
            }
            let query = try await get(admin, "apps?pageSize=0")
            #expect(query.status == 400 && query.restCode == "ILLEGAL_QUERY_PARAMETER_VALUE")
        }
        try await TestServer.run(on: driver) { server, client in
            let nobody = try await RESTCaller(server, client, permissions: [.manageUsers])
            for path in ["apps", "apps/Orders"] {
                let refused = try await get(nobody, path)
                #expect(refused.status == 403 && refused.restCode == "INSUFFICIENT_ACCESS", "\(path)")
            }
            let noToken = try await client.send(.get, "/services/data/v68.0/signet/apps", headers: [:])
            #expect(noToken.status == 401)
        }
    }

    @Test(
        "RFC 8252 section 8.5: every org has the app of the command line under one key, with policies of its own",
        arguments: TestDatabase.available
    )
    func commandLineApp(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, _ in
            let (org, key, now) = (server.org.id, server.server.masterKey, TestServer.start)
            func keep(_ org: OrgID) async throws -> CommandLineApp.Outcome {
                try await server.database.write {
                    try CommandLineApp.keep(in: org, masterKey: key, by: .server, now: now, on: $0)
                }
            }
            for _ in 0..<2 { #expect(try await keep(org) == .present) }
            var randomness = SystemRandomNumberGenerator()
            let other = Org(
                id: OrgID.make(prefix: Org.idPrefix, now: now, using: &randomness),
                name: "Other",
                edition: .developer,
                issuer: "https://other.example",
                createdAt: now
            )
            try await server.database.write { try OrgRecords.insert(other, by: .server, on: $0) }
            #expect(try await keep(other.id) == .present)
            let ids = [org, other.id]
            let states = try await server.database.read { connection in
                try ids.map {
                    try AppRecords.state(consumerKey: CommandLineApp.consumerKey, org: $0, on: connection)?.app
                }
            }
            #expect(states.map { $0?.org } == ids)
            #expect(Set(states.compactMap { $0?.id }).count == 2)
            for app in states {
                #expect(app?.isPKCERequired == true && app?.isSecretRequiredForRefreshToken == false)
                #expect(app?.isRefreshTokenRotationEnabled == true && app?.tokenFormat == .opaque)
                #expect(app?.callbackURLs == ["http://127.0.0.1/callback", "http://[::1]/callback"])
            }
            let trail = try await server.database.read { try AppRecords.all(org: org, on: $0) }
            #expect(trail.filter(\.isPartOfServer).count == 1)
        }
    }

    @Test(
        "app-model 2: an app of the org that has the name or the consumer key stays as it is",
        arguments: TestDatabase.available
    )
    func taken(driver: TestDatabase) async throws {
        for isKey in [true, false] {
            try await TestServer.run(on: driver) { server, _ in
                var app = AppMother().global("consumerKey", isKey ? CommandLineApp.consumerKey : "3MVG9other.key")
                if !isKey { app.name = CommandLineApp.developerName }
                try await server.deploy(app)
                let (org, key) = (server.org.id, server.server.masterKey)
                let outcome = try await server.database.write {
                    try CommandLineApp.keep(in: org, masterKey: key, by: .server, now: TestServer.start, on: $0)
                }
                #expect(outcome == .taken)
                let apps = try await server.database.read { try AppRecords.all(org: org, on: $0) }
                #expect(apps.filter(\.isPartOfServer).isEmpty)
            }
        }
    }
}
