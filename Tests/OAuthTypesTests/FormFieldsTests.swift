import OAuthTypes
import Testing

@Suite("FormFields")
struct FormFieldsTests {
    @Test("RFC 6749 appendix B: names and values are form-decoded")
    func decoded() throws {
        let fields = try FormFields(urlEncoded: Array("grant_type=a%20b+c&x=%E2%82%AC&y=1=2&z&&=v".utf8))
        #expect(try fields.value("grant_type") == "a b c")
        #expect(try fields.value("x") == "€")
        #expect(try fields.value("y") == "1=2")
        #expect(fields.fields.map(\.name) == ["grant_type", "x", "y", "z", ""])
    }

    @Test("RFC 6749 section 3.2: a parameter without a value counts as omitted")
    func empty() throws {
        let fields = try FormFields(urlEncoded: Array("a=&b".utf8))
        #expect(try fields.value("a") == nil)
        #expect(try fields.value("b") == nil)
        #expect(throws: OAuthError.self) { try fields.required("a") }
    }

    @Test("RFC 6749 section 3.2: a parameter must not be included more than once")
    func repeated() throws {
        let fields = try FormFields(urlEncoded: Array("a=1&b=2&%61=1".utf8))
        #expect(throws: OAuthError.self) { try fields.value("a") }
        #expect(throws: OAuthError.self) { try fields.refuseRepetition() }
        #expect(throws: Never.self) { try fields.refuseRepetition(except: ["a"]) }
        #expect(try fields.value("b") == "2")
    }

    @Test(
        "RFC 3986 section 2.1: a broken escape or bytes that are not UTF-8 are refused",
        arguments: ["a=%", "a=%4", "a=%zz", "%=1", "a=%FF", "a=%C0%80"]
    )
    func broken(_ text: String) {
        #expect(throws: OAuthError.self) { try FormFields(urlEncoded: Array(text.utf8)) }
    }

    @Test(
        "RFC 6749 appendix A: no parameter has U+0000, neither in its name nor in its value",
        arguments: ["a=%00", "a=b%00c", "a%00=1", "a=\u{0}", "client_id=3MVG9%00aaa"]
    )
    func noNUL(_ text: String) {
        #expect(throws: OAuthError.self) { try FormFields(urlEncoded: Array(text.utf8)) }
    }

    @Test("security 1.16: the number of parameters and the length of one are bounded")
    func bounds() {
        let many = (0..<65).map { "p\($0)=1" }.joined(separator: "&")
        #expect(throws: OAuthError.self) { try FormFields(urlEncoded: Array(many.utf8)) }
        let long = "a=" + String(repeating: "x", count: 32_769)
        #expect(throws: OAuthError.self) { try FormFields(urlEncoded: Array(long.utf8)) }
    }
}
