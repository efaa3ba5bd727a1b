import ClientApps
public import OAuthTypes
public import Orgs
public import Storage
import Tokens

/// The way from a token to a browser (facts: flows 5.14, the UI Bridge API): who holds a token of a user gets a ticket, and the browser that
/// comes with the ticket is signed in as that user.
///
/// A ticket is a session that waits: whatever ends the sessions of its user or its app ends it, too.
public struct UIBridge: Sendable {
    let server: AuthorizationServer

    /// How long a ticket may be used, once.
    public static let ticketLifetime = TimeSpan.seconds(60)

    /// Why a token gets no ticket; the raw value is the word on the wire.
    public enum Refusal: String, Error, Sendable {
        /// The token lacks the scope `web`, and `full`, which includes it.
        case invalidScope = "Invalid_Scope"
        /// The token is dead or no token of an app, or its user may come in through APIs alone.
        case badToken = "Bad_OAuth_Token"
    }

    /// Whose session a ticket opens.
    public struct Ticket: Sendable {
        let record: SessionRecord
        /// The user who is signed in by it.
        public let user: User
    }

    /// A browser that came with a ticket.
    public enum Opened: Sendable {
        /// It gets a session, by this cookie.
        case newSession(Secret)
        /// It has one of the user already, which stays: it may know more than a token does, such as when the user signed in.
        case sameUser
    }

    /// A ticket for an access token of either form.
    ///
    /// - Throws: ``Refusal``, or what the database throws.
    public func ticket(token: String, org: OrgState, now: Timestamp) async throws -> Secret {
        let live = try await check(token, org, now)
        let origin = SessionRecord.Origin.app(live.app.id, consumerKey: live.consumerKey)
        let (id, tokenDigest) = (org.org.id, TokenDigest.sha256(token))
        let made = try await wait(live.account, org, try await authenticatedAt(live), origin, now) { connection in
            let subjects = [live.tokenID, live.fingerprint].compactMap(\.self)
            guard subjects.isEmpty else {
                return try subjects.allSatisfy { try Revocations.hold($0, org: id, now: now, on: connection) }
            }
            return try OpaqueTokens.hold(digest: tokenDigest, on: connection)
        }
        guard let ticket = made else { throw Refusal.badToken }
        // Who cuts off an org, a user or an app ends the tickets that they see, so the token is looked at again when the ticket can be seen.
        do {
            // A cut-off leaves nothing that the transaction could hold, and may have been made by another process.
            try await server.directory.refresh(now: now)
            guard let current = try await server.directory.orgTable().org(id) else { throw Refusal.badToken }
            _ = try await check(token, current, now)
        } catch {
            let digest = digest(of: ticket.revealed)
            try await server.database.write { _ = try Sessions.delete(digest: digest, on: $0) }
            throw error
        }
        return ticket
    }

    private func check(_ token: String, _ org: OrgState, _ now: Timestamp) async throws -> TokenLiveness.LiveToken {
        let live: TokenLiveness.LiveToken
        do {
            live = try await server.liveness.check(token, org: org, now: now)
        } catch is TokenLiveness.Death {
            throw Refusal.badToken
        }
        guard !live.account.isAPIOnly else { throw Refusal.badToken }
        guard live.scopes.covers(.web) else { throw Refusal.invalidScope }
        return live
    }

    /// A ticket for the session id that a login by password gave.
    ///
    /// - Throws: ``Refusal``, or what the database throws.
    public func ticket(sessionID: String, org: OrgState, now: Timestamp) async throws -> Secret {
        guard let session = try await server.apiSessions.session(sessionID, org: org, now: now),
            !session.account.isAPIOnly
        else { throw Refusal.badToken }
        let digest = session.record.digest
        let made = try await wait(session.account, org, session.record.authenticatedAt, .apiSession(digest), now) {
            connection in
            try Sessions.hold(digest: digest, on: connection)
        }
        guard let made else { throw Refusal.badToken }
        return made
    }

