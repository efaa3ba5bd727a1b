import Synchronization
import Tokens

/// Private keys for the orgs of tests, made once: making one takes longer than most tests do otherwise.
enum TestKeys {
    private static let keys = Result { try (0..<8).map { _ in try SigningKey.generatePrivateKeyDER() } }
    private static let orgs = Mutex(0)

    /// What gives keys to one org: each another one, until all have been given out and it starts again. Other orgs have the same keys,
    /// in another order.
    static func ofOneOrg() -> @Sendable () throws -> [UInt8] {
        let given = Given(
            orgs.withLock { count in
                count += 1
                return count
            }
        )
        return {
            let all = try keys.get()
            return all[given.next() % all.count]
        }
    }

    private final class Given: Sendable {
        private let count: Mutex<Int>

        init(_ start: Int) { count = Mutex(start) }

        func next() -> Int {
            count.withLock { count in
                count += 1
                return count
            }
        }
    }
}
