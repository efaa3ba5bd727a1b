import OAuthTypes
import Orgs
import Storage
import Synchronization
import TestSupport
import Testing

@testable import AuthorizationServer

/// A database in which something happens just before the n-th transaction that writes.
private final class InterruptedDatabase: Database {
    private let base: any Database
    private let interruption: @Sendable (any Connection) throws -> Void
    private let turn: Int
    private let writes = Mutex(0)

    init(
        _ base: any Database,
        beforeWrite turn: Int,
        _ interruption: @escaping @Sendable (any Connection) throws -> Void
    ) {
        (self.base, self.turn, self.interruption) = (base, turn, interruption)
    }

    func read<Result: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> Result) async throws -> Result {
        try await base.read(body)
    }

    func write<Result: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> Result) async throws -> Result {
        let count = writes.withLock { writes in
            writes += 1
            return writes
        }
        if count == turn { try await base.write(interruption) }
        return try await base.write(body)
    }

    func close() async throws { try await base.close() }
}

@Suite("Sign-in races")
struct SignInRaceTests {
    private let now = Household.now

    private func attempt(
        _ house: Household,
        on database: any Database,
        earlierSession: [UInt8]? = nil
    ) async throws -> SignIn.Result {
        let signIn = SignIn(
            database: database,
            masterKey: house.masterKey,
            passwords: PasswordPool(),
            decoy: PasswordHash(encoded: "none")
        )
        return try await signIn.attempt(
            .init(
                username: "ann",
                password: Household.password("ann"),
                mark: nil,
                source: nil,
                earlierSession: earlierSession
            ),
            org: OrgState(org: house.org, notBefore: Timestamp(milliseconds: 0)),
            now: now
        )
    }

    /// Why an attempt was refused during which something happens after the password was found right.
    private func refusal(
        _ house: Household,
        during change: @escaping @Sendable (UserID, any Connection) throws -> Void
    ) async throws -> SignInRefusal.Reason? {
        try await house.addUser("ann")
        let org = house.org.id
        let found = try await house.database.read { try Users.account(username: "ann", org: org, on: $0) }
        let user = try #require(found).user.id
        // The first write counts the attempt, the second makes the session.
        let database = InterruptedDatabase(house.database, beforeWrite: 2) { try change(user, $0) }
        guard case .refused(_, let refusal) = try await attempt(house, on: database) else { return nil }
        let sessions = try await house.database.read {
            try $0.rows("SELECT digest FROM sessions WHERE user_id = \(user)").count
        }
        #expect(sessions == 0)
        return refusal.reason
    }

    @Test(
        "RFC 9700 section 4.14: a sign-in with the old password leaves no session behind that a new password would have ended",
        arguments: TestDatabase.available
    )
    func newPassword(driver: TestDatabase) async throws {
        try await Household.lend(on: driver) { house in
            let earlier = now - .seconds(1)
            let reason = try await refusal(house) { user, connection in
                try Users.setPassword(user, hash: "another", by: .server, clock: { earlier }, on: connection)
            }
            #expect(reason == .wrongPassword)
        }
    }

    @Test(
        "security 1.15: a user who is frozen while the password is looked at gets no session",
        arguments: TestDatabase.available
    )
    func frozen(driver: TestDatabase) async throws {
        try await Household.lend(on: driver) { house in
            let moment = now
            let reason = try await refusal(house) { user, connection in
                try Users.setFrozen(user, true, by: .server, now: moment, on: connection)
            }
            #expect(reason == .frozenUser)
        }
    }

    @Test(
        "security 1.15: a new session of a browser takes the place of the one that it had",
        arguments: TestDatabase.available
    )
    func earlierSession(driver: TestDatabase) async throws {
        try await Household.lend(on: driver) { house in
            try await house.addUser("ann")
            guard case .signedIn(let first) = try await attempt(house, on: house.database),
                case .signedIn(let second) = try await attempt(
                    house,
                    on: house.database,
                    earlierSession: first.record.digest
                )
            else {
                Issue.record("the sign-in was refused")
                return
            }
            let sessions = house.sessions
            #expect(try await sessions.find(cookie: first.cookie.revealed, now: now) == nil)
            #expect(try await sessions.find(cookie: second.cookie.revealed, now: now) != nil)
        }
    }
}
