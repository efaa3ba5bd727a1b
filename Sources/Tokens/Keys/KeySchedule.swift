public import OAuthTypes

/// How signing keys take turns.
public struct RotationPolicy: Hashable, Sendable {
    /// How long a key signs.
    public let rotateEvery: TimeSpan
    /// How long a key is published before it signs. It should be longer than resource servers and nodes keep a key set,
    /// which is why the default is an hour.
    public let announcement: TimeSpan
    /// How much longer than its last token's lifetime a retired key stays: for nodes that learn of the change late and
    /// for verifiers whose clocks are behind.
    public let leeway: TimeSpan

    /// A policy; by default a key signs for 90 days, is announced for one hour, and stays five minutes longer than its
    /// tokens.
    public init(
        rotateEvery: TimeSpan = .days(90),
        announcement: TimeSpan = .hours(1),
        leeway: TimeSpan = .minutes(5)
    ) {
        self.rotateEvery = rotateEvery
        self.announcement = announcement
        self.leeway = leeway
    }
}

/// One step that is due.
public enum KeyAction: Hashable, Sendable {
    /// Make a key in the state `next` and publish it.
    case make(SigningKeyPurpose)
    /// Let a published key sign from now on.
    case activate(kid: String)
    /// Let a key sign no more, and keep it published until the moment given.
    case retire(kid: String, dropAfter: Timestamp)
    /// Remove a key with its private part.
    case drop(kid: String)
}

/// Says what is to be done with an org's signing keys; it does nothing itself.
///
/// A key signs only after it has been published for the announcement, except when no key signs at all (the first start,
/// or after all were revoked): then the published one, or the one just made, signs at once. To rotate by hand, make a key
/// in the state `next`; the rest follows here.
public enum KeySchedule {
    /// The steps that are due for all keys of one org, in the order in which to take them: a key is retired before
    /// its successor is activated, so that at no time two of a purpose are active. After `make`, ask again: a key that
    /// is made because none signs is activated by the next answer. An empty answer means that nothing is due.
    ///
    /// - Parameters:
    ///   - keys: all keys of the org, of both purposes and in any state.
    ///   - now: the present moment.
    ///   - longestTokenLifetime: the longest that any token signed up to now may live.
    ///   - policy: the times to keep to.
    public static func due(
        _ keys: [KeyDescription],
        now: Timestamp,
        longestTokenLifetime: TimeSpan,
        policy: RotationPolicy
    ) -> [KeyAction] {
        let dropAfter = now + longestTokenLifetime + policy.leeway
        return SigningKeyPurpose.allCases.flatMap { purpose in
            let own = keys.filter { $0.purpose == purpose }
            return succession(own, of: purpose, now: now, dropAfter: dropAfter, policy: policy)
                + own.compactMap { departure($0, now: now, dropAfter: dropAfter) }
        }
    }

    private static func succession(
        _ keys: [KeyDescription],
        of purpose: SigningKeyPurpose,
        now: Timestamp,
        dropAfter: Timestamp,
        policy: RotationPolicy
    ) -> [KeyAction] {
        let active = keys.filter { $0.state == .active }.sorted { ($0.signsSince, $0.kid) > ($1.signsSince, $1.kid) }
        let next = keys.filter { $0.state == .next }.sorted { ($0.publishedAt, $0.kid) < ($1.publishedAt, $1.kid) }
        // Two nodes may have made or activated keys at once; only one of each is kept, the same one on every node.
        var actions = next.dropFirst().map { KeyAction.drop(kid: $0.kid) }
        actions += active.dropFirst().map { .retire(kid: $0.kid, dropAfter: dropAfter) }

        guard let signing = active.first else {
            return actions + [next.first.map { .activate(kid: $0.kid) } ?? .make(purpose)]
        }
        if let successor = next.first {
            guard successor.publishedAt + policy.announcement <= now else { return actions }
            return actions + [.retire(kid: signing.kid, dropAfter: dropAfter), .activate(kid: successor.kid)]
        }
        let makeAt = signing.signsSince + policy.rotateEvery - policy.announcement
        return makeAt <= now ? actions + [.make(purpose)] : actions
    }

    private static func departure(_ key: KeyDescription, now: Timestamp, dropAfter: Timestamp) -> KeyAction? {
        switch key.state {
        case .next, .active:
            return nil
        case .retiring:
            guard let usableUntil = key.usableUntil else { return .retire(kid: key.kid, dropAfter: dropAfter) }
            return usableUntil <= now ? .drop(kid: key.kid) : nil
        case .revoked:
            // Its tokens are refused already; the row may stay to say so until the last of them has expired.
            return key.usableUntil.map { $0 <= now } ?? true ? .drop(kid: key.kid) : nil
        }
    }
}

extension KeyDescription {
    fileprivate var signsSince: Timestamp { activatedAt ?? createdAt }
}
