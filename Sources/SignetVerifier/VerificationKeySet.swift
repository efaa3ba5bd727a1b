import Crypto
import CryptoExtras
import OAuthTypes

/// The public keys of an issuer by their names (RFC 7517 section 5). The algorithm belongs to the key and is never taken from a token.
public struct VerificationKeySet: Sendable {
    /// Says why a document is not a usable key set.
    public struct Invalid: Error, Hashable, Sendable, CustomStringConvertible {
        /// What is wrong, without anything that the document says.
        public let description: String
    }

    /// One key with its algorithm.
    enum Key: Sendable {
        case rs256(_RSA.Signing.PublicKey)
        case es256(P256.Signing.PublicKey)
        case edDSA(Curve25519.Signing.PublicKey)

        var algorithm: String {
            switch self {
            case .rs256: "RS256"
            case .es256: "ES256"
            case .edDSA: "EdDSA"
            }
        }

        func isValid(_ signature: [UInt8], for signingInput: ArraySlice<UInt8>) -> Bool {
            switch self {
            case .rs256(let key):
                return key.isValidSignature(
                    _RSA.Signing.RSASignature(rawRepresentation: signature),
                    for: signingInput.withUnsafeBytes { SHA256.hash(data: $0) },
                    padding: .insecurePKCS1v1_5
                )
            case .es256(let key):
                guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else {
                    return false
                }
                return key.isValidSignature(signature, for: signingInput.withUnsafeBytes { SHA256.hash(data: $0) })
            case .edDSA(let key):
                return key.isValidSignature(signature, for: Array(signingInput))
            }
        }
    }

    private let keys: [ExactText: Key]

    /// The names of the keys that can be used.
    public var keyIDs: Set<String> { Set(keys.keys.map(\.text)) }

    /// The members that only a private or a symmetric key has (RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1).
    private static let secretMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"]

    /// Reads a JWK set.
    ///
    /// Keys of an unknown type, use or algorithm are passed over, as RFC 7517 section 5 asks for. A set that shows a private or a
    /// symmetric key is refused whole: whoever reads it can sign.
    ///
    /// - Throws: ``Invalid`` for a document that is no JWK set, that has a private or symmetric key, or one name twice.
    public init(jwks: [UInt8]) throws(Invalid) {
        guard let document = try? JSONScanner.object(jwks), let list = document["keys"]?.array else {
            throw Invalid(description: "the document is not a JWK set: an object with an array 'keys'")
        }
        var keys: [ExactText: Key] = [:]
        for element in list {
            guard let jwk = element.object else { throw Invalid(description: "a key of the set is not an object") }
            guard Self.secretMembers.allSatisfy({ jwk[$0] == nil }) else {
                throw Invalid(description: "a key of the set has a private part")
            }
            guard let keyID = jwk["kid"]?.string, let key = Self.key(jwk) else { continue }
            guard keys.updateValue(key, forKey: ExactText(keyID)) == nil else {
                throw Invalid(description: "one name of a key stands twice in the set")
            }
        }
        self.keys = keys
    }

    func key(_ keyID: String) -> Key? { keys[ExactText(keyID)] }

    private static func key(_ jwk: JSONObject) -> Key? {
        guard jwk["use"].map({ $0.string == "sig" }) ?? true else { return nil }
        let algorithm = jwk["alg"]?.string
        func bytes(_ name: String) -> [UInt8]? { jwk[name]?.string.flatMap(Base64URL.decode) }
        switch (jwk["kty"]?.string, jwk["crv"]?.string) {
        case ("RSA", _):
            guard algorithm ?? "RS256" == "RS256", let modulus = bytes("n"), let exponent = bytes("e"),
                modulus.count >= 256
            else {
                return nil
            }
            return (try? _RSA.Signing.PublicKey(n: modulus, e: exponent)).map(Key.rs256)
        case ("EC", "P-256"):
            guard algorithm ?? "ES256" == "ES256", let x = bytes("x"), let y = bytes("y"), x.count == 32, y.count == 32
            else {
                return nil
            }
            return (try? P256.Signing.PublicKey(rawRepresentation: x + y)).map(Key.es256)
        case ("OKP", "Ed25519"):
            guard algorithm ?? "EdDSA" == "EdDSA", let x = bytes("x") else { return nil }
            return (try? Curve25519.Signing.PublicKey(rawRepresentation: x)).map(Key.edDSA)
        default:
            return nil
        }
    }
}
