internal import Crypto
import OAuthTypes

/// The key pair with which an org signs its packages: ECDSA over P-256 with SHA-256 (FIPS 186-5). It cannot be printed or read back.
public struct PackageKey: Sendable {
    /// The part that goes with every package.
    public let publicKey: PackagePublicKey
    private let key: P256.Signing.PrivateKey

    /// Makes a key pair; the system is the source of its randomness.
    public init() {
        self.init(P256.Signing.PrivateKey())
    }

    private init(_ key: P256.Signing.PrivateKey) {
        self.key = key
        publicKey = PackagePublicKey(key.publicKey)
    }

    /// Reads a private key as it is stored, encrypted under the master key.
    ///
    /// - Parameter org: whose key it is; part of what it was sealed for.
    /// - Throws: `MasterKeyError`, or what the system's cryptography throws for bytes that are no key.
    public init(sealed: [UInt8], org: String, masterKey: MasterKey) throws {
        var raw = try masterKey.open(sealed, context: PackageKey.context(org))
        defer { SecretBytes.wipe(&raw) }
        self.init(try P256.Signing.PrivateKey(rawRepresentation: raw))
    }

    /// The private key as it is stored.
    ///
    /// - Throws: what the system's cryptography throws, which it does for no input of ours.
    public func sealed(org: String, under masterKey: MasterKey) throws -> [UInt8] {
        var raw = Array(key.rawRepresentation)
        defer { SecretBytes.wipe(&raw) }
        return try masterKey.seal(raw, context: PackageKey.context(org))
    }

    /// The signature of a message: the two numbers of 32 bytes, one after the other (RFC 7518 section 3.4).
    ///
    /// - Throws: what the system's cryptography throws, which it does for no input of ours.
    public func signature(of message: [UInt8]) throws -> [UInt8] {
        Array(try key.signature(for: message).rawRepresentation)
    }

    private static func context(_ org: String) -> String { "package key \(org)" }
}

/// The public part of a package key.
public struct PackagePublicKey: Hashable, Sendable {
    /// The point of the curve, uncompressed: 65 bytes (SEC 1 section 2.3.3).
    public let bytes: [UInt8]

    /// Reads a point; `nil` for bytes that are no point of the curve in this form.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == 65, bytes.first == 4, (try? P256.Signing.PublicKey(x963Representation: bytes)) != nil
        else {
            return nil
        }
        self.bytes = bytes
    }

    init(_ key: P256.Signing.PublicKey) {
        bytes = Array(key.x963Representation)
    }

    /// What people compare: `SHA256:` and the digest of the point in base64url.
    public var fingerprint: String { "SHA256:" + Base64URL.encode(Array(SHA256.hash(data: bytes))) }

    /// Whether a signature is this key's, and of this message.
    public func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard let key = try? P256.Signing.PublicKey(x963Representation: bytes),
            let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature)
        else { return false }
        return key.isValidSignature(signature, for: message)
    }
}
