import HTTPTypes
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

/// What several requests at the same time must not get past, on every database there is.
@Suite("Races")
struct RaceTests {
    /// Runs work many times at once and answers the results.
    private func atOnce<Result: Sendable>(
        _ count: Int,
        _ work: @escaping @Sendable (Int) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: Result.self) { group in
            for number in 0..<count { group.addTask { try await work(number) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test(
        "RFC 7009 section 2.1: of refreshes and a revocation at the same time no access token is left",
        arguments: TestDatabase.available,
        [nil, "true"] as [String?]
    )
    func refreshAndRevoke(driver: TestDatabase, rotation: String?) async throws {
        try await TestServer.run(on: driver, grace: .seconds(30)) { server, client in
            try await server.deploy(
                AppMother().global("isNamedUserJwtEnabled", nil).global("isRefreshTokenRotationEnabled", rotation)
            )
            for _ in 0..<2 {
                let token = try await client.codeTokens().string("refresh_token")
                let answered = try await atOnce(9) { number -> [String] in
                    var access: [String] = []
                    for turn in 0..<6 {
                        if number == 0, turn == 2 {
                            _ = try await client.post("/services/oauth2/revoke", [("token", token)], basic: nil)
                        }
                        let answer = try await client.token([
                            ("grant_type", "refresh_token"), ("refresh_token", token),
                        ])
                        if let token = answer.json["access_token"]?.string { access.append(token) }
                    }
                    return access
                }
                #expect(!answered.joined().isEmpty)
                for access in answered.joined() {
                    #expect(try await client.get("/services/oauth2/userinfo", bearer: access).status == 401)
                }
            }
        }
    }

    @Test(
        "flows 11: of twelve codes of one user and app redeemed at once five authorizations live",
        arguments: TestDatabase.available
    )
    func authorizationLimit(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            var codes: [String] = []
            for _ in 0..<12 { codes.append(try #require(try await client.authorize()["code"])) }
            let ready = codes
            let tokens = try await atOnce(12) { try await client.redeem(ready[$0]).string("refresh_token") }
            var live = 0
            for token in tokens {
                let answer = try await client.token([("grant_type", "refresh_token"), ("refresh_token", token)])
                live += answer.status == 200 ? 1 : 0
            }
            #expect(live == 5)
        }
    }

    @Test(
        "security 1.15: of thirty guesses at once the passwords of ten are looked at",
        arguments: TestDatabase.available
    )
    func guesses(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother())
            let locked = try await atOnce(30) { _ -> Bool in
                var browser = Browser(client: client)
                let page = try await browser.get(Client.authorization())
                let fields = [("username", "ann@acme.example"), ("password", "wrong")]
                return try await browser.submit("sign-in", page, fields).body.contains("Too many failed")
            }
            #expect(locked.filter { !$0 }.count == 10)
        }
    }

    @Test(
        "RFC 9700 section 4.14: of refreshes at the same time as a new password no access token is left",
        arguments: TestDatabase.available,
        [nil, "true"] as [String?]
    )
    func refreshAndPassword(driver: TestDatabase, jwt: String?) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(AppMother().global("isNamedUserJwtEnabled", jwt))
            let token = try await client.codeTokens().string("refresh_token")
            let id = server.user.id
            let answered = try await atOnce(9) { number -> [String] in
                var access: [String] = []
                for turn in 0..<6 {
                    server.advance(TimeSpan(milliseconds: 1))
                    if number == 0, turn == 2 {
                        try await server.change {
                            try Users.setPassword(id, hash: "other", by: .server, clock: { server.now }, on: $0)
                        }
                    }
                    let answer = try await client.token([("grant_type", "refresh_token"), ("refresh_token", token)])
                    if let token = answer.json["access_token"]?.string { access.append(token) }
                }
                return access
            }
            #expect(!answered.joined().isEmpty)
            for access in answered.joined() {
                #expect(try await client.get("/services/oauth2/userinfo", bearer: access).status == 401)
            }
        }
    }

    @Test(
        "RFC 9700 section 4.14.2: of a replay and refreshes with its successor at the same time no access token is left",
        arguments: TestDatabase.available
    )
    func replayAndRefresh(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            try await server.deploy(
                AppMother().global("isNamedUserJwtEnabled", nil).global("isRefreshTokenRotationEnabled", "true")
            )
            for _ in 0..<4 {
                let first = try await client.codeTokens().string("refresh_token")
                let rotated = try await client.token([("grant_type", "refresh_token"), ("refresh_token", first)])
                let second = try rotated.string("refresh_token")
                var answered = try await atOnce(8) { number in
                    let token = number.isMultiple(of: 2) ? second : first
                    return try await client.token([("grant_type", "refresh_token"), ("refresh_token", token)])
                }
                answered.append(rotated)
                for access in answered.compactMap({ $0.json["access_token"]?.string }) {
                    #expect(try await client.get("/services/oauth2/userinfo", bearer: access).status == 401)
                }
            }
        }
    }

    @Test(
        "app-model 7.3: of stagings at the same time one makes the one staged pair",
        arguments: TestDatabase.available
    )
    func stagings(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client)
            let consumer = try await caller.consumer()
            let answers = try await atOnce(8) { _ in
                try await caller.send(.post, consumer + "/staged", body: "{}")
            }
            #expect(answers.filter { $0.status == 200 }.count == 1)
            #expect(answers.filter { $0.restCode == "ALREADY_IN_PROCESS" }.count == 7)
            #expect(try await caller.states() == ["Active"])
        }
    }

    @Test(
        "app-model 7.3: of a rotation and a deletion at the same time both leave one current pair that works",
        arguments: TestDatabase.available
    )
    func rotationAndDeletion(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await RESTCaller(server, client)
            for _ in 0..<4 {
                let staged = try await caller.stage()
                let answers = try await atOnce(6) { number in
                    number.isMultiple(of: 2)
                        ? try await caller.send(.patch, staged.path, body: #"{"command":"rotate"}"#)
                        : try await caller.send(.delete, staged.path)
                }
                #expect(answers.allSatisfy { [200, 204, 400, 404].contains($0.status) })
                #expect(answers.filter { $0.status == 200 }.count <= 1)
                // The one place is empty at the end: a deletion took what was in it, staged or rotated out.
                #expect(answers.filter { $0.status == 204 }.count == 1)
                #expect(try await caller.states() == [])
                let current = try await caller.send(.get, try await caller.consumer() + "?part=keyandsecret")
                let pair = (try current.string("key"), try current.string("secret"))
                #expect(try await caller.status(pair) == 200)
            }
        }
    }
}
