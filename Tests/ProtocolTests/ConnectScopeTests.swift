import HTTPTypes
import OAuthTypes
import Orgs
import TestSupport
import Testing

@Suite("Scopes of Connect REST resources")
struct ConnectScopeTests {
    @Test(
        "app-model 3: chatter_api opens the Connect REST resources and no other; api and full, which include it, open all",
        arguments: TestDatabase.available
    )
    func chatter(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            for (scopes, isConnect, isAll) in [
                ("Chatter", true, false), ("Api", true, true), ("OpenID", false, false),
            ] {
                var mother = AppMother()
                mother.scopes = scopes
                let caller = try await RESTCaller(
                    server,
                    client,
                    permissions: RESTCaller.all.union([.externalClientAppAdmin]),
                    isOwnApp: true,
                    app: mother
                )
                for path in ["usage", caller.credentials] {
                    let answer = try await caller.send(.get, path)
                    #expect(answer.status == (isConnect ? 200 : 403), "\(scopes) \(path) \(answer.body)")
                    if !isConnect { #expect(answer.restText?.contains("chatter_api") == true) }
                }
                let limits = try await client.get("/services/data/v68.0/limits", bearer: caller.token)
                #expect(limits.status == (isAll ? 200 : 403), "\(scopes)")
            }
        }
    }
}
