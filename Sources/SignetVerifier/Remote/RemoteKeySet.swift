public import OAuthTypes
public import ServiceLifecycle
import Synchronization

/// The keys of an issuer, fetched and kept: a cache that verifies from memory, fetches again in the background, asks once more
/// for a key it has not heard of, and outlives an issuer that cannot be reached for a stated time.
public final class RemoteKeySet: Service {
    /// How long keys are kept.
    public struct Policy: Sendable {
        /// How often the keys are fetched in the background.
        public var refreshInterval: TimeSpan
        /// The least time between two fetches for unknown keys, whoever asks for them.
        public var minimumInterval: TimeSpan
        /// How long kept keys are used when the issuer cannot be reached.
        public var staleAfter: TimeSpan

        /// How long keys are kept: by default fetched every 5 minutes, asked for at most every 10 seconds, used for 24 hours.
        public init(
            refreshInterval: TimeSpan = .minutes(5),
            minimumInterval: TimeSpan = .seconds(10),
            staleAfter: TimeSpan = .hours(24)
        ) {
            self.refreshInterval = refreshInterval
            self.minimumInterval = minimumInterval
            self.staleAfter = staleAfter
        }
    }

    private struct State {
        var keys: VerificationKeySet?
        var fetchedAt: Timestamp?
        var attemptedAt: Timestamp?
        var fetch: Task<VerificationKeySet, any Error>?
    }

    private let documents: IssuerDocuments
    private let policy: Policy
    private let clock: @Sendable () -> Timestamp
    private let state = Mutex(State())

    /// The keys of an issuer.
    ///
    /// - Parameters:
    ///   - issuer: the org's My Domain origin, as in ``VerifierConfiguration/issuer``.
    ///   - fetcher: how documents are fetched.
    ///   - policy: how long keys are kept.
    ///   - clock: the time for the background refresh of ``run()``.
    public init(
        issuer: String,
        fetcher: any DocumentFetcher,
        policy: Policy = Policy(),
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.documents = IssuerDocuments(issuer: issuer, fetcher: fetcher)
        self.policy = policy
        self.clock = clock
    }

    /// Fetches the keys of an issuer once.
    ///
    /// - Throws: ``TokenRefusal`` with the reason `keysUnavailable`.
    public static func fetchOnce(issuer: String) async throws -> VerificationKeySet {
        do {
            return try await IssuerDocuments(issuer: issuer, fetcher: HTTPDocumentFetcher()).keys()
        } catch {
            throw TokenRefusal(.keysUnavailable("\(error)"))
        }
    }

    /// The key that a token names. An unknown name is looked for once more at the issuer, at most once in the minimum interval.
    ///
    /// - Throws: ``TokenRefusal`` with `unknownKey` or `keysUnavailable`.
    func key(_ keyID: String, now: Timestamp) async throws(TokenRefusal) -> VerificationKeySet.Key {
        let (kept, fetchedAt) = state.withLock { ($0.keys.flatMap { $0.key(keyID) }, $0.fetchedAt) }
        if let kept, let fetchedAt, now < fetchedAt + policy.staleAfter {
            // A key that is known is used at once; what is old is fetched beside the request, which an issuer that hangs cannot hold up.
            if now >= fetchedAt + policy.refreshInterval { _ = beginFetch(now) }
            return kept
        }
        let keys = try await current(now)
        guard let key = keys.key(keyID) else { throw TokenRefusal(.unknownKey) }
        return key
    }

    /// The keys after a fetch, unless one was tried just now; then those that are kept, as long as they are not stale.
    private func current(_ now: Timestamp) async throws(TokenRefusal) -> VerificationKeySet {
        var failure = "the last attempt failed"
        if let fetch = beginFetch(now) {
            do {
                return try await fetch.value
            } catch {
                failure = "\(error)"
            }
        }
        let (keys, fetchedAt) = state.withLock { ($0.keys, $0.fetchedAt) }
        guard let keys, let fetchedAt, now < fetchedAt + policy.staleAfter else {
            throw TokenRefusal(.keysUnavailable(failure))
        }
        return keys
    }

    /// The fetch under way, or a new one, or nothing if the last began too short ago.
    private func beginFetch(_ now: Timestamp) -> Task<VerificationKeySet, any Error>? {
        state.withLock { state in
            if let fetch = state.fetch { return fetch }
            if let attempted = state.attemptedAt, now < attempted + policy.minimumInterval { return nil }
            state.attemptedAt = now
            let fetch = Task { [documents] in
                do {
                    let keys = try await documents.keys()
                    self.finish(keys, now)
                    return keys
                } catch {
                    self.finish(nil, now)
                    throw error
                }
            }
            state.fetch = fetch
            return fetch
        }
    }

    private func finish(_ keys: VerificationKeySet?, _ now: Timestamp) {
        state.withLock { state in
            state.fetch = nil
            guard let keys else { return }
            state.keys = keys
            state.fetchedAt = now
        }
    }

    /// Fetches the keys now and again until the service is told to stop. A failure leaves the kept keys in use.
    public func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                let fetch = beginFetch(clock())
                // The fetch is shared with callers; a service that stops does not wait for it to end by itself.
                _ = await withTaskCancellationHandler {
                    try? await fetch?.value
                } onCancel: {
                    fetch?.cancel()
                }
                // The pace of the refresh, not a wait for anything; cancelled when the service is told to stop.
                try? await Task.sleep(for: .milliseconds(policy.refreshInterval.milliseconds))
            }
        }
    }
}

/// Verifies tokens with the keys of their issuer, fetched as needed.
public struct OnlineTokenVerifier: Sendable {
    /// What is accepted.
    public let configuration: VerifierConfiguration
    private let keys: RemoteKeySet

    /// A verifier for one issuer, which the keys must be of as well.
    public init(configuration: VerifierConfiguration, keys: RemoteKeySet) {
        self.configuration = configuration
        self.keys = keys
    }

    /// Verifies a token; nothing is fetched for one whose form, type or key name is wrong already.
    ///
    /// - Throws: ``TokenRefusal``.
    public func verify(_ token: String, at now: Timestamp) async throws(TokenRefusal) -> VerifiedToken {
        let unverified = try UnverifiedToken(token, configuration)
        let key = try await keys.key(unverified.header.keyID, now: now)
        return try unverified.verified(with: key, configuration, at: now)
    }
}
