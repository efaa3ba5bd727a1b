import OAuthTypes
import Testing

@Suite("JSON numbers")
struct JSONNumberTests {
    @Test(
        "RFC 8259 section 6: whole numbers are written digit by digit",
        arguments: [
            (Int64(0), "0"), (7, "7"), (10, "10"), (-15, "-15"), (1_730_386_620, "1730386620"),
            (.max, "9223372036854775807"), (.min, "-9223372036854775808"),
        ]
    )
    func number(value: Int64, text: String) {
        var writer = JSONWriter()
        writer.number(value)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == text)
    }

    @Test(
        "RFC 7519 section 2: a NumericDate is a number of seconds, a fraction cut off; nothing else is one",
        arguments: [
            (.integer(1_300_819_380), 1_300_819_380), (.number("1300819380.9"), 1_300_819_380), (.number("1e3"), 1_000),
            (.integer(0), 0), (.integer(-1), nil), (.number("1e400"), nil), (.integer(.max), nil),
            (.string("1300819380"), nil), (.bool(true), nil), (.null, nil),
        ] as [(JSONValue, Int64?)]
    )
    func numericDate(value: JSONValue, seconds: Int64?) {
        #expect(value.numericDate == seconds)
    }
}
