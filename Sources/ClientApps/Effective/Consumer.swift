public import OAuthTypes

/// What an app is identified as; its id has the prefix `0xI`.
public enum App {
    /// The prefix of an app's id (facts: app-model 0.1).
    public static let idPrefix: StaticString = "0xI"
}
/// The id of an app.
public typealias AppID = Identifier<App>
/// The id of a pair of consumer key and secret.
public typealias ConsumerID = Identifier<Consumer>

/// One pair of consumer key and secret of an app.
public struct Consumer: Hashable, Sendable {
    /// The prefix of a consumer's id (facts: app-model 0.1).
    public static let idPrefix: StaticString = "888"

    /// Whether a pair is the current one, waits to become it, or was it and still works for a while.
    public enum State: String, Hashable, Sendable, CaseIterable {
        case active, staged, rotated
    }

    /// The id of the pair.
    public let id: ConsumerID
    /// The consumer key: `client_id`.
    public let key: String
    /// The digest that a presented secret is compared with.
    public let secretDigest: [UInt8]
    /// The secret encrypted under the master key, for the few who may see it.
    public let sealedSecret: [UInt8]
    /// Whether the pair is the current one.
    public let state: State
    /// From when on it is refused everywhere; `nil` for the current pair, which has no end.
    public let expiresAt: Timestamp?

    /// A pair as it is stored; key and secret are made by ``ConsumerKey`` and ``ConsumerSecret``, or given by the
    /// developer.
    public init(
        id: ConsumerID,
        key: String,
        secretDigest: [UInt8],
        sealedSecret: [UInt8],
        state: State,
        expiresAt: Timestamp? = nil
    ) {
        (self.id, self.key, self.secretDigest, self.sealedSecret, self.state) = (
            id, key, secretDigest, sealedSecret, state
        )
        self.expiresAt = expiresAt
    }

    /// Whether a client may use the pair at a moment; no row has to be touched for it to end.
    public func isUsable(at now: Timestamp) -> Bool { expiresAt.map { now < $0 } ?? true }
}

extension Consumer {
    /// The context under which a consumer's secret is sealed, so that a sealed one cannot be moved to another consumer.
    public static func sealContext(_ id: ConsumerID) -> String { "consumer secret \(id.rawValue)" }
}

/// Makes consumer keys in the original's form.
public enum ConsumerKey {
    /// `3MVG9` and 80 random characters.
    public static func generate(using randomness: inout some RandomNumberGenerator) -> String {
        RandomText.text(80, of: .base64, after: "3MVG9", using: &randomness)
    }

    /// Whether a text can be a consumer key at all, so that nothing else is looked up: at most 256 characters, each visible ASCII.
    /// Keys made here and keys that a deployment brings have no others.
    public static func isPlausible(_ text: String) -> Bool {
        (1...256).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

/// Makes consumer secrets in the original's form.
public enum ConsumerSecret {
    /// 64 random hexadecimal digits.
    public static func generate(using randomness: inout some RandomNumberGenerator) -> Secret {
        Secret(RandomText.bytes(64, of: .hexadecimal, using: &randomness))
    }
}
