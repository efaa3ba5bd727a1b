public import OAuthTypes
public import Storage
import Tokens

/// The sessions of signed-in browsers.
public struct BrowserSessions: Sendable {
    let database: any Database

    /// The session of a cookie, if it lives; use extends it.
    public func find(cookie: String, now: Timestamp) async throws -> SessionRecord? {
        try await find(digest: TokenDigest.sha256(cookie), now: now)
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
}
