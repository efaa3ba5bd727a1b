public import ClientApps
public import OAuthTypes
public import Orgs
public import Storage
import Synchronization
public import Tokens

/// What the hot path reads: orgs, apps, users and keys from memory, the database behind.
///
/// Everything here is a copy that is dropped when the database counts a change of the org that it is of, whichever node or command
/// made it. A look-up that finds nothing is not remembered, so that unknown names cannot fill the memory.
public final class Directory: Sendable {
    let database: any Database
    private let masterKey: MasterKey
    private let backend: SigningBackend
    /// The origin of the host that serves all orgs, if there is one.
    let loginOrigin: String?
    private let cache = Mutex(DirectoryCopies())

    /// A directory over a database.
    public init(database: any Database, masterKey: MasterKey, backend: SigningBackend, loginOrigin: String? = nil) {
        self.loginOrigin = loginOrigin
        self.database = database
        self.masterKey = masterKey
        self.backend = backend
    }

    // MARK: Look-ups

    /// The orgs by their hosts. After the first look it is always there: a change brings the new table with it.
    public func orgTable() async throws -> OrgTable {
        let (hit, generation) = cache.withLock { ($0.orgs, $0.generation) }
        if let hit { return hit }
        let table = OrgTable(try await database.read { try OrgRecords.all(on: $0) }, loginOrigin: loginOrigin)
        cache.withLock { if $0.generation == generation { $0.orgs = table } }
        return table
    }

    /// The JWK set of the ID-token keys of all orgs.
    func idTokenKeys() async throws -> [UInt8] {
        let (hit, generation) = cache.withLock { ($0.idTokenKeys, $0.generation) }
        if let hit { return hit }
        let purpose = SigningKeyPurpose.idToken.rawValue
        let records = try await database.read { try SigningKeys.all(purpose: purpose, on: $0) }
        let document = JWKS.document(
            records.map { ($0.kid, RSAPublicKey(modulus: $0.modulus, exponent: $0.exponent)) }
        )
        cache.withLock { if $0.generation == generation { $0.idTokenKeys = document } }
        return document
    }

    /// The app of an org that a consumer key names, and the pair of that key, unless it has expired.
    func app(consumerKey: String, org: OrgID, now: Timestamp) async throws -> (state: AppState, consumer: Consumer)? {
        guard let state = try await app(consumerKey: consumerKey, org: org),
            let consumer = state.app.consumers.first(where: { $0.key == consumerKey }), consumer.isUsable(at: now)
        else { return nil }
        return (state, consumer)
    }

    /// It is kept under the key that is stored, never under the text that was presented.
    private func app(consumerKey: String, org: OrgID) async throws -> AppState? {
        guard ConsumerKey.isPlausible(consumerKey) else { return nil }
        let place = ConsumerPlace(org: org, key: consumerKey)
        let (hit, generation) = cache.withLock { ($0.current($0.apps[place]), $0.generation) }
        if let hit { return hit }
        guard let state = try await database.read({ try AppRecords.state(consumerKey: consumerKey, org: org, on: $0) }),
            let stored = state.app.consumers.first(where: { $0.key == consumerKey })?.key
        else { return nil }
        cache.withLock { $0.keep(state, of: org, as: ConsumerPlace(org: org, key: stored), in: \.apps, generation) }
        return state
    }

    /// The org whose own app has a consumer key. Orgs that installed a package of the app have the key too, each at its own host.
    func owner(ofConsumer consumerKey: String) async throws -> OrgID? {
        guard ConsumerKey.isPlausible(consumerKey) else { return nil }
        return try await cached(\.consumerOwners, consumerKey, org: { $0 }) {
            try AppRecords.owner(ofConsumer: consumerKey, on: $0)
        }
    }

    /// Says that a consumer key which an org knows no app by is that of a packaged app which is not installed there; `nil` for any other.
    func notInstalled(consumerKey: String, org: OrgID) async throws -> OAuthError? {
        guard ConsumerKey.isPlausible(consumerKey) else { return nil }
        let label = try await database.read { connection -> String? in
            guard try AppRecords.state(consumerKey: consumerKey, org: org, on: connection) == nil else { return nil }
            return try AppRecords.packagedApp(consumerKey: consumerKey, on: connection)
        }
        guard let label else { return nil }
        return OAuthError(
            .externalClientAppNotFound,
            "External client app is not installed in this org: \(label) belongs to another one. The admin of this org installs its package (signet package install), or the client uses the address of the org that has it."
        )
    }

    /// The app with this id.
    public func app(id: AppID) async throws -> AppState? {
        try await cached(\.appsByID, id, org: \.app.org) { try AppRecords.state(id: id, on: $0) }
    }

    /// The user with this id, with the profile that decides about them.
    public func account(_ id: UserID) async throws -> AccountRecord? {
        try await cached(\.accounts, id, org: \.user.org) { try Users.account(id, on: $0) }
    }

