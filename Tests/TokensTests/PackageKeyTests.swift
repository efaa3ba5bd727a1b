import OAuthTypes
import Testing
import Tokens

@Suite("Package keys")
struct PackageKeyTests {
    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex.utf8)
        return stride(from: 0, to: digits.count, by: 2).compactMap { index in
            UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16)
        }
    }

    private static let point = bytes(
        "04" + "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
            + "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299"
    )

    @Test("RFC 6979 section A.2.5: the signature of \"sample\" with P-256 and SHA-256 is good, and no other message's")
    func vector() throws {
        let key = try #require(PackagePublicKey(Self.point))
        let signature = Self.bytes(
            "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
                + "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
        )
        #expect(key.verifies(signature, of: Array("sample".utf8)))
        #expect(!key.verifies(signature, of: Array("sample ".utf8)))
        #expect(!key.verifies(Array(signature.reversed()), of: Array("sample".utf8)))
        #expect(!key.verifies(Array(signature.dropLast()), of: Array("sample".utf8)))
        #expect(!key.verifies([], of: Array("sample".utf8)))
    }

    @Test("SEC 1 section 2.3.4: bytes that are no uncompressed point of the curve are no key")
    func points() {
        #expect(PackagePublicKey(Self.point) != nil)
        var off = Self.point
        off[64] ^= 1
        for bytes in [
            off, Array(Self.point.dropLast()), [2] + Self.point[1..<33], [UInt8](repeating: 4, count: 65), [],
        ] {
            #expect(PackagePublicKey(bytes) == nil)
        }
    }

    @Test("app-model 6: a package key is kept sealed, opens for its own org alone, and signs as before")
    func sealing() throws {
        var randomness = SystemRandomNumberGenerator()
        let masterKey = try MasterKey(MasterKey.generate(using: &randomness))
        let key = PackageKey()
        let sealed = try key.sealed(org: "00D000000000001AAA", under: masterKey)
        let opened = try PackageKey(sealed: sealed, org: "00D000000000001AAA", masterKey: masterKey)
        #expect(opened.publicKey == key.publicKey)
        let message = Array("package".utf8)
        #expect(key.publicKey.verifies(try opened.signature(of: message), of: message))
        #expect(throws: MasterKeyError.self) {
            try PackageKey(sealed: sealed, org: "00D000000000002AAA", masterKey: masterKey)
        }
        #expect(PackageKey().publicKey != key.publicKey)
        #expect(key.publicKey.fingerprint.hasPrefix("SHA256:") && key.publicKey.fingerprint.utf8.count == 50)
    }
}
