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
}
