import Crypto
import CryptoExtras
import OAuthTypes
import Testing
import Tokens

@Suite("Signing keys")
struct SigningKeyTests {
    private let input = """
        eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt\
        cGxlLmNvbS9pc19yb290Ijp0cnVlfQ
        """
    private let signature = """
        cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5\
        jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb\
        1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QO\
        YEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw
        """

    @Test("RFC 7515 appendix A.2: the example is signed as the RFC prints it", arguments: SigningBackend.allCases)
    func exampleSignature(backend: SigningBackend) throws {
        let made = try ExampleKey.key(backend).signature(for: Array(input.utf8))
        #expect(Base64URL.encode(made) == signature)
        let jws = CompactJWS.assemble(signingInput: Array(input.utf8), signature: made)
        #expect(String(decoding: jws, as: UTF8.self) == input + "." + signature)
    }

    @Test(
        "RFC 7515 appendix A.2: the public part is the example's modulus and exponent",
        arguments: SigningBackend.allCases
    )
    func examplePublicKey(backend: SigningBackend) throws {
        let key = try ExampleKey.key(backend).publicKey
        #expect(Base64URL.encode(key.exponent) == "AQAB")
        #expect(Base64URL.encode(key.modulus).hasPrefix("ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddx"))
        #expect(key.modulus.count == 256)
    }

    @Test("RFC 8017 section 8.2: both backends sign any input with the same bytes, and it verifies")
    func backendsAgree() throws {
        let der = try SigningKey.generatePrivateKeyDER()
        let system = try SigningKey(kid: "k", privateKeyDER: der, backend: .libcrypto)
        let portable = try SigningKey(kid: "k", privateKeyDER: der, backend: .swiftCrypto)
        #expect(system.publicKey == portable.publicKey)
        let verifier = try _RSA.Signing.PublicKey(n: system.publicKey.modulus, e: system.publicKey.exponent)
        var randomness = SeededRandomness(state: 7515)
        for length in [0, 1, 31, 64, 800, 4_096] {
            let input = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &randomness) }
            let signature = try system.signature(for: input)
            #expect(try portable.signature(for: input) == signature)
            #expect(
                verifier.isValidSignature(
                    _RSA.Signing.RSASignature(rawRepresentation: signature),
                    for: SHA256.hash(data: input),
                    padding: .insecurePKCS1v1_5
                )
            )
        }
    }

    @Test("RFC 7518 section 3.3: a key of fewer than 2048 bits is refused", arguments: SigningBackend.allCases)
    func shortKey(backend: SigningBackend) throws {
        let short = try _RSA.Signing.PrivateKey(unsafeKeySize: .init(bitCount: 1024)).derRepresentation
        #expect(throws: SigningKeyError.tooShort(bits: 1024)) {
            try SigningKey(kid: "k", privateKeyDER: Array(short), backend: backend)
        }
    }

    @Test("RFC 7518 section 3.3: what is no RSA key is refused", arguments: SigningBackend.allCases)
    func notAKey(backend: SigningBackend) throws {
        let curve = Array(P256.Signing.PrivateKey().derRepresentation)
        for bytes in [[], [0x30, 0x00], curve] {
            #expect(throws: SigningKeyError.notAnRSAPrivateKey) {
                try SigningKey(kid: "k", privateKeyDER: bytes, backend: backend)
            }
        }
    }

    @Test("security 4.5: a stored key opens under its master key and context only")
    func sealedKey() throws {
        let masterKey = try MasterKey(Secret([UInt8](0..<32)))
        let sealed = try masterKey.seal(ExampleKey.der(), context: "signing key a")
        let key = try SigningKey(
            kid: "a",
            sealed: sealed,
            context: "signing key a",
            masterKey: masterKey,
            backend: .libcrypto
        )
        #expect(Base64URL.encode(try key.signature(for: Array(input.utf8))) == signature)
        #expect(throws: MasterKeyError.doesNotOpen) {
            try SigningKey(
                kid: "b",
                sealed: sealed,
                context: "signing key b",
                masterKey: masterKey,
                backend: .libcrypto
            )
        }
    }

    @Test("security 4.5: a signing key prints its name and nothing else", arguments: SigningBackend.allCases)
    func description(backend: SigningBackend) throws {
        let key = try ExampleKey.key(backend)
        var dumped = ""
        dump(key, to: &dumped)
        #expect("\(key)" == "(signing key example)")
        #expect(String(reflecting: key) == "(signing key example)")
        #expect(dumped == "- (signing key example)\n")
    }

    @Test("security 4.5: wiping empties an array")
    func wipe() {
        var bytes: [UInt8] = [1, 2, 3]
        SecretBytes.wipe(&bytes)
        #expect(bytes.isEmpty)
        SecretBytes.wipe(&bytes)
        #expect(bytes.isEmpty)
    }

    @Test("design, the hot path: the probe chooses a backend that signs")
    func fastest() throws {
        #expect(try ExampleKey.key(.fastest()).signature(for: Array(input.utf8)).count == 256)
    }
}
