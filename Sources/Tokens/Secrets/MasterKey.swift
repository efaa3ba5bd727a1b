internal import Crypto
public import OAuthTypes
internal import Synchronization

/// Why a master key could not be taken, or sealed bytes not opened.
public enum MasterKeyError: Error, Hashable, Sendable {
    /// The secret has another length than 32 bytes.
    case wrongLength(Int)
    /// The first byte names a format that this version does not know.
    case unknownFormat
    /// The bytes were changed, were sealed for another context, or were sealed with another master key.
    case doesNotOpen
}

/// The secret of a data directory: 32 random bytes from which one key is derived for each purpose (HKDF with SHA-256,
/// RFC 5869), so that what is computed for one purpose says nothing about another.
///
/// Derived keys are wiped when the last copy goes. The `Secret` given to `init` is the caller's, and short-lived copies
/// inside the crypto library are out of reach, so core dumps are to be switched off where the server runs.
public struct MasterKey: Sendable {
    private let root: SymmetricKey
    private let sealingKey: SymmetricKey
    private let consumerSecretKey: SymmetricKey
    private let authenticationKeys: AuthenticationKeys

    /// Takes the 32 bytes of a data directory.
    ///
    /// - Throws: `wrongLength` for any other number of bytes.
    public init(_ secret: Secret) throws(MasterKeyError) {
        guard secret.count == 32 else { throw .wrongLength(secret.count) }
        root = secret.withBytes { bytes in
            SymmetricKey(
                data: HKDF<SHA256>.extract(
                    inputKeyMaterial: SymmetricKey(data: bytes),
                    salt: Array("signet master key 1".utf8)
                )
            )
        }
        sealingKey = MasterKey.derive(from: root, purpose: "seal")
        consumerSecretKey = MasterKey.derive(from: root, purpose: "consumer secret digest")
        authenticationKeys = AuthenticationKeys()
    }

    /// Makes the 32 bytes of a new data directory.
    public static func generate(using randomness: inout some RandomNumberGenerator) -> Secret {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        for _ in 0..<4 {
            withUnsafeBytes(of: UInt64.random(in: .min ... .max, using: &randomness)) { bytes.append(contentsOf: $0) }
        }
        defer { SecretBytes.wipe(&bytes) }
        return Secret(bytes)
    }

    /// Encrypts bytes for storage: one format byte, a random nonce of 12, the ciphertext, a tag of 16
    /// (AES-256-GCM, NIST SP 800-38D).
    ///
    /// The nonce comes from the system and not from an argument, because one that repeats would give the key away.
    ///
    /// - Parameters:
    ///   - plaintext: what to encrypt.
    ///   - context: what the bytes are and whose, such as `signing key <kid>`; the same is needed to open them.
    /// - Throws: what the system's cryptography throws, which it does for no input of ours.
    public func seal(_ plaintext: [UInt8], context: String) throws -> [UInt8] {
        let box = try AES.GCM.seal(plaintext, using: sealingKey, authenticating: MasterKey.associatedData(context))
        var sealed: [UInt8] = [MasterKey.format]
        sealed.reserveCapacity(1 + 12 + plaintext.count + 16)
        sealed.append(contentsOf: box.nonce)
        sealed.append(contentsOf: box.ciphertext)
        sealed.append(contentsOf: box.tag)
        return sealed
    }

    /// Decrypts what `seal` made for the same context.
    ///
    /// - Throws: `MasterKeyError.unknownFormat` or `MasterKeyError.doesNotOpen`.
    public func open(_ sealed: [UInt8], context: String) throws -> [UInt8] {
        guard let format = sealed.first, sealed.count >= 29 else { throw MasterKeyError.doesNotOpen }
        guard format == MasterKey.format else { throw MasterKeyError.unknownFormat }
        do {
            let box = try AES.GCM.SealedBox(
                nonce: AES.GCM.Nonce(data: sealed[1..<13]),
                ciphertext: sealed[13..<(sealed.count - 16)],
                tag: sealed.suffix(16)
            )
            return Array(try AES.GCM.open(box, using: sealingKey, authenticating: MasterKey.associatedData(context)))
        } catch {
            throw MasterKeyError.doesNotOpen
        }
    }

    /// What is stored of a consumer secret: a keyed digest (HMAC-SHA-256), because such secrets are long and random and a
    /// slow hash would cost more than the token. Compare it with `Secret.constantTimeEqual`.
    public func digest(ofConsumerSecret secret: Secret) -> [UInt8] {
        secret.withBytes { Array(HMAC<SHA256>.authenticationCode(for: $0, using: consumerSecretKey)) }
    }

    /// A keyed digest (HMAC-SHA-256) of a message, under a key of its own for each purpose.
    ///
    /// - Parameters:
    ///   - message: the bytes to authenticate.
    ///   - purpose: a word fixed in the code, such as `sign-in form`.
    public func authenticationCode(_ message: [UInt8], purpose: StaticString) -> [UInt8] {
        let key = authenticationKeys.key(for: purpose.description) {
            MasterKey.derive(from: root, purpose: "authentication: " + purpose.description)
        }
        return Array(HMAC<SHA256>.authenticationCode(for: message, using: key))
    }

    private static let format: UInt8 = 1

    private static func associatedData(_ context: String) -> [UInt8] { [format] + Array(context.utf8) }

    private static func derive(from root: SymmetricKey, purpose: String) -> SymmetricKey {
        HKDF<SHA256>.expand(pseudoRandomKey: root, info: Array(purpose.utf8), outputByteCount: 32)
    }
}

extension MasterKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A fixed word, whatever the key.
    public var description: String { "(master key)" }
    /// A fixed word, whatever the key.
    public var debugDescription: String { "(master key)" }
    /// A mirror without children, so that nothing that walks a value finds the key.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The keys of the purposes asked for so far, each derived once.
private final class AuthenticationKeys: Sendable {
    private let keys = Mutex<[String: SymmetricKey]>([:])

    func key(for purpose: String, derive: () -> SymmetricKey) -> SymmetricKey {
        keys.withLock { keys in
            if let key = keys[purpose] { return key }
            let key = derive()
            keys[purpose] = key
            return key
        }
    }
}
