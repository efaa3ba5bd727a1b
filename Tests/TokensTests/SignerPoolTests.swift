import Crypto
import CryptoExtras
import OAuthTypes
import Testing

@testable import Tokens

@Suite("Signer pool")
struct SignerPoolTests {
    @Test("design, the hot path: 200 signatures asked for at once all verify, each for its own input")
    func concurrentSignatures() async throws {
        let key = try ExampleKey.key(.libcrypto)
        let verifier = try _RSA.Signing.PublicKey(n: key.publicKey.modulus, e: key.publicKey.exponent)
        let pool = SignerPool(threads: 2, turns: 200)
        let valid = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let input = Array("input \(number)".utf8)
                    let signature = try await pool.turn().sign(input, with: key)
                    return verifier.isValidSignature(
                        _RSA.Signing.RSASignature(rawRepresentation: signature),
                        for: SHA256.hash(data: input),
                        padding: .insecurePKCS1v1_5
                    )
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(valid == 200)
        pool.shutDown()
    }

    @Test("design, the hot path: without a turn left it refuses at once, and gives one out again when one comes back")
    func turns() async throws {
        let key = try ExampleKey.key(.libcrypto)
        let pool = SignerPool(threads: 1, turns: 2)
        let first = try pool.turn()
        do {
            let second = try pool.turn()
            #expect(throws: SignerPool.Busy.self) { try pool.turn() }
            #expect(try await second.sign([1], with: key).count == 256)
            #expect(try await first.sign([2], with: key).count == 256)
        }
        #expect(try await pool.turn().sign([3], with: key).count == 256)
    }

    @Test("design, the hot path: after shutting down it refuses")
    func shutDown() async throws {
        let key = try ExampleKey.key(.libcrypto)
        let pool = SignerPool(threads: 2, turns: 2)
        pool.shutDown()
        await #expect(throws: SignerPool.Busy.self) { try await pool.turn().sign([1], with: key) }
    }

    @Test("RFC 7515 section 7.1: the compact form is signing input, dot, signature")
    func compactJWS() async throws {
        let key = try ExampleKey.key(.swiftCrypto)
        let pool = SignerPool(threads: 1, turns: 1)
        let token = try await pool.turn().compactJWS(Array("a.b".utf8), with: key)
        let expected = "a.b." + Base64URL.encode(try key.signature(for: Array("a.b".utf8)))
        #expect(String(decoding: token, as: UTF8.self) == expected)
    }
}
