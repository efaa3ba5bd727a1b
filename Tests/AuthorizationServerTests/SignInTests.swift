import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@testable import AuthorizationServer

@Suite("Sign-in")
struct SignInTests {
    private static let wrong =
        "Please check your username and password. If you still can't sign in, ask the admin of the org."
    private static let locked = "Too many failed attempts. Wait 15 minutes, then try again."

    private let now = Household.now

    /// What an attempt tells the person; `nil` when it signs in.
    private func attempt(
        _ house: Household,
        _ name: String,
        _ password: Secret,
        from source: String = "192.0.2.1",
        at moment: Timestamp = Household.now
    ) async throws -> String? {
        var randomness = SystemRandomNumberGenerator()
        let decoy = try PasswordHash(hashing: Secret("decoy"), cost: Household.cost, using: &randomness)
        let signIn = SignIn(
            database: house.database,
            masterKey: house.masterKey,
            passwords: PasswordPool(),
            decoy: decoy
        )
        let result = try await signIn.attempt(
            .init(username: name, password: password, mark: nil, source: IPAddress(source)),
            org: OrgState(org: house.org, notBefore: Timestamp(milliseconds: 0)),
            now: moment
        )
        switch result {
        case .signedIn: return nil
        case .refused(let text, _): return text
        }
    }

    @Test(
        "security 1.15: a session is made, and its cookie is stored as a digest alone",
        arguments: TestDatabase.available
    )
    func session(driver: TestDatabase) async throws {
        try await Household.lend(on: driver) { house in
            try await house.addUser("ann")
            let signIn = SignIn(
                database: house.database,
                masterKey: house.masterKey,
                passwords: PasswordPool(),
                decoy: PasswordHash(encoded: "none")
            )
            let result = try await signIn.attempt(
                .init(username: "ANN", password: Household.password("ann"), mark: nil, source: nil),
                org: OrgState(org: house.org, notBefore: Timestamp(milliseconds: 0)),
                now: now
            )
            guard case .signedIn(let session) = result else {
                Issue.record("the sign-in was refused")
                return
            }
            #expect(session.cookie.count == 43)
            #expect(session.record.timeoutMinutes == house.org.sessionTimeoutMinutes)
            #expect(session.record.authenticatedAt == now)
            let found = try await house.sessions.find(
                cookie: session.cookie.revealed,
                now: now
            )
            #expect(found?.user == session.record.user)
            let other = try await house.sessions.find(cookie: "x", now: now)
            #expect(other == nil)
        }
    }

    @Test(
        "security 1.15: who is unknown, inactive, frozen or has another password reads the same words",
        arguments: TestDatabase.available
    )
    func sameWords(driver: TestDatabase) async throws {
        try await Household.lend(on: driver) { house in
            try await house.addUser("ann")
            try await house.addUser("bob", isActive: false)
            try await house.addUser("cyd", isFrozen: true)
            #expect(try await attempt(house, "ann", Household.password("ann")) == nil)
            #expect(try await attempt(house, "ann", Secret("wrong")) == Self.wrong)
            for name in ["bob", "cyd", "eve", String(repeating: "x", count: 81)] {
                #expect(try await attempt(house, name, Household.password(name)) == Self.wrong)
            }
            let long = Secret(String(repeating: "x", count: 1_025))
            #expect(try await attempt(house, "ann", long) == Self.wrong)
            #expect(try await attempt(house, "", Secret("x")) == "Enter your username and password.")
            #expect(try await attempt(house, "ann", Secret("")) == "Enter your username and password.")
        }
    }

    @Test(
        "flows 5.5: a user who is API Only is told so, after the password was right",
        arguments: TestDatabase.available
    )
    func apiOnly(driver: TestDatabase) async throws {
        try await Household.lend(on: driver) { house in
            try await house.addUser("machine", isAPIOnly: true)
            #expect(try await attempt(house, "machine", Secret("wrong")) == Self.wrong)
            let told = try await attempt(house, "machine", Household.password("machine"))
            #expect(told?.contains("API Only") == true)
        }
    }

    @Test(
        "security 1.15: ten failures from one address lock an account for it, for fifteen quiet minutes; a hundred lock it for all",
        arguments: TestDatabase.available
    )
    func accountLimit(driver: TestDatabase) async throws {
        try await Household.lend(on: driver) { house in
            try await house.addUser("ann")
            try await house.addUser("bob")
            for number in 0..<10 {
                let name = number.isMultiple(of: 2) ? "ann" : "Ann"
                #expect(try await attempt(house, name, Secret("wrong")) == Self.wrong)
            }
            #expect(try await attempt(house, "ann", Household.password("ann")) == Self.locked)
            #expect(try await attempt(house, "bob", Household.password("bob")) == nil)
            let before = now + .minutes(15) - TimeSpan(milliseconds: 1)
            #expect(try await attempt(house, "ann", Household.password("ann"), at: before) == Self.locked)
            for number in 10..<100 {
                let source = "198.51.100.\(number)"
                #expect(try await attempt(house, "ann", Secret("wrong"), from: source) == Self.wrong)
            }
            #expect(try await attempt(house, "ann", Household.password("ann"), from: "203.0.113.9") == Self.locked)
            #expect(try await attempt(house, "ann", Household.password("ann"), at: now + .minutes(15)) == nil)
        }
    }

    @Test("security 1.15: a success forgets the failures of its account", arguments: TestDatabase.available)
    func forgotten(driver: TestDatabase) async throws {
        try await Household.lend(on: driver) { house in
            try await house.addUser("ann")
            for _ in 0..<3 {
                for _ in 0..<9 { #expect(try await attempt(house, "ann", Secret("wrong")) == Self.wrong) }
                #expect(try await attempt(house, "ann", Household.password("ann")) == nil)
            }
        }
    }

    @Test(
        "security 1.15: a hundred failures from one address lock the address for every account, and no other address",
        arguments: TestDatabase.available
    )
    func sourceLimit(driver: TestDatabase) async throws {
        try await Household.lend(on: driver) { house in
            try await house.addUser("ann")
            for number in 0..<100 {
                #expect(try await attempt(house, "nobody\(number)", Secret("wrong")) == Self.wrong)
            }
            #expect(try await attempt(house, "ann", Household.password("ann")) == Self.locked)
            #expect(try await attempt(house, "ann", Household.password("ann"), from: "192.0.2.2") == nil)
        }
    }
}
