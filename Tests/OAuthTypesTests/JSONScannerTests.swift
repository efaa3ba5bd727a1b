import OAuthTypes
import Testing

@Suite("JSONScanner")
struct JSONScannerTests {
    @Test("RFC 8259 section 2: values of every kind are read as they are written")
    func values() throws {
        let text = #" { "a" : [ 1 , -2.5e3, true , false, null, "x" ] , "b" : { } , "" : "\u00e9\ud83d\ude00\n\/" } "#
        let object = try JSONScanner.object(Array(text.utf8))
        #expect(
            object["a"] == .array([.integer(1), .number("-2.5e3"), .bool(true), .bool(false), .null, .string("x")])
        )
        #expect(object["b"]?.object?.members.isEmpty == true)
        #expect(object[""] == .string("é😀\n/"))
        #expect(object["c"] == nil)
    }

    @Test(
        "RFC 8259: what the grammar does not allow is malformed",
        arguments: [
            "", " ", "{", "}", "{}}", "{} x", "[1,]", "[,1]", "[1 2]", "{,}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#,
            "{a:1}", "{'a':1}",
            "01", "-", "-01", "1.", ".5", "+1", "1e", "1e+", "0x1", "NaN", "Infinity", "tru", "nulll", "TRUE", #""\x""#,
            #""\u12""#,
            #""\u12G4""#, #""\ud800""#, #""\ud800\u0041""#, #""\udc00""#, "\"\u{01}\"", "\"a\nb\"", "\"", #""\"#,
            "\u{FEFF}{}", "// x\n{}",
        ]
    )
    func malformed(_ text: String) {
        #expect(throws: JSONScanner.Failure.self) { try JSONScanner.value(Array(text.utf8)) }
    }

    @Test("RFC 8259 section 8.1: bytes that are not UTF-8 are malformed")
    func notUTF8() {
        for bytes: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80]] {
            #expect(throws: JSONScanner.Failure.self) { try JSONScanner.value([0x22] + bytes + [0x22]) }
        }
    }

    @Test("security 1.4: a member name that stands twice is refused at every depth, however it is spelled")
    func duplicates() {
        for (text, name) in [(#"{"a":1,"a":1}"#, "a"), (#"{"x":[{"b":1,"\u0062":2}]}"#, "b")] {
            #expect(throws: JSONScanner.Failure.duplicateMember(name)) { try JSONScanner.value(Array(text.utf8)) }
        }
    }

    @Test("security 1.16: depth and size are bounded")
    func bounds() {
        let deep = String(repeating: "[", count: 17) + String(repeating: "]", count: 17)
        #expect(throws: JSONScanner.Failure.tooDeep) { try JSONScanner.value(Array(deep.utf8)) }
        let flat = String(repeating: "[", count: 16) + String(repeating: "]", count: 16)
        #expect(throws: Never.self) { try JSONScanner.value(Array(flat.utf8)) }
        let large = "\"" + String(repeating: "a", count: 65_536) + "\""
        #expect(throws: JSONScanner.Failure.tooLarge) { try JSONScanner.value(Array(large.utf8)) }
    }

    @Test("RFC 8259 section 6: integers at the ends of 64 bits are exact, others keep their text")
    func numbers() throws {
        #expect(try JSONScanner.value(Array("9223372036854775807".utf8)) == .integer(.max))
        #expect(try JSONScanner.value(Array("-9223372036854775808".utf8)) == .integer(.min))
        #expect(try JSONScanner.value(Array("9223372036854775808".utf8)) == .number("9223372036854775808"))
        #expect(try JSONScanner.value(Array("1.0".utf8)) == .number("1.0"))
        #expect(try JSONScanner.value(Array("-0".utf8)) == .integer(0))
    }
}
