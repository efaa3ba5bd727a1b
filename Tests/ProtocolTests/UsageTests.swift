import ClientApps
import HTTPTypes
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("OAuth usage")
struct UsageTests {
    private static let admin: Set<Permission> = [.externalClientAppAdmin]
    private static let base = "/services/data/v68.0/apps/oauth/usage"

    @Test(
        "app-model 7.4: the use count grows with refused refreshes, too, which keep no token from being idle",
        arguments: TestDatabase.available,
        [true, false]
    )
    func refusedUses(driver: TestDatabase, isRotating: Bool) async throws {
        try await TestServer.run(on: driver) { server, client in
            let app = AppMother().global("isRefreshTokenRotationEnabled", "\(isRotating)")
            let caller = try await RESTCaller(server, client, permissions: [.externalClientAppAdmin], app: app)
            let token = try await client.codeTokens().string("refresh_token")
            func user() async throws -> JSONObject {
                let users = try await caller.send(.get, "usage/\(caller.app.rawValue)/users").json
                return try #require(users["users"]?.array?.first?.object)
            }
            let before = try await user()["lastUsedAt"]
            server.advance(.minutes(5))
            for (form, count) in [
                ([("refresh_token", token), ("scope", "api web")], Int64(1)), ([("refresh_token", "unknown")], 1),
                ([("refresh_token", token), ("scope", "api full")], 2),
            ] {
                let answer = try await client.token([("grant_type", "refresh_token")] + form)
                #expect(answer.status == 400)
                #expect(try await user()["useCount"]?.integer == count)
                #expect(try await user()["lastUsedAt"] == before)
            }
            #expect(try await client.token([("grant_type", "refresh_token"), ("refresh_token", token)]).status == 200)
            #expect(try await user()["useCount"]?.integer == 3)
            #expect(try await user()["lastUsedAt"] != before)
        }
    }

