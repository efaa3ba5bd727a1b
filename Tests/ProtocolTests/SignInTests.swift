import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing
import Tokens

@testable import AuthorizationServer

@Suite("Sign-in")
struct SignInTests {
    private typealias Reason = SignInRefusal.Reason

    /// One attempt; answers the reason of its refusal, or nothing and the browser's mark.
    private func attempt(
        _ server: TestServer,
        _ username: String = "ann@acme.example",
        _ password: String = TestServer.password,
        from source: String? = "192.0.2.1",
        mark: String? = nil
    ) async throws -> (refusal: SignInRefusal?, text: String?, mark: String?) {
        let attempt = SignIn.Attempt(
            username: username,
            password: Secret(password),
            mark: mark,
            source: source.flatMap { IPAddress($0) }
        )
        let org = OrgState(org: server.org, notBefore: Timestamp(milliseconds: 0))
        switch try await server.server.signIn.attempt(attempt, org: org, now: server.now) {
        case .refused(let text, let refusal): return (refusal, text, nil)
        case .signedIn(let session): return (nil, nil, session.mark.revealed)
        }
    }

    private func fail(
        _ server: TestServer,
        _ times: Int,
        _ username: String = "ann@acme.example",
        from source: String,
        mark: String? = nil
    ) async throws {
        for _ in 0..<times { _ = try await attempt(server, username, "wrong", from: source, mark: mark) }
    }