    /// Looks at a ticket without using it up.
    ///
    /// - Returns: `nil` for one that is unknown, used or too old, or whose user may not be signed in any more.
    public func look(at ticket: String, org: OrgState, now: Timestamp) async throws -> Ticket? {
        let digest = digest(of: ticket)
        guard let record = try await server.database.read({ try Sessions.find(digest: digest, now: now, on: $0) }),
            record.org == org.org.id, org.org.isActive, try await server.sessions.isAllowed(record, now: now),
            let account = try await server.directory.account(record.user)
        else { return nil }
        return Ticket(record: record, user: account.user)
    }

    /// Uses a ticket up.
    ///
    /// - Parameter earlier: the session that the browser has.
    /// - Returns: `nil` when somebody else was faster, or the user may not be signed in any more.
    public func open(_ ticket: Ticket, earlier: SessionRecord?, now: Timestamp) async throws -> Opened? {
        var randomness = SystemRandomNumberGenerator()
        let cookie = Secret(RandomText.bytes(43, of: .base62, using: &randomness))
        let waiting = ticket.record
        return try await server.database.write { connection in
            try Users.serialize(waiting.user, on: connection)
            guard let account = try Users.account(waiting.user, on: connection),
                account.user.isActive, !account.user.isFrozen, !account.isAPIOnly,
                waiting.authenticatedAt > account.notBefore
            else { return nil }
            if earlier?.user == waiting.user {
                return try Sessions.delete(digest: waiting.digest, notExpiredAt: now, on: connection) ? .sameUser : nil
            }
            // The row itself becomes the session: who ends it at the same time ends it, whichever of its two names it has.
            let isOpened = try Sessions.rename(
                waiting.digest,
                to: TokenDigest.sha256(cookie.revealed),
                until: now + .minutes(Int64(waiting.timeoutMinutes)),
                now: now,
                on: connection
            )
            guard isOpened else { return nil }
            if let earlier { try Sessions.delete(digest: earlier.digest, on: connection) }
            return .newSession(cookie)
        }
    }

    /// Makes a ticket.
    ///
    /// - Parameter holding: keeps what the ticket is for alive until it can be seen by who ends that.
    /// - Returns: `nil` where that is ended already.
    private func wait(
        _ account: AccountRecord,
        _ org: OrgState,
        _ authenticatedAt: Timestamp,
        _ origin: SessionRecord.Origin,
        _ now: Timestamp,
        holding: @escaping @Sendable (any Connection) throws -> Bool
    ) async throws -> Secret? {
        var randomness = SystemRandomNumberGenerator()
        let ticket = Secret(RandomText.bytes(43, of: .base62, using: &randomness))
        let session = SessionRecord(
            digest: digest(of: ticket.revealed),
            org: org.org.id,
            user: account.user.id,
            authenticatedAt: authenticatedAt,
            timeoutMinutes: account.profile.sessionTimeoutMinutes ?? org.org.sessionTimeoutMinutes,
            expiresAt: now + Self.ticketLifetime,
            origin: origin
        )
        let isMade = try await server.database.write { connection in
            guard try holding(connection) else { return false }
            try Sessions.insert(session, on: connection)
            return true
        }
        return isMade ? ticket : nil
    }

    /// When the user signed in to whom a token belongs. A JWT does not say which authorization it is of, so it is the oldest that it may be:
    /// a request with `max_age` then asks once more than it must, and never once less. Where nobody signed in, the app that got the token
    /// vouched for its user at that time.
    private func authenticatedAt(_ live: TokenLiveness.LiveToken) async throws -> Timestamp {
        let (app, user) = (live.app.id, live.account.user.id)
        let authorizations = try await server.database.read { try Authorizations.live(app: app, user: user, on: $0) }
        return authorizations.map(\.authenticatedAt).min() ?? live.issuedAt
    }

    /// Keyed, so that no cookie is a ticket and no ticket a cookie.
    private func digest(of ticket: String) -> [UInt8] {
        server.masterKey.authenticationCode(Array(ticket.utf8), purpose: "frontdoor ticket")
    }
}