    @Test(
        "app-model 7.4: the apps are told with the format of their tokens, page by page, and a page past the end is empty",
        arguments: TestDatabase.available
    )
    func apps(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let opaque = AppMother().global("isNamedUserJwtEnabled", nil)
            let caller = try await RESTCaller(server, client, permissions: Self.admin, app: opaque)
            let all = try await caller.send(.get, "usage").json
            let listed = (all["apps"]?.array ?? []).compactMap(\.object)
            #expect(listed.map { $0["developerName"]?.string } == ["Orders", "Tools"])
            #expect(listed.map { $0["accessTokenFormat"]?.string } == ["Opaque", "JWT"])
            let first = try #require(listed.first)
            #expect(first["identifier"]?.string == caller.app.rawValue && first["label"]?.string == "Orders")
            #expect(first["isFromPackage"] == .bool(false) && first["availableActions"]?.array != nil)
            #expect(first["usageDetailsUrl"]?.string == "\(Self.base)/\(caller.app.rawValue)/users")
            #expect(all["currentPageUrl"]?.string == Self.base + "?page=0&pageSize=100")
            #expect(all["nextPageUrl"]?.string == Self.base + "?page=1&pageSize=100")
            for (page, name) in [(0, "Orders"), (1, "Tools"), (2, nil)] as [(Int, String?)] {
                let one = try await caller.send(.get, "usage?page=\(page)&pageSize=1").json["apps"]?.array
                #expect(one?.first?.object?["developerName"]?.string == name)
                #expect(one?.count == (name == nil ? 0 : 1))
            }
            for query in ["page=-1", "page=x", "pageSize=0", "pageSize=2001", "page=1&page=2"] {
                let refused = try await caller.send(.get, "usage?" + query)
                #expect(refused.status == 400 && refused.restCode == "ILLEGAL_QUERY_PARAMETER_VALUE", "\(query)")
            }
        }
    }

    @Test(
        "app-model 5: in an edition without JWT access tokens the format is that of the opaque ones that the app issues there",
        arguments: TestDatabase.available
    )
    func edition(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client, permissions: Self.admin)
            _ = try await client.codeTokens()
            func formats() async throws -> Set<String?> {
                let apps = try await caller.send(.get, "usage").json["apps"]?.array ?? []
                let path = "usage/\(caller.app.rawValue)/\(server.user.id.rawValue)/tokens"
                let tokens = try await caller.send(.get, path).json["tokens"]?.array ?? []
                #expect(apps.count == 2 && tokens.count == 1)
                return Set((apps + tokens).map { $0.object?["accessTokenFormat"]?.string })
            }
            #expect(try await formats() == ["JWT"])
            let org = server.org
            let database = Org(
                id: org.id,
                name: org.name,
                edition: .database,
                issuer: org.issuer,
                createdAt: org.createdAt
            )
            try await server.change {
                try OrgRecords.update(database, by: .server, now: TestServer.start, on: $0)
            }
            #expect(try await formats() == ["Opaque"])
        }
    }

    @Test(
        "app-model 7.4: users and tokens are told with their first and last use and how many access tokens were had",
        arguments: TestDatabase.available,
        [(nil, "Opaque"), ("true", "JWT")] as [(String?, String)]
    )
    func tokens(driver: TestDatabase, format: (jwt: String?, word: String)) async throws {
        try await TestServer.run(on: driver) { server, client in
            let app = AppMother().global("isNamedUserJwtEnabled", format.jwt)
            let caller = try await RESTCaller(server, client, permissions: Self.admin, app: app)
            let refresh = try await client.codeTokens().string("refresh_token")
            // Without a refresh token there is nothing to tell.
            _ = try await client.codeTokens(["scope": "api"])
            server.advance(.minutes(5))
            for _ in 0..<2 {
                _ = try await client.token([("grant_type", "refresh_token"), ("refresh_token", refresh)])
            }
            let users = try await caller.send(.get, "usage/\(caller.app.rawValue)/users").json
            let path = "\(Self.base)/\(caller.app.rawValue)"
            #expect(users["nextPageUrl"]?.string == path + "/users?page=1&pageSize=100")
            #expect(users["users"]?.array?.count == 1)
            let user = try #require(users["users"]?.array?.first?.object)
            #expect(user["username"]?.string == "ann@acme.example")
            #expect(user["userIdentifier"]?.string == server.user.id.rawValue)
            #expect(user["useCount"]?.integer == 2 && user["tokenCount"]?.integer == 1)
            let past = try await caller.send(.get, "usage/\(caller.app.rawValue)/users?page=1").json
            #expect(past["users"]?.array?.isEmpty == true)

            let list = try await caller.send(.get, "usage/\(caller.app.rawValue)/\(server.user.id.rawValue)/tokens")
            #expect(list.json["tokens"]?.array?.count == 1)
            let token = try #require(list.json["tokens"]?.array?.first?.object)
            #expect(token["accessTokenFormat"]?.string == format.word)
            #expect(token["appDeveloperName"]?.string == "Orders")
            #expect(token["appIdentifier"]?.string == caller.app.rawValue)
            #expect(token["initialConnectionAt"]?.string == TestServer.start.restText)
            #expect(token["lastUsedAt"]?.string == (TestServer.start + .minutes(5)).restText)
            #expect(token["useCount"]?.integer == 2 && token["username"]?.string == "ann@acme.example")
            #expect(token["revocationUrl"]?.string?.hasPrefix(Self.base + "/tokens/0Au") == true)
            #expect(!list.body.contains(refresh))
        }
    }

    @Test(
        "app-model 7.4: deleting tokens ends them with their access tokens, open codes and the approval, as a revocation does",
        arguments: TestDatabase.available,
        ["one", "user", "app"]
    )
    func deletion(driver: TestDatabase, what: String) async throws {
        for jwt in [nil, "true"] as [String?] {
            try await TestServer.run(on: driver) { server, client in
                let app = AppMother().global("isNamedUserJwtEnabled", jwt)
                let caller = try await RESTCaller(server, client, permissions: Self.admin, app: app)
                let tokens = try await client.codeTokens()
                let code = try #require(try await client.authorize()["code"])
                let (id, user) = (caller.app.rawValue, server.user.id.rawValue)
                let list = try await caller.send(.get, "usage/\(id)/\(user)/tokens").json["tokens"]?.array
                let url = try #require(list?.first?.object?["revocationUrl"]?.string)
                let paths = [
                    "one": "usage" + url.dropFirst(Self.base.count), "user": "usage/\(id)/\(user)/tokens",
                    "app": "usage/\(id)/tokens",
                ]
                let path = try #require(paths[what])
                #expect(try await caller.send(.delete, path).status == 204)
                let access = try tokens.string("access_token")
                #expect(try await client.get("/services/oauth2/userinfo", bearer: access).status == 401)
                let refresh = [("grant_type", "refresh_token"), ("refresh_token", try tokens.string("refresh_token"))]
                #expect(try await client.token(refresh).error == "invalid_grant")
                #expect(try await client.redeem(code).error == "invalid_grant")
                #expect(try await client.get(Client.authorization(["prompt": "none"])).status == 303)
                // What is gone is gone: one token is not found, of a set there is nothing left.
                #expect(try await caller.send(.delete, path).status == (what == "one" ? 404 : 204))
                #expect(try await caller.send(.get, "usage/\(id)/users").json["users"]?.array?.isEmpty == true)
                let org = server.org.id
                let entries = try await server.database.read { try AuditTrail.entries(org: org, limit: 99, on: $0) }
                #expect(entries.count { $0.content.contains("tokensRevoked") } == 1)
            }
        }
    }

    @Test(
        "app-model 4.2: usage is for an admin of external client apps; a refusal names what is missing",
        arguments: TestDatabase.available
    )
    func permissions(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client, permissions: [.externalClientAppViewer])
            let (app, user) = (caller.app.rawValue, server.user.id.rawValue)
            let resources: [(HTTPRequest.Method, String)] = [
                (.get, "usage"), (.get, "usage/\(app)/users"), (.get, "usage/\(app)/\(user)/tokens"),
                (.delete, "usage/\(app)/\(user)/tokens"), (.delete, "usage/\(app)/tokens"),
                (.delete, "usage/tokens/0Au000000000001AAA"),
            ]
            for (method, path) in resources {
                let refused = try await caller.send(method, path)
                #expect(refused.status == 403 && refused.restCode == "INSUFFICIENT_ACCESS", "\(method) \(path)")
                #expect(refused.restText?.contains(Permission.externalClientAppAdmin.label) == true)
            }
        }
    }

    @Test("app-model 7.4: what does not exist is NOT_FOUND", arguments: TestDatabase.available)
    func unknown(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client, permissions: Self.admin)
            let app = caller.app.rawValue
            let resources: [(HTTPRequest.Method, String)] = [
                (.get, "usage/0xI000000000001AAA/users"), (.get, "usage/x/users"),
                (.get, "usage/\(app)/005000000000001AAA/tokens"), (.delete, "usage/\(app)/x/tokens"),
                (.delete, "usage/x/tokens"), (.delete, "usage/tokens/0Au000000000001AAA"), (.delete, "usage/tokens/x"),
            ]
            for (method, path) in resources {
                let refused = try await caller.send(method, path)
                #expect(refused.status == 404 && refused.restCode == "NOT_FOUND", "\(method) \(path)")
            }
        }
    }
}
