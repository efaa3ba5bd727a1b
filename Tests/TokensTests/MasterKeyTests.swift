import OAuthTypes
import Testing
import Tokens

@Suite("Master key")
struct MasterKeyTests {
    private func masterKey(_ first: UInt8 = 0) throws -> MasterKey {
        try MasterKey(Secret(first..<(first + 32)))
    }

    @Test("security 4.5: it has exactly 32 bytes", arguments: [0, 16, 31, 33, 64])
    func length(count: Int) {
        #expect(throws: MasterKeyError.wrongLength(count)) {
            try MasterKey(Secret([UInt8](repeating: 1, count: count)))
        }
    }

    @Test("security 4.5: a generated one has 32 bytes and differs from the next")
    func generate() {
        var randomness = SeededRandomness(state: 1)
        let first = MasterKey.generate(using: &randomness)
        #expect(first.count == 32)
        #expect(!first.matches(MasterKey.generate(using: &randomness)))
    }

    @Test(
        "security 4.5: what was sealed opens again, and no two seals of the same bytes are alike",
        arguments: [0, 1, 1_200]
    )
    func roundTrip(count: Int) throws {
        let key = try masterKey()
        let plaintext = [UInt8](repeating: 0x5A, count: count)
        let sealed = try key.seal(plaintext, context: "c")
        #expect(sealed.count == 1 + 12 + count + 16)
        #expect(try key.open(sealed, context: "c") == plaintext)
        #expect(try key.seal(plaintext, context: "c") != sealed)
    }

    @Test("security 4.5: a change of any byte, another context, another key or a cut is refused")
    func tampering() throws {
        let key = try masterKey()
        let sealed = try key.seal(Array("private".utf8), context: "c")
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            let expected: MasterKeyError = index == 0 ? .unknownFormat : .doesNotOpen
            #expect(throws: expected) { try key.open(changed, context: "c") }
        }
        #expect(throws: MasterKeyError.doesNotOpen) { try key.open(sealed, context: "d") }
        #expect(throws: MasterKeyError.doesNotOpen) { try masterKey(1).open(sealed, context: "c") }
        for count in 0..<sealed.count {
            #expect(throws: MasterKeyError.doesNotOpen) { try key.open(Array(sealed.prefix(count)), context: "c") }
        }
    }

    @Test("RFC 5869: digests use the key that HKDF gives for their purpose (values computed independently)")
    func digests() throws {
        let key = try masterKey()
        #expect(
            hex(key.digest(ofConsumerSecret: Secret("s3cret")))
                == "054f5f8483917574dde672edf8f38ae2f5e914a298c5c39d5db123c45cc5dce5"
        )
        let code = key.authenticationCode(Array("message".utf8), purpose: "sign-in form")
        #expect(hex(code) == "8651e1e174949af2ec09d0b0e1950e0370aa6f7fa8722a386d8830d638205ae8")
        #expect(key.authenticationCode(Array("message".utf8), purpose: "sign-in form") == code)
        #expect(key.authenticationCode(Array("message".utf8), purpose: "consent form") != code)
    }

    @Test("security 4.5: a master key has no description")
    func description() throws {
        let key = try masterKey()
        var dumped = ""
        dump(key, to: &dumped)
        #expect("\(key)" == "(master key)")
        #expect(dumped == "- (master key)\n")
    }
}
