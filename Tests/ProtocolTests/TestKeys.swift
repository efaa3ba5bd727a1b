import Synchronization
import Tokens

/// Private keys for the orgs of tests, made once: making one takes longer than most tests do otherwise.
///
/// Orgs that are made one after the other have different ones, until all have been given out and it starts again.
enum TestKeys {
    private static let keys = Result { try (0..<8).map { _ in try SigningKey.generatePrivateKeyDER() } }
    private static let given = Mutex(0)

    /// The next key.
    static func next() throws -> [UInt8] {
        let all = try keys.get()
        return given.withLock { given in
            given += 1
            return all[given % all.count]
        }
    }
}
