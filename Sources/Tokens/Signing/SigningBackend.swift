internal import OAuthTypes

/// Which library signs with RSA. Both give the same bytes (RS256 is deterministic); they differ in speed by machine.
public enum SigningBackend: String, Hashable, Sendable, CaseIterable {
    /// The system's OpenSSL, which has faster code for RSA-2048 on processors with AVX-512 IFMA.
    case libcrypto
    /// swift-crypto (BoringSSL).
    case swiftCrypto

    /// Measures both for some milliseconds and chooses libcrypto if it signs more than 1.2 times as fast, else swift-crypto.
    /// To be called once, at start. The clock is read here because the time taken is the thing measured.
    public static func fastest() -> SigningBackend {
        guard let der = ProbeKey.der,
            let system = try? SigningKey(kid: "probe", privateKeyDER: der, backend: .libcrypto),
            let portable = try? SigningKey(kid: "probe", privateKeyDER: der, backend: .swiftCrypto)
        else { return .swiftCrypto }
        let clock = ContinuousClock()
        let deadline = clock.now + .milliseconds(80)
        let input = [UInt8](repeating: 0x41, count: 800)
        var best: (system: Duration, portable: Duration) = (.seconds(1), .seconds(1))
        for _ in 0..<12 where clock.now < deadline {
            // The least of several is taken, as it is disturbed least by other work; the first also warms up.
            best.system = min(best.system, clock.measure { _ = try? system.signature(for: input) })
            best.portable = min(best.portable, clock.measure { _ = try? portable.signature(for: input) })
        }
        return best.portable > best.system * 1.2 ? .libcrypto : .swiftCrypto
    }
}
