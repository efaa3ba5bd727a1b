import Testing

@testable import WebServer

@Suite("Pages")
struct PageTests {
    @Test(
        "HTML section 13.1.2.3: a value cannot leave its place, whatever follows its quote or angle bracket",
        arguments: [
            ("\"", "&quot;"), ("'", "&#39;"), ("<", "&lt;"), (">", "&gt;"), ("&", "&amp;"),
            ("\"\u{338}", "&quot;\u{338}"), ("<\u{338}", "&lt;\u{338}"), ("'\u{200D}", "&#39;\u{200D}"),
        ]
    )
    func escaping(value: String, written: String) {
        let page = ErrorPage(code: "invalid_request", text: "[\(value)]", requestID: "1").render()
        #expect(Array(page.utf8).contains(Array("[\(written)]".utf8)))
    }

    @Test("security 1.13: a page has no inline style, no script and nothing from another host")
    func policy() {
        let pages = [
            ErrorPage(code: "invalid_request", text: "text", requestID: "1").render(),
            SignedOutPage(org: "Org").render(),
            HomePage(org: "Org", issuer: "issuer", user: "ada@example.com").render(),
        ]
        for page in pages {
            #expect(page.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
            for word in ["<script", "<style", " style=", " src=", " onload="] { #expect(!page.contains(word)) }
            #expect(page.contains("<link rel=\"stylesheet\" href=\"\(Stylesheet.path)\">"))
        }
    }

    @Test("security 1.13: every template ends its document and leaves no tag of the template language")
    func complete() {
        let pages = [SignedOutPage(org: "Org").render(), HomePage(org: "Org", issuer: "issuer", user: nil).render()]
        for page in pages {
            #expect(page.hasSuffix("</html>\n"))
            #expect(!page.contains("{{"))
        }
    }
}
