import Crypto
import CryptoExtras
import Dispatch
import OAuthTypes
import Testing

@testable import Tokens

@Suite("Signer pool")
struct SignerPoolTests {
    @Test("Signer pool: 200 signatures asked for at once all verify, each for its own input")
    func concurrentSignatures() async throws {
        let key = try ExampleKey.key(.libcrypto)
        let verifier = try _RSA.Signing.PublicKey(n: key.publicKey.modulus, e: key.publicKey.exponent)
        let pool = SignerPool(threads: 2, queueLimit: 200)
        let valid = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let input = Array("input \(number)".utf8)
                    let signature = try await pool.sign(input, with: key)
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

    @Test("Signer pool: a full queue refuses at once, and takes work again when it has room")
    func fullQueue() async throws {
        let key = try ExampleKey.key(.libcrypto)
        let pool = SignerPool(threads: 1, queueLimit: 2)
        let gate = DispatchSemaphore(value: 0)
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            do {
                try pool.submit {
                    continuation.resume()
                    gate.wait()
                }
            } catch {
                continuation.resume(throwing: error)
            }
        }
        try pool.submit {}
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            do {
                try pool.submit { continuation.resume() }
            } catch {
                continuation.resume(throwing: error)
            }
            #expect(throws: SignerPool.Busy.self) { try pool.submit {} }
            gate.signal()
        }
        #expect(try await pool.sign([1], with: key).count == 256)
    }

    @Test("Signer pool: after shutting down it refuses")
    func shutDown() async throws {
        let key = try ExampleKey.key(.libcrypto)
        let pool = SignerPool(threads: 2, queueLimit: 2)
        pool.shutDown()
        await #expect(throws: SignerPool.Busy.self) { try await pool.sign([1], with: key) }
    }

    @Test("RFC 7515 section 7.1: the compact form is signing input, dot, signature")
    func compactJWS() async throws {
        let key = try ExampleKey.key(.swiftCrypto)
        let pool = SignerPool(threads: 1, queueLimit: 1)
        let token = try await pool.compactJWS(Array("a.b".utf8), with: key)
        let expected = "a.b." + Base64URL.encode(try key.signature(for: Array("a.b".utf8)))
        #expect(String(decoding: token, as: UTF8.self) == expected)
    }
}
