import AuthorizationServer
import OAuthTypes
import Testing

@Suite("Passwords")
struct PasswordHashTests {
    private static let cheap = PasswordHash.Cost(passes: 1, memoryKiB: 64)

    @Test("RFC 9106 section 3: the hash of the reference implementation's test is taken, and no other password with it")
    func reference() {
        let hash = PasswordHash(
            encoded: "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
        )
        #expect(hash.matches(Secret("password")))
        for wrong in ["Password", "password ", "", "passwor"] { #expect(!hash.matches(Secret(wrong))) }
    }

    @Test("RFC 9106 section 3.1: every hash has a salt of its own and names its parameters")
    func salted() throws {
        var randomness = SystemRandomNumberGenerator()
        let hashes = try (0..<4).map { _ in
            try PasswordHash(hashing: Secret("same"), cost: Self.cheap, using: &randomness)
        }
        #expect(Set(hashes).count == 4)
        for hash in hashes {
            #expect(hash.encoded.hasPrefix("$argon2id$v=19$m=64,t=1,p=1$"))
            #expect(hash.matches(Secret("same")))
        }
    }

    @Test(
        "security 1.15: what is no hash matches nothing",
        arguments: ["", "$", "$argon2id$", "same", "$argon2id$v=19$m=64,t=1,p=1$$"]
    )
    func broken(encoded: String) {
        #expect(!PasswordHash(encoded: encoded).matches(Secret("same")))
        #expect(!PasswordHash(encoded: encoded).matches(Secret("")))
    }
}