    /// The scopes that an org defines itself and announces (facts: app-model 1.10).
    public func publicScopes(_ org: OrgID) async throws -> [String] {
        let scopes = try await cached(\.publicScopes, org, org: { _ in org }) { connection in
            try OrgDocuments.customScopes(org: org, on: connection).filter { $0.isPublic == true }.map(\.developerName)
        }
        return scopes ?? []
    }

    /// The keys of an org.
    public func keyRing(_ org: Org) async throws -> KeyRing {
        let masterKey = masterKey
        let backend = backend
        let ring = try await cached(\.keyRings, org.id, org: { _ in org.id }) { connection in
            try KeyRing(SigningKeys.all(org: org.id, on: connection), org: org, masterKey: masterKey, backend: backend)
        }
        return ring ?? .empty
    }

    /// The secret of a consumer, which the `signature` of each token answer is made with; opened once and kept, since opening costs
    /// more than all other work beside the token's signature.
    ///
    /// - Throws: `MasterKeyError`.
    func secret(of consumer: Consumer, org: OrgID) throws -> Secret {
        let place = ConsumerSecretPlace(org: org, consumer: consumer.id)
        let (hit, generation) = cache.withLock { ($0.current($0.consumerSecrets[place]), $0.generation) }
        if let hit { return hit }
        let secret = Secret(
            try masterKey.open(consumer.sealedSecret, context: Consumer.sealContext(consumer.id))
        )
        cache.withLock { cache in
            cache.keep(secret, of: org, as: place, in: \.consumerSecrets, generation)
        }
        return secret
    }

    private func cached<Key: Hashable & Sendable, Value: Sendable>(
        _ path: any WritableKeyPath<DirectoryCopies, [Key: DirectoryCopies.Copy<Value>]> & Sendable,
        _ key: Key,
        org: (Value) -> OrgID,
        _ load: @escaping @Sendable (any Connection) throws -> Value?
    ) async throws -> Value? {
        let (hit, generation) = cache.withLock { ($0.current($0[keyPath: path][key]), $0.generation) }
        if let hit { return hit }
        guard let loaded = try await database.read(load) else { return nil }
        let owner = org(loaded)
        cache.withLock { $0.keep(loaded, of: owner, as: key, in: path, generation) }
        return loaded
    }

    // MARK: Revocations

    /// Whether a `jti` or an `sfi` was revoked.
    func isRevoked(_ subject: String) -> Bool {
        cache.withLock { $0.revocations[subject] != nil }
    }

    /// Makes a revocation of this node known to it at once, after its transaction.
    func noteRevoked(_ subject: String, until expiry: Timestamp) {
        cache.withLock { $0.revocations[subject] = expiry }
    }

    // MARK: Changes

    /// How long a node goes by its copies while the database does not say what has changed.
    static let longestBlindness = TimeSpan.seconds(5)

    /// Requires that what is in memory can be trusted: a node that is cut off from the database does not learn of revocations.
    ///
    /// - Throws: `temporarily_unavailable` when the last look at the version counters has gone without an answer for too long.
    func requireSight(now: Timestamp) throws(OAuthError) {
        guard let since = cache.withLock({ $0.blindSince }), now - since > Self.longestBlindness else { return }
        let refusal = OAuthError.databaseUnavailable
        throw OAuthError(refusal.code, refusal.text, detail: "no answer from the database since \(since.rfc3339)")
    }

    /// Looks at the version counters and takes over what others changed.
    public func refresh(now: Timestamp) async throws {
        cache.withLock { $0.blindSince = $0.blindSince ?? now }
        try await takeOver(now: now)
        cache.withLock { $0.blindSince = nil }
    }

    private func takeOver(now: Timestamp) async throws {
        let current = try await database.read { try Versions.current(on: $0) }
        let known = cache.withLock { $0.version }
        guard current != known else { return }
        let revocations =
            current.revocations == known?.revocations
            ? [] : try await database.read { try Revocations.live(after: known?.revocations, now: now, on: $0) }
        let change = current.directory == known?.directory ? nil : try await change(since: known?.directory)
        cache.withLock { cache in
            // Of two looks at once the earlier one may be here last: the next look, which finds other counters again, mends that.
            if let change {
                // Of a change that names no org, nobody knows what it was.
                if change.changed.isEmpty { cache.drop() } else { cache.drop(of: change.changed) }
                cache.orgs = OrgTable(change.orgs, loginOrigin: loginOrigin)
            }
            for entry in revocations { cache.revocations[entry.subject] = entry.expiresAt }
            cache.forgetExpiredRevocations(now: now)
            cache.version = current
        }
    }

    /// The orgs that changed, none where that is not known, and all orgs as they are now.
    private func change(since known: Int64?) async throws -> (changed: Set<OrgID>, orgs: [OrgState]) {
        try await database.read { connection in
            (
                try known.map { try Versions.changed(since: $0, on: connection) } ?? [],
                try OrgRecords.all(on: connection)
            )
        }
    }
}
