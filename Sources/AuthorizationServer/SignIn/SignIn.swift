public import OAuthTypes
import Orgs
public import Storage
import Tokens

/// A session that was just made, with the text of its cookie, which is stored nowhere.
public struct NewSession: Sendable {
    public let record: SessionRecord
    public let cookie: Secret
}

/// Signs a user in with username and password: the same work and the same words for a user who does not exist.
public struct SignIn: Sendable {
    let database: any Database
    let passwords: PasswordPool
    let decoy: PasswordHash

    /// What came of an attempt.
    enum Result: Sendable {
        case signedIn(NewSession)
        /// What to tell the person; it never says whether the user exists.
        case refused(String)
    }

    /// Failures of one account, and of one source address, past which further attempts are refused for a while.
    static let accountLimit = 10
    static let sourceLimit = 100
    /// How long a counter stays without a new failure.
    static let quietPeriod = TimeSpan.minutes(15)

    private static let wrong =
        "Please check your username and password. If you still can't sign in, ask the admin of the org."
    private static let locked = "Too many failed attempts. Wait 15 minutes, then try again."

    func attempt(
        username: String,
        password: Secret,
        org: OrgState,
        source: IPAddress?,
        now: Timestamp
    ) async throws -> Result {
        guard !username.isEmpty, !password.isEmpty else { return .refused("Enter your username and password.") }
        guard username.utf8.count <= 80, password.count <= 1_024 else { return .refused(Self.wrong) }
        let account = "user " + username.lowercased()
        let origin = "source " + (source?.description ?? "unknown")
        guard try await countAttempt(account, origin, now) else { return .refused(Self.locked) }
        let found = try await database.read { try Users.passwordHash(username: username, org: org.org.id, on: $0) }
        let hash = found.map { PasswordHash(encoded: $0.hash) } ?? decoy
        let matches: Bool
        do {
            matches = try await passwords.run { hash.matches(password) }
        } catch is PasswordPool.Busy {
            // Nobody looked at the password, so it was no guess.
            try await database.write { connection in
                for subject in [account, origin] { try SignInFailures.forgive(subject, on: connection) }
            }
            return .refused("Too many people are signing in just now. Try again in a few seconds.")
        }
        guard matches, let found, let user = try await database.read({ try Users.account(found.user, on: $0) }) else {
            return .refused(Self.wrong)
        }
        guard user.user.isActive, !user.user.isFrozen else { return .refused(Self.wrong) }
        guard !user.isAPIOnly else {
            return .refused("This user is API Only and cannot sign in at a browser. Sign in as another user.")
        }
        return .signedIn(try await start(user, org, account, origin, now))
    }

    /// Says that a limit is reached; thrown, so that nothing is counted of an attempt that one of the two limits refuses.
    private struct LimitReached: Error {}

    /// Counts an attempt before the password is looked at, so that attempts at the same time cannot outrun the limit.
    private func countAttempt(_ account: String, _ origin: String, _ now: Timestamp) async throws -> Bool {
        let quiet = now - Self.quietPeriod
        do {
            try await database.write { connection in
                for (subject, limit) in [(account, Self.accountLimit), (origin, Self.sourceLimit)] {
                    guard
                        try SignInFailures.take(subject, limit: limit, quietSince: quiet, now: now, on: connection)
                    else { throw LimitReached() }
                }
            }
            return true
        } catch is LimitReached {
            return false
        }
    }

    private func start(
        _ account: AccountRecord,
        _ org: OrgState,
        _ subject: String,
        _ origin: String,
        _ now: Timestamp
    ) async throws -> NewSession {
        var randomness = SystemRandomNumberGenerator()
        let cookie = Secret(RandomText.bytes(43, of: .base62, using: &randomness))
        let session = SessionRecord(
            digest: TokenDigest.sha256(cookie.revealed),
            org: org.org.id,
            user: account.user.id,
            authenticatedAt: now,
            timeoutMinutes: account.profile.sessionTimeoutMinutes ?? org.org.sessionTimeoutMinutes
        )
        try await database.write { connection in
            try Sessions.insert(session, on: connection)
            try SignInFailures.clear(subject, on: connection)
            try SignInFailures.forgive(origin, on: connection)
        }
        return NewSession(record: session, cookie: cookie)
    }
}
