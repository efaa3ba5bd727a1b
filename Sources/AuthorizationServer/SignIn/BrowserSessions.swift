public import OAuthTypes
public import Storage
import Tokens

/// The sessions of signed-in browsers.
public struct BrowserSessions: Sendable {
    let directory: Directory
    let liveness: TokenLiveness

    private var database: any Database { directory.database }

    /// The session of a cookie, if it lives; use extends it. One that an app opened lives while the app may have tokens of the user.
    public func find(cookie: String, now: Timestamp) async throws -> SessionRecord? {
        guard let session = try await find(digest: TokenDigest.sha256(cookie), now: now),
            try await isAllowed(session, now: now)
        else { return nil }
        return session
    }

    /// The session with a digest, if it lives; use extends it.
    func find(digest: [UInt8], now: Timestamp) async throws -> SessionRecord? {
        guard let session = try await database.read({ try Sessions.find(digest: digest, now: now, on: $0) }) else {
            return nil
        }
        let timeout = TimeSpan.minutes(Int64(session.timeoutMinutes))
        if (session.expiresAt - now).milliseconds * 2 < timeout.milliseconds {
            let expiry = now + timeout
            try await database.write { try Sessions.extend(digest: digest, to: expiry, on: $0) }
        }
        return session
    }

    /// Ends the session of a cookie.
    public func end(cookie: String) async throws {
        let digest = TokenDigest.sha256(cookie)
        _ = try await database.write { try Sessions.delete(digest: digest, on: $0) }
    }

    /// Whether what a session began with still stands.
    func isAllowed(_ session: SessionRecord, now: Timestamp) async throws -> Bool {
        switch session.origin {
        case .signIn, .apiSession: return true
        case .app(_, let key):
            guard let account = try await directory.account(session.user),
                let state = try await directory.app(consumerKey: key, org: session.org, now: now)?.state,
                let org = try await directory.orgTable().org(session.org)
            else { return false }
            return liveness.allowsSession(of: account, openedBy: state, org: org)
        }
    }
}
