import AuthorizationServer
import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("Chosen consumer keys")
struct ChosenKeyTests {
    @Test(
        "app-model 4.2: an app that gets OAuth later with the key of a deleted app does not revive that app's tokens",
        arguments: TestDatabase.available
    )
    func update(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let grant = [("grant_type", "client_credentials")]
            let old = try await client.token(grant).string("access_token")
            #expect(try await client.get("/services/oauth2/userinfo", bearer: old).status == 200)
            let lifecycle = AppLifecycle(org: server.org, actor: .server) { server.now }
            try await server.change { connection in
                let app = try AppRecords.find(developerName: "Orders", org: lifecycle.org.id, on: connection)
                _ = try lifecycle.delete(try #require(app), on: connection)
            }
            server.advance(.seconds(1))
            let deployment = AppDeployment(masterKey: server.server.masterKey, actor: .server)
            let (org, now, header) = (server.org, server.now, AppMother().files[0])
            try await server.change { _ = try deployment.deploy([header], org: org, now: now, on: $0) }
            server.advance(.seconds(1))
            #expect(try await server.deploy(AppMother()).kind == .updated)
            #expect(try await client.get("/services/oauth2/userinfo", bearer: old).status == 401)
            let new = try await client.token(grant).string("access_token")
            #expect(try await client.get("/services/oauth2/userinfo", bearer: new).status == 200)
        }
    }
}
