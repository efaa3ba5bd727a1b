public import OAuthTypes
import Orgs
public import Storage
import Tokens

/// A session that was just made, with the texts of its cookies, which are stored nowhere.
public struct NewSession: Sendable {
    /// The session as it is remembered.
    public let record: SessionRecord
    /// The text of the cookie, for this one answer.
    public let cookie: Secret
    /// What makes the browser one that the account knows: see ``SignInCounters``.
    public let mark: Secret
}

/// What somebody signs in to: other users may, and other sessions come of it.
enum SignInPurpose: Sendable {
    /// Pages.
    case browser
    /// SOAP and REST, by the session id that the answer has.
    case api
}

/// Signs a user in with username and password: the same work and the same words for a user who does not exist.
struct SignIn: Sendable {
    let database: any Database
    let masterKey: MasterKey
    let passwords: PasswordPool
    let decoy: PasswordHash

    /// What somebody typed, and from where.
    struct Attempt: Sendable {
        let username: String
        let password: Secret
        /// The mark of a browser that knows an account.
        let mark: String?
        let source: IPAddress?
        /// The digest of the session that the browser has, whose place a new one takes.
        var earlierSession: [UInt8]?
        var purpose = SignInPurpose.browser
        /// Whether nobody is let in, whatever they type: the work is done, so that nobody sees that it was in vain.
        var isInVain = false
    }

    /// What came of an attempt.
    enum Result: Sendable {
        case signedIn(NewSession)
        /// What to tell the person, which never says whether the user exists, and what to tell the operator.
        case refused(String, SignInRefusal)
    }

    private static let wrong =
        "Please check your username and password. If you still can't sign in, ask the admin of the org."
    private static let locked = "Too many failed attempts. Wait 15 minutes, then try again."

    func attempt(_ attempt: Attempt, org: OrgState, now: Timestamp) async throws -> Result {
        let (username, password) = (attempt.username, attempt.password)
        guard !username.isEmpty, !password.isEmpty else {
            return .refused("Enter your username and password.", SignInRefusal(reason: .incomplete, user: nil))
        }
        guard username.utf8.count <= 80, password.count <= 1_024 else {
            return .refused(Self.wrong, SignInRefusal(reason: .tooLong, user: nil))
        }
        let account = SignInAccount(username: username, org: org.org.id, masterKey: masterKey)
        let known = try await database.read { try Users.passwordHash(username: username, org: org.org.id, on: $0) }
        let found = attempt.isInVain ? nil : known
        let hash = found.map { PasswordHash(encoded: $0.hash) } ?? decoy
        let browser = attempt.mark.flatMap { account.nonce(ofMark: $0, for: hash, now: now) }
        let counters = SignInCounters(account, browser: browser, source: attempt.source)
        do {
            try await database.write { try counters.count(now: now, on: $0) }
        } catch let full as SignInCounters.Full {
            return .refused(Self.locked, SignInRefusal(reason: full.lock, user: found?.user))
        }
        let caller =
            browser.map { _ in PasswordPool.Caller.known } ?? .stranger(place: SignInCounters.place(attempt.source))
        let matches: Bool
        do {
            matches = try await passwords.run(for: caller) { hash.matches(password) }
        } catch is PasswordPool.Busy {
            try await database.write { try counters.forgive(on: $0) }
            return .refused(
                "Too many people are signing in just now. Try again in a few seconds.",
                SignInRefusal(reason: .busy, user: found?.user)
            )
        }
        guard let found else { return .refused(Self.wrong, SignInRefusal(reason: .unknownUser, user: nil)) }
        guard matches else { return .refused(Self.wrong, SignInRefusal(reason: .wrongPassword, user: found.user)) }
        return try await start(found.user, hash, attempt, org, counters, now) { randomness in
            account.mark(nonce: browser, for: hash, now: now, using: &randomness)
        }
    }

    /// What keeps a user out who has the right password.
    private static func obstacle(_ account: AccountRecord, _ attempt: Attempt, _ org: Org) -> (
        String, SignInRefusal.Reason
    )? {
        if !account.user.isActive { return (wrong, .inactiveUser) }
        if account.user.isFrozen { return (wrong, .frozenUser) }
        switch attempt.purpose {
        case .browser:
            guard account.isAPIOnly else { return nil }
            return ("This user is API Only and cannot sign in at a browser. Sign in as another user.", .apiOnlyUser)
        case .api:
            if !APISessions.mayUseAPI(account) { return (wrong, .apiDisabledForUser) }
            let isInside = UserGate.isAllowedAddress(attempt.source, account, org: org)
            return isInside ? nil : (wrong, .restrictedAddress)
        }
    }

    /// The session id of an API looks like an opaque token, by which clients find the org. Its digest is keyed, so that no cookie is the
    /// session of an API, and no session id one of a browser.
    private func session(for attempt: Attempt, _ org: Org) -> (text: Secret, digest: [UInt8]) {
        var randomness = SystemRandomNumberGenerator()
        switch attempt.purpose {
        case .browser:
            let cookie = Secret(RandomText.bytes(43, of: .base62, using: &randomness))
            return (cookie, TokenDigest.sha256(cookie.revealed))
        case .api:
            let id = OpaqueToken.generate(org: org.id.short, using: &randomness)
            return (id, APISessions.digest(of: id.revealed, masterKey))
        }
    }

    /// Makes the session, unless the user may not have one.
    ///
    /// Hashing takes its time, and who sets a new password or freezes the user meanwhile ends the sessions that they see: so the
    /// user is looked at again where such a change waits or is over.
    private func start(
        _ user: UserID,
        _ hash: PasswordHash,
        _ attempt: Attempt,
        _ org: OrgState,
        _ counters: SignInCounters,
        _ now: Timestamp,
        mark: (inout SystemRandomNumberGenerator) -> Secret
    ) async throws -> Result {
        var randomness = SystemRandomNumberGenerator()
        let (cookie, digest) = session(for: attempt, org.org)
        let mark = mark(&randomness)
        return try await database.write { connection in
            try Users.serialize(user, on: connection)
            let current = try Users.passwordHash(username: attempt.username, org: org.org.id, on: connection)
            guard let current, current.user == user, current.hash == hash.encoded,
                let account = try Users.account(user, on: connection)
            else { return .refused(Self.wrong, SignInRefusal(reason: .wrongPassword, user: user)) }
            if let (text, reason) = Self.obstacle(account, attempt, org.org) {
                return .refused(text, SignInRefusal(reason: reason, user: user))
            }
            let session = SessionRecord(
                digest: digest,
                org: org.org.id,
                user: user,
                authenticatedAt: now,
                timeoutMinutes: account.profile.sessionTimeoutMinutes ?? org.org.sessionTimeoutMinutes
            )
            if let earlier = attempt.earlierSession { try Sessions.delete(digest: earlier, on: connection) }
            try Sessions.insert(session, on: connection)
            try counters.succeed(on: connection)
            return .signedIn(NewSession(record: session, cookie: cookie, mark: mark))
        }
    }
}
