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

    @Test("design, rules of storage: ids sort by the time of their making")
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

    /// Gives some numbers one after the other, and the last of them for ever.
    private struct Listed: RandomNumberGenerator {
        var numbers: [UInt64]

        mutating func next() -> UInt64 { numbers.count > 1 ? numbers.removeFirst() : numbers[0] }
    }

    @Test("design storage: of many ids that are made at one moment none is one that is taken")
    func distinct() {
        let now = Timestamp(milliseconds: 1_795_566_722_009)
        let (first, second): (UInt64, UInt64) = (0x1234_5678_9ABC_DEF1, 0xFEDC_BA98_7654_3211)
        var same = Listed(numbers: [first])
        let taken = Identifier<Thing>.make(prefix: "005", now: now, using: &same)
        #expect(Identifier<Thing>.make(prefix: "005", now: now, using: &same) == taken)
        var randomness = Listed(numbers: [first, first, second])
        let made = Identifier<Thing>.make(prefix: "005", now: now, using: &randomness) { $0 == taken }
        #expect(made != taken && made.short.hasPrefix(taken.short.prefix(11)))
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

    @Test("security 4.5: a secret shows nothing of itself, and compares whole")
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

    @Test(
        "RFC 3339: every moment has a text, the earliest that can be stored too",
        arguments: [0, 1, 999, 1_000] as [Int64]
    )
    func earliestText(distance: Int64) {
        #expect(Timestamp(milliseconds: .min + distance).rfc3339.hasSuffix("Z"))
    }

    @Test(
        "RFC 3339: times are UTC with milliseconds, leap days and years before 1970 included",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (951_827_696_789, "2000-02-29T12:34:56.789Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59.999Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (4_102_444_800_000, "2100-01-01T00:00:00.000Z"), (-1_001, "1969-12-31T23:59:58.999Z"),
            (.max, "292278994-08-17T07:12:55.807Z"),
        ] as [(Int64, String)]
    )
    func timestampText(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).rfc3339 == text)
        #expect(Timestamp(milliseconds: milliseconds).restText == text.dropLast() + "+0000")
    }

    @Test(
        "RFC 7515 section 7.1: a compact JWS has three segments, no fewer and no more",
        arguments: ["", "a", "a.b", "a.b.c.d", "a.b.c."]
    )
    func notCompact(_ text: String) {
        #expect(CompactSegments(text) == nil)
    }

    @Test("RFC 6749 section 10.10: every character is of the alphabet, and all of them come")
    func randomText() {
        var randomness = SystemRandomNumberGenerator()
        for (alphabet, size) in [(RandomText.Alphabet.hexadecimal, 16), (.base62, 62), (.base64, 64)] {
            let text = RandomText.bytes(4_000, of: alphabet, after: "p!", using: &randomness)
            #expect(text.count == 4_002 && text.starts(with: Array("p!".utf8)))
            #expect(Set(text.dropFirst(2)).count == size)
        }
    }

    @Test(
        "XML 1.0 sections 2.2 and 2.4: markup is escaped by scalar, also before a combining mark; forbidden characters go",
        arguments: [
            ("a<b>&\"'", "a&lt;b&gt;&amp;&quot;&#39;"), ("<\u{301}b>\u{200D}", "&lt;\u{301}b&gt;\u{200D}"),
            ("\u{1}\u{8}\u{FFFE}\t\n\r", "\u{FFFD}\u{FFFD}\u{FFFD}\t\n&#13;"), ("Zoë 李 😀", "Zoë 李 😀"),
        ]
    )
    func markup(text: String, escaped: String) {
        #expect(Array(MarkupText.escaped(text).unicodeScalars) == Array(escaped.unicodeScalars))
    }
}
