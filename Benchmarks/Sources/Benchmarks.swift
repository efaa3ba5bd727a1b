import Crypto
import CryptoExtras
import OAuthTypes
import SignetVerifier
import Tokens

/// Measures signing and verifying beside the raw RSA operations, interleaved in one run: only the ratios say something.
@main
struct Benchmarks {
    static func main() throws {
        var measurements = try Subject().measurements()
        for _ in 0..<5 {
            for index in measurements.indices { try measurements[index].run() }
        }
        let rates = Dictionary(uniqueKeysWithValues: measurements.map { ($0.name, $0.rate) })
        for measurement in measurements { print(line(measurement.name, "\(Int(measurement.rate)) per CPU second")) }
        for (name, raw) in [("mint", "raw sign, libcrypto"), ("verify", "raw verify, swift-crypto")] {
            guard let part = rates[name], let whole = rates[raw] else { continue }
            print(line("\(name) / \(raw)", "\(Int((part / whole * 100).rounded())) %"))
        }
    }

    private static func line(_ name: String, _ value: String) -> String {
        name + String(repeating: " ", count: max(1, 40 - name.count)) + value
    }
}

/// One key, one token.
struct Subject {
    let libcrypto: SigningKey
    let swiftCrypto: SigningKey
    let publicKey: _RSA.Signing.PublicKey
    let claims: AccessTokenClaims
    let header: AccessTokenHeader
    let verifier: TokenVerifier
    let now = Timestamp(seconds: 1_800_000_000)

    init() throws {
        var der = try SigningKey.generatePrivateKeyDER()
        defer { SecretBytes.wipe(&der) }
        libcrypto = try SigningKey(kid: "2024-01", privateKeyDER: der, backend: .libcrypto)
        swiftCrypto = try SigningKey(kid: "2024-01", privateKeyDER: der, backend: .swiftCrypto)
        publicKey = try _RSA.Signing.PublicKey(n: libcrypto.publicKey.modulus, e: libcrypto.publicKey.exponent)
        let issuer = "https://acme.my.signet.example"
        claims = AccessTokenClaims(
            scopes: try ScopeSet(parsing: "api refresh_token openid"),
            audiences: [issuer],
            subject: .user("005000000000001AAA"),
            issuer: issuer,
            clientID: "3MVG9" + String(repeating: "k", count: 80),
            issuedAt: now,
            expiresAt: now + .minutes(30),
            tokenID: String(repeating: "j", count: 30),
            sessionFingerprint: String(repeating: "0", count: 64)
        )
        header = AccessTokenHeader(tenantKey: "core/prod/00D000000000001AAA", kid: libcrypto.kid)
        let key = libcrypto
        let document = JSONWriter.object { json in
            json.array("keys") { key.publicKey.writeJWK(kid: key.kid, use: "sig", alg: "RS256", into: &$0) }
        }
        verifier = TokenVerifier(
            configuration: VerifierConfiguration(issuer: issuer, audiences: [issuer]),
            keys: try VerificationKeySet(jwks: document)
        )
    }

    func mint() throws -> [UInt8] {
        let input = AccessTokenEncoder.signingInput(claims, header: header)
        let signature = try libcrypto.signature(for: input)
        return CompactJWS.assemble(signingInput: input, signature: signature)
    }

    func measurements() throws -> [Measurement] {
        let input = AccessTokenEncoder.signingInput(claims, header: header)
        let signature = _RSA.Signing.RSASignature(rawRepresentation: try libcrypto.signature(for: input))
        let token = String(decoding: try mint(), as: UTF8.self)
        return [
            Measurement("raw sign, libcrypto") { _ = try libcrypto.signature(for: input) },
            Measurement("raw sign, swift-crypto") { _ = try swiftCrypto.signature(for: input) },
            Measurement("mint") { _ = try mint() },
            Measurement("raw verify, swift-crypto") {
                let isValid = publicKey.isValidSignature(
                    signature,
                    for: SHA256.hash(data: input),
                    padding: .insecurePKCS1v1_5
                )
                precondition(isValid, "the signature of the benchmark's own token is valid")
            },
            Measurement("verify") { _ = try verifier.verify(token, at: now) },
        ]
    }
}
