import CLibArgon2
public import OAuthTypes

/// A password as Argon2id keeps it (RFC 9106), in the PHC string form that names its own parameters.
public struct PasswordHash: Hashable, Sendable {
    /// The PHC string, as it is stored.
    public let encoded: String

    /// A hash that was stored.
    public init(encoded: String) {
        self.encoded = encoded
    }

    /// What one hash costs.
    public struct Cost: Hashable, Sendable {
        /// Passes over the memory.
        public var passes: UInt32
        /// Memory in KiB.
        public var memoryKiB: UInt32

        /// A cost of passes and memory.
        public init(passes: UInt32, memoryKiB: UInt32) {
            self.passes = passes
            self.memoryKiB = memoryKiB
        }

        /// What OWASP's password storage cheat sheet recommends: 19 MiB and two passes, about 40 ms of one core.
        public static let standard = Cost(passes: 2, memoryKiB: 19_456)
    }

    /// Says that libargon2 could not hash, as when memory has run out.
    public struct Failure: Error, CustomStringConvertible {
        let code: Int32
        /// The number that libargon2 gave.
        public var description: String { "libargon2 answered \(code)" }
    }

    /// Hashes a password with a fresh salt. Takes tens of milliseconds: call it through ``PasswordPool``.
    ///
    /// - Throws: ``Failure``.
    public init(
        hashing password: Secret,
        cost: Cost = .standard,
        using randomness: inout some RandomNumberGenerator
    ) throws(Failure) {
        let salt = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &randomness) }
        var encoded = [CChar](repeating: 0, count: 128)
        let code = password.withBytes { bytes in
            argon2id_hash_encoded(
                cost.passes,
                cost.memoryKiB,
                1,
                bytes,
                bytes.count,
                salt,
                salt.count,
                32,
                &encoded,
                encoded.count
            )
        }
        guard code == ARGON2_OK.rawValue else { throw Failure(code: code) }
        self.encoded = String(decoding: encoded.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Whether a password is the one that was hashed. Takes as long as hashing: call it through ``PasswordPool``.
    public func matches(_ password: Secret) -> Bool {
        password.withBytes { bytes in
            argon2id_verify(encoded, bytes, bytes.count) == ARGON2_OK.rawValue
        }
    }
}
