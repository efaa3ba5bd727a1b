import ClientApps
import OAuthTypes
import Orgs
import Storage

/// Where a consumer key means something: associated installations of a package share a key, each in its own org.
struct ConsumerPlace: Hashable {
    let org: OrgID
    let key: String
}

/// Whose secret it is, and for which org it was opened.
struct ConsumerSecretPlace: Hashable {
    let org: OrgID
    let consumer: ConsumerID
}

/// What a ``Directory`` keeps in memory: copies that say which org they are of, so that those of one org are let go of at once, however
/// many there are of others.
struct DirectoryCopies {
    /// Something that was read, and how often its org had changed by then.
    struct Copy<Value> {
        let value: Value
        let org: OrgID
        let change: Int
    }

    /// The number of copies of one kind past which all are dropped.
    private static let capacity = 100_000

    /// The count of droppings, which guards against a late answer of an old look-up.
    private(set) var generation = 0
    /// How often the copies of each org were dropped.
    private var changes: [OrgID: Int] = [:]
    /// The counters as of the copies; `nil` before the first look.
    var version: Versions.Snapshot?
    var orgs: OrgTable?
    var idTokenKeys: [UInt8]?
    var apps: [ConsumerPlace: Copy<AppState>] = [:]
    var consumerOwners: [String: Copy<OrgID>] = [:]
    var appsByID: [AppID: Copy<AppState>] = [:]
    var accounts: [UserID: Copy<AccountRecord>] = [:]
    var keyRings: [OrgID: Copy<KeyRing>] = [:]
    var publicScopes: [OrgID: Copy<[String]>] = [:]
    var consumerSecrets: [ConsumerSecretPlace: Copy<Secret>] = [:]
    var revocations: [String: Timestamp] = [:]
    private var revocationsSwept = Timestamp(milliseconds: 0)
    /// Since when the database has been asked for changes without an answer.
    var blindSince: Timestamp?

    /// What a copy says, if its org has not changed since.
    func current<Value>(_ copy: Copy<Value>?) -> Value? {
        guard let copy, copy.change == changes[copy.org, default: 0] else { return nil }
        return copy.value
    }

    /// Keeps a copy, unless something was dropped since what it was made of was read.
    mutating func keep<Key: Hashable, Value>(
        _ value: Value,
        of org: OrgID,
        as key: Key,
        in path: WritableKeyPath<DirectoryCopies, [Key: Copy<Value>]>,
        _ asOfGeneration: Int
    ) {
        guard generation == asOfGeneration else { return }
        if self[keyPath: path].count >= Self.capacity { self[keyPath: path] = [:] }
        self[keyPath: path][key] = Copy(value: value, org: org, change: changes[org, default: 0])
    }

    /// Once a minute is enough: a token that has expired is refused without being looked for here.
    mutating func forgetExpiredRevocations(now: Timestamp) {
        guard now - revocationsSwept >= .minutes(1) else { return }
        revocationsSwept = now
        revocations = revocations.filter { $0.value > now }
    }

    /// Drops all copies.
    mutating func drop() {
        generation += 1
        idTokenKeys = nil
        apps = [:]
        consumerOwners = [:]
        appsByID = [:]
        accounts = [:]
        keyRings = [:]
        publicScopes = [:]
        consumerSecrets = [:]
    }

    /// Drops what is kept of some orgs: the next look-up of each copy puts a new one in its place. What is being looked up for others is
    /// not kept either, and looked up again. Private keys go at once.
    mutating func drop(of changed: Set<OrgID>) {
        generation += 1
        idTokenKeys = nil
        for org in changed {
            changes[org, default: 0] += 1
            keyRings[org] = nil
        }
    }
}