    @Test(
        "security 1.15: ten failures lock an account for the address they came from, an IPv6 address with its /64, and for no other",
        arguments: TestDatabase.available
    )
    func place(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, _ in
            try await fail(server, 10, from: "192.0.2.1")
            #expect(try await attempt(server).refusal?.reason == .accountLockedForSource)
            #expect(try await attempt(server, from: "192.0.2.2").refusal == nil)
            for last in 0..<10 { try await fail(server, 1, from: "2001:db8::\(last)") }
            #expect(try await attempt(server, from: "2001:db8::ffff").refusal?.reason == .accountLockedForSource)
            #expect(try await attempt(server, from: "2001:db8:0:1::1").refusal == nil)
        }
    }

    @Test(
        "OWASP device cookies: strangers lock an account for strangers, and never for a browser that has signed in to it",
        arguments: TestDatabase.available
    )
    func knownBrowser(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, _ in
            let mark = try #require(try await attempt(server).mark)
            for source in 1...10 { try await fail(server, 10, from: "198.51.100.\(source)") }
            #expect(try await attempt(server).refusal?.reason == .accountLocked)
            #expect(try await attempt(server, mark: mark).refusal == nil)
            let changed = (mark.hasPrefix("x") ? "y" : "x") + mark.dropFirst()
            // The mark of this account is nothing for another one, and a changed one is nothing at all.
            try await fail(server, 10, "bob@acme.example", from: "192.0.2.9", mark: mark)
            let other = try await attempt(server, "bob@acme.example", from: "192.0.2.9", mark: mark)
            #expect(other.refusal?.reason == .accountLockedForSource)
            #expect(try await attempt(server, mark: changed).refusal?.reason == .accountLocked)
            // A stolen browser does not guess without end either.
            try await fail(server, 10, from: "192.0.2.1", mark: mark)
            #expect(try await attempt(server, mark: mark).refusal?.reason == .browserLocked)
        }
    }

    @Test(
        "OWASP device cookies: a browser that signs in again keeps its mark and its counter",
        arguments: TestDatabase.available
    )
    func sameBrowser(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, _ in
            let first = try #require(try await attempt(server).mark)
            server.advance(.days(179))
            let second = try #require(try await attempt(server, mark: first).mark)
            #expect(second != first && second.prefix(22) == first.prefix(22))
            try await fail(server, 10, from: "192.0.2.1", mark: second)
            #expect(try await attempt(server, mark: first).refusal?.reason == .browserLocked)
            server.advance(.days(179))
            #expect(try await attempt(server, mark: second).mark?.prefix(22) == first.prefix(22))
            server.advance(.days(2))
            #expect(try await attempt(server, mark: second).mark?.prefix(22) != first.prefix(22))
        }
    }

    @Test(
        "OWASP device cookies: a mark that was given for an earlier password makes no browser known",
        arguments: TestDatabase.available
    )
    func earlierPassword(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, _ in
            let mark = try #require(try await attempt(server).mark)
            var randomness = SystemRandomNumberGenerator()
            let cost = PasswordHash.Cost(passes: 1, memoryKiB: 64)
            let hash = try PasswordHash(hashing: Secret("another one"), cost: cost, using: &randomness)
            let (user, now) = (server.user.id, server.now)
            try await server.change {
                try Users.setPassword(user, hash: hash.encoded, by: .server, clock: { now }, on: $0)
            }
            try await fail(server, 10, from: "192.0.2.1")
            let again = try await attempt(server, "ann@acme.example", "another one", mark: mark)
            #expect(again.refusal?.reason == .accountLockedForSource)
        }
    }

    @Test(
        "OWASP device cookies: a hundred failures in all the browsers that know an account lock it for them, and not for others",
        arguments: TestDatabase.available
    )
    func manyMarks(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, _ in
            var marks: [String] = []
            for _ in 0..<11 { marks.append(try #require(try await attempt(server).mark)) }
            for mark in marks.prefix(10) { try await fail(server, 10, from: "192.0.2.1", mark: mark) }
            #expect(try await attempt(server, mark: marks[10]).refusal?.reason == .browsersLocked)
            #expect(try await attempt(server).refusal == nil)
        }
    }

    @Test(
        "security 1.15: a hundred failures lock an address, with one text for all locks, for known and unknown users",
        arguments: TestDatabase.available
    )
    func address(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, _ in
            for number in 0..<100 { try await fail(server, 1, "u\(number)@acme.example", from: "192.0.2.1") }
            let known = try await attempt(server)
            let unknown = try await attempt(server, "nobody@acme.example")
            #expect(known.refusal == SignInRefusal(reason: .sourceLocked, user: server.user.id))
            #expect(unknown.refusal == SignInRefusal(reason: .sourceLocked, user: nil))
            #expect(known.text == unknown.text)
            try await fail(server, 10, from: "192.0.2.2")
            #expect(try await attempt(server, from: "192.0.2.2").text == known.text)
        }
    }

    @Test(
        "security 1.15: a lock ends 15 minutes after the last attempt that was looked at, though somebody goes on trying",
        arguments: TestDatabase.available
    )
    func end(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, _ in
            try await fail(server, 10, from: "192.0.2.1")
            for _ in 0..<14 {
                server.advance(.minutes(1))
                try await fail(server, 1, from: "192.0.2.1")
            }
            #expect(try await attempt(server).refusal != nil)
            server.advance(.minutes(1))
            #expect(try await attempt(server).refusal == nil)
        }
    }

    @Test(
        "security 1.15: of thirty guesses at once ten are looked at",
        arguments: TestDatabase.available
    )
    func atOnce(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, _ in
            let looked = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<30 {
                    group.addTask {
                        try await attempt(server, "ann@acme.example", "wrong").refusal?.reason == .wrongPassword
                    }
                }
                return try await group.reduce(into: 0) { count, isLooked in count += isLooked ? 1 : 0 }
            }
            #expect(looked == 10)
        }
    }

    @Test(
        "security 1.15: an admin who sets a new password lifts the lock of the account, from every address",
        arguments: TestDatabase.available
    )
    func unlock(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, _ in
            for source in 1...10 { try await fail(server, 10, from: "198.51.100.\(source)") }
            try await fail(server, 10, "bob@acme.example", from: "192.0.2.1")
            let account = SignInAccount(
                username: "Ann@acme.example",
                org: server.org.id,
                masterKey: server.server.masterKey
            )
            let (user, now) = (server.user, server.now)
            for _ in 0..<2 {
                try await server.database.write { try account.unlock(user, by: .server, now: now, on: $0) }
            }
            let entries = try await server.database.read { try AuditTrail.entries(org: user.org, limit: 99, on: $0) }
            // Two counters for each attempt: that of the account and that of the account at the address. A second time there are none.
            let lifted = entries.filter { $0.content.contains(#""field":"failedSignIns","before":"# + "\"") }
            #expect(lifted.count == 1)
            #expect(try await attempt(server, from: "198.51.100.1").refusal == nil)
            #expect(try await attempt(server, "bob@acme.example").refusal?.reason == .accountLockedForSource)
        }
    }

    @Test(
        "issue 2.2: each refusal has its word and the user, if there is one; nothing that was typed",
        arguments: TestDatabase.available
    )
    func reasons(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, _ in
            let (id, now) = (server.user.id, server.now)
            func reason(_ username: String, _ password: String) async throws -> SignInRefusal? {
                try await attempt(server, username, password).refusal
            }
            #expect(try await reason("", "x") == SignInRefusal(reason: .incomplete, user: nil))
            #expect(try await reason(String(repeating: "a", count: 81), "x")?.reason == .tooLong)
            #expect(try await reason("nobody@acme.example", "x") == SignInRefusal(reason: .unknownUser, user: nil))
            #expect(try await reason("ANN@acme.example", "x") == SignInRefusal(reason: .wrongPassword, user: id))
            #expect(try await reason("integration@acme.example", TestServer.password)?.reason == .apiOnlyUser)
            try await server.change { try Users.setFrozen(id, true, by: .server, now: now, on: $0) }
            #expect(try await reason("ann@acme.example", TestServer.password)?.reason == .frozenUser)
        }
    }

    @Test("issue 2.4: a username may have white space around it, a password is taken as it is")
    func whiteSpace() async throws {
        try await TestServer.run(on: .sqlite) { server, client in
            try await server.deploy(AppMother())
            #expect(try await client.authorize(username: " ann@acme.example\t")["code"] != nil)
            var browser = Browser(client: client)
            let page = try await browser.get(Client.authorization())
            let fields = [("username", "ann@acme.example"), ("password", TestServer.password + " ")]
            #expect(try await browser.submit("sign-in", page, fields).body.contains("role=\"alert\""))
        }
    }

    @Test(
        "app-model 4: API Only User counts from a permission set as it does from the user's own mark",
        arguments: TestDatabase.available
    )
    func apiOnly(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let (org, ann, now) = (server.org.id, server.user, server.now)
            try await server.change { connection in
                var randomness = SystemRandomNumberGenerator()
                let set = PermissionSet(
                    id: PermissionSetID.make(prefix: PermissionSet.idPrefix, now: now, using: &randomness),
                    org: org,
                    name: "Machines",
                    label: "Machines",
                    permissions: [.apiUserOnly]
                )
                try PermissionSets.insert(set, by: .server, now: TestServer.start, on: connection)
                let robot = User(
                    id: UserID.make(prefix: User.idPrefix, now: now, using: &randomness),
                    org: org,
                    username: "robot@acme.example",
                    email: "robot@acme.example",
                    lastName: "Robot",
                    nickname: "robot",
                    profile: ann.profile,
                    permissionSets: [set.id],
                    createdAt: now,
                    updatedAt: now
                )
                var randomBytes = SystemRandomNumberGenerator()
                let hash = try PasswordHash(
                    hashing: Secret(TestServer.password),
                    cost: .init(passes: 1, memoryKiB: 64),
                    using: &randomBytes
                )
                try Users.insert(robot, passwordHash: hash.encoded, by: .server, on: connection)
            }
            #expect(try await attempt(server, "robot@acme.example").refusal?.reason == .apiOnlyUser)
            try await server.deploy(AppMother().policy("clientCredentialsFlowUser", "robot@acme.example"))
            let answer = try await client.token([("grant_type", "client_credentials")])
            #expect(answer.status == 200)
            let userInfo = try await client.get("/services/oauth2/userinfo", bearer: answer.string("access_token"))
            #expect(userInfo.json["is_salesforce_integration_user"] == .bool(true))
        }
    }
}
