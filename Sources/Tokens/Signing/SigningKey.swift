internal import Crypto
internal import CryptoExtras

/// Why a signing key could not be read, made or used.
public enum SigningKeyError: Error, Hashable, Sendable {
    /// The bytes are no PKCS #8 or PKCS #1 RSA private key.
    case notAnRSAPrivateKey
    /// RFC 7518 section 3.3 asks for 2048 bits or more.
    case tooShort(bits: Int)
    /// libcrypto refused an operation, with its error code.
    case libcrypto(code: UInt64)
}

/// An RSA private key that signs with RS256 (RFC 7518 section 3.3). It can be used in any thread; it cannot be printed
/// or read back.
public struct SigningKey: Sendable {
    /// The name under which the key is published.
    public let kid: String
    /// The part that is published.
    public let publicKey: RSAPublicKey
    private let signer: Signer

    private enum Signer: Sendable {
        case libcrypto(LibcryptoKey)
        case swiftCrypto(_RSA.Signing.PrivateKey)
    }

    /// Reads a private key. The array stays the caller's to wipe; `init(kid:sealed:context:masterKey:backend:)` does so.
    ///
    /// - Parameters:
    ///   - kid: the name of the key.
    ///   - privateKeyDER: PKCS #8 or PKCS #1.
    ///   - backend: the library that shall sign.
    /// - Throws: `SigningKeyError`.
    public init(kid: String, privateKeyDER: [UInt8], backend: SigningBackend) throws {
        self.kid = kid
        switch backend {
        case .libcrypto:
            let key = try LibcryptoKey(privateKeyDER: privateKeyDER)
            publicKey = try key.publicKey()
            signer = .libcrypto(key)
        case .swiftCrypto:
            guard let key = try? _RSA.Signing.PrivateKey(unsafeDERRepresentation: privateKeyDER) else {
                throw SigningKeyError.notAnRSAPrivateKey
            }
            guard key.keySizeInBits >= 2048 else { throw SigningKeyError.tooShort(bits: key.keySizeInBits) }
            let numbers = try key.publicKey.getKeyPrimitives()
            publicKey = RSAPublicKey(modulus: numbers.modulus, exponent: numbers.publicExponent)
            signer = .swiftCrypto(key)
        }
    }

    /// Reads a private key as it is stored, encrypted under the master key, and wipes the decrypted bytes.
    ///
    /// - Throws: `MasterKeyError` or `SigningKeyError`.
    public init(kid: String, sealed: [UInt8], context: String, masterKey: MasterKey, backend: SigningBackend) throws {
        var der = try masterKey.open(sealed, context: context)
        defer { SecretBytes.wipe(&der) }
        try self.init(kid: kid, privateKeyDER: der, backend: backend)
    }

    /// The RS256 signature of some bytes. It takes a quarter of a millisecond or more: call it in a `SignerPool`.
    public func signature(for signingInput: UnsafeRawBufferPointer) throws -> [UInt8] {
        switch signer {
        case .libcrypto(let key):
            return try key.signature(for: signingInput)
        case .swiftCrypto(let key):
            var hasher = SHA256()
            hasher.update(bufferPointer: signingInput)
            return Array(try key.signature(for: hasher.finalize(), padding: .insecurePKCS1v1_5).rawRepresentation)
        }
    }

    /// The RS256 signature of some bytes.
    public func signature(for signingInput: [UInt8]) throws -> [UInt8] {
        try signingInput.withUnsafeBytes { try signature(for: $0) }
    }

    /// Makes an RSA-2048 private key, as PKCS #8. It takes a tenth of a second or more, so not while a request waits.
    ///
    /// The caller seals it with `MasterKey.seal` and wipes it with `SecretBytes.wipe`.
    public static func generatePrivateKeyDER() throws -> [UInt8] {
        try LibcryptoKey.generateDER()
    }
}

extension SigningKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The `kid`, which is public, and nothing else.
    public var description: String { "(signing key \(kid))" }
    /// The `kid`, which is public, and nothing else.
    public var debugDescription: String { description }
    /// A mirror without children, so that nothing that walks a value finds the private part.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
