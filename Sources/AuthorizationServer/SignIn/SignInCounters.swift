import OAuthTypes
import Orgs
import Storage

/// The counters of one attempt to sign in.
///
/// A browser in which somebody has signed in to the account before has a counter of its own, so that strangers cannot lock
/// its user out (OWASP: device cookies), and one that it shares with all such browsers, so that many of them are no way to
/// guess on. All others count three times: for the account from their address, for their address
/// whatever the account, and for the account wherever they come from.
struct SignInCounters: Sendable {
    /// One counter, and what it means when it is full.
    struct Counter: Sendable {
        let subject: String
        let limit: Int
        let lock: SignInRefusal.Reason
        /// Whether a success forgets all its failures, and not just the one counted ahead.
        let isCleared: Bool
    }

    /// Failures of one account from one place.
    static let placeLimit = 10
    /// Failures from one source address, of one account from everywhere, and of one account in all browsers that it knows.
    static let wideLimit = 100
    /// How long a counter stays without a new failure.
    static let quietPeriod = TimeSpan.minutes(15)

    /// In the order in which they are counted: always the same, so that attempts at the same time wait and do not deadlock.
    let counters: [Counter]

    /// - Parameter browser: the random part of the mark of a browser that knows the account.
    init(_ account: SignInAccount, browser: String?, source: IPAddress?) {
        if let browser {
            counters = [
                Counter(
                    subject: "\(account.subject) browser \(browser)",
                    limit: Self.placeLimit,
                    lock: .browserLocked,
                    isCleared: true
                ),
                Counter(
                    subject: "\(account.subject) browsers",
                    limit: Self.wideLimit,
                    lock: .browsersLocked,
                    isCleared: false
                ),
            ]
            return
        }
        let place = Self.place(source)
        counters = [
            Counter(
                subject: "\(account.subject) source \(place)",
                limit: Self.placeLimit,
                lock: .accountLockedForSource,
                isCleared: true
            ),
            Counter(subject: "source \(place)", limit: Self.wideLimit, lock: .sourceLocked, isCleared: false),
            Counter(subject: account.subject, limit: Self.wideLimit, lock: .accountLocked, isCleared: false),
        ]
    }

    /// One customer holds a whole /64 of version 6 at least (RFC 6177 section 2), so single addresses there count nothing.
    static func place(_ source: IPAddress?) -> String {
        guard let source else { return "unknown" }
        return source.version == .v6 ? "\(source.first(ofPrefix: 64))/64" : source.description
    }

    /// Counts an attempt on all counters before the password is looked at, or on none.
    ///
    /// - Throws: ``Full``, which takes the transaction back.
    func count(now: Timestamp, on connection: any Connection) throws {
        let quiet = now - Self.quietPeriod
        for counter in counters {
            let isCounted = try SignInFailures.count(
                counter.subject,
                limit: counter.limit,
                quietSince: quiet,
                now: now,
                on: connection
            )
            guard isCounted else { throw Full(lock: counter.lock) }
        }
    }

    /// Says that a counter is full.
    struct Full: Error {
        let lock: SignInRefusal.Reason
    }

    /// Takes a counted attempt back that was never looked at.
    func forgive(on connection: any Connection) throws {
        for counter in counters { try SignInFailures.forgive(counter.subject, on: connection) }
    }

    /// Settles the counters after a success.
    func succeed(on connection: any Connection) throws {
        for counter in counters {
            if counter.isCleared {
                try SignInFailures.clear(counter.subject, on: connection)
            } else {
                try SignInFailures.forgive(counter.subject, on: connection)
            }
        }
    }
}
