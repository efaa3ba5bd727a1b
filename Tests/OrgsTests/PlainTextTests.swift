import Orgs
import Testing

@Suite("Plain text")
struct PlainTextTests {
    @Test(
        "Unicode technical report 36: controls of direction and other characters that are not seen are in no label or name",
        arguments: [
            "\u{202E}gpj", "a\u{202A}", "a\u{2066}b\u{2069}", "\u{200E}a", "a\u{200B}b", "\u{FEFF}a", "a\u{AD}b",
            "a\u{2028}b",
            "a\u{0}b", "a\u{7F}b", "a\u{E0041}b", "a\nb", "a\u{2060}b", "a\u{61C}b",
        ]
    )
    func refused(_ text: String) {
        #expect(!PlainText.isPlain(text))
    }

    @Test(
        "Unicode technical report 36: what people write passes, in every script",
        arguments: ["", "Orders & Co. (EU)", "Jürgen O’Neil", "سفارش‌ها", "हिन्दी", "注文", "👩‍💻 Orders"]
    )
    func passes(_ text: String) {
        #expect(PlainText.isPlain(text))
    }

    @Test("Unicode technical report 36: a description may have lines")
    func lines() {
        #expect(PlainText.isPlain("a\r\n\tb", allowsLines: true))
        #expect(!PlainText.isPlain("a\n\u{202E}b", allowsLines: true))
    }

    @Test(
        "Unicode technical report 36: what moves a terminal's cursor or hides a part is shown by its number, and lines stay",
        arguments: [
            ("a\n\tb é 注文", "a\n\tb é 注文"), ("a\u{1B}[2K", "a\\u{1b}[2K"), ("a\u{9B}2K", "a\\u{9b}2K"),
            ("\u{202E}gpj", "\\u{202e}gpj"), ("a\r\nb", "a\\u{d}\nb"), ("a\rb", "a\\u{d}b"),
            ("a\u{2028}b", "a\\u{2028}b"),
        ]
    )
    func shown(text: String, expected: String) {
        #expect(PlainText.shown(text) == expected)
    }
}
