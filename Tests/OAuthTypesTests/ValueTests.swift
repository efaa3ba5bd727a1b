import OAuthTypes
import Testing

private enum Thing {}

@Suite("Values")
struct ValueTests {
    @Test(
        "RFC 4648 section 10: the test vectors, without padding",
        arguments: [
            ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ]
    )
    func base64url(plain: String, encoded: String) {
        #expect(Base64URL.encode(plain.utf8) == encoded)
        #expect(Base64URL.decode(encoded) == Array(plain.utf8))
        #expect(Base64URL.encodedCount(plain.utf8.count) == encoded.utf8.count)
    }

    @Test(
        "RFC 4648 section 3.5: padding, foreign characters, impossible lengths and bits after the end do not decode",
        arguments: ["Zg==", "Zh", "Zm9", "A", "AAAAA", "Zm8=", "Zm+v", "Zm/v", "Zm v", "Zm9v\n", "é"]
    )
    func notBase64url(_ text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test(
        "app-model 0.1: fifteen characters and the case-safe suffix make eighteen",
        arguments: [("00DSG000009FYVd", "00DSG000009FYVd2AO"), ("005SG000008eiAb", "005SG000008eiAbYAI")]
    )
    func identifiers(short: String, long: String) throws {
        let id = try #require(Identifier<Thing>(short))
        #expect(id.rawValue == long)
        #expect(id.short == short)
        #expect(Identifier<Thing>(long) == id)
        #expect(Identifier<Thing>(short + "AAA") == nil || long.hasSuffix("AAA"))
    }

    @Test(
        "app-model 0.1: other lengths and characters are no id",
        arguments: ["", "00D", "00DSG000009FYV", "00DSG000009FYVd2A", "00DSG000009FYV-", "00DSG000009FYVdé"]
    )
    func notIdentifiers(_ text: String) {
        #expect(Identifier<Thing>(text) == nil)
    }

    @Test("design storage: ids sort by the time of their making")
    func timeOrdered() {
        var randomness = SystemRandomNumberGenerator()
        let early = Identifier<Thing>.make(
            prefix: "005",
            now: Timestamp(milliseconds: 1_795_566_722_009),
            using: &randomness
        )
        let late = Identifier<Thing>.make(
            prefix: "005",
            now: Timestamp(milliseconds: 1_795_566_722_010),
            using: &randomness
        )
        #expect(early < late)
        #expect(Identifier<Thing>(early.rawValue) == early)
    }

    @Test("RFC 8259 section 7: quotes, backslashes and control characters are escaped")
    func writer() {
        let bytes = JSONWriter.object { json in
            json.member("a", "q\"b\\c\u{01}\n\u{7F}é")
            json.member("n", -12)
            json.member("t", true)
            json.null("z")
            json.array("l", of: ["x", "y"])
            json.object("o") { _ in }
        }
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"a":"q\"b\\c\u0001\u000a\u007fé","n":-12,"t":true,"z":null,"l":["x","y"],"o":{}}"#
        )
    }

    @Test(
        "RFC 6749 section 3.3: a scope is visible ASCII without quote and backslash",
        arguments: ["a b\"c", "a\\b", "ä", "a\u{7F}"]
    )
    func scopes(_ text: String) {
        #expect(throws: OAuthError.self) { try ScopeSet(parsing: text) }
    }

    @Test("RFC 6749 section 3.3: the order of scopes has no meaning, and each counts once")
    func scopeSets() throws {
        let scopes = try ScopeSet(parsing: " api  web api ")
        #expect(scopes.text == "api web")
        #expect(try ScopeSet(parsing: "web").isSubset(of: scopes))
        #expect(scopes.subtracting([.web]).text == "api")
    }

    @Test("house rules: a secret shows nothing of itself, and compares whole")
    func secrets() {
        let secret = Secret("hunter2")
        #expect("\(secret)" == "(secret)")
        #expect(String(reflecting: secret) == "(secret)")
        #expect(Mirror(reflecting: secret).children.isEmpty)
        #expect(secret.matches(Secret("hunter2")))
        #expect(!secret.matches(Secret("hunter")))
        #expect(!secret.matches(Secret("hunter3")))
    }

    @Test("RFC 7519 section 2: seconds are rounded down, before 1970 as well")
    func timestamps() {
        #expect(Timestamp(milliseconds: 1_999).seconds == 1)
        #expect(Timestamp(milliseconds: -1).seconds == -1)
        #expect(Timestamp(seconds: 5) + .minutes(2) == Timestamp(seconds: 125))
        #expect(
            Base62.time(Base62.time(Timestamp(milliseconds: 1_795_566_722_009)))
                == Timestamp(milliseconds: 1_795_566_722_009)
        )
    }
}
