import Mustache
import OAuthTypes

/// How a value is written into a page.
///
/// The escaping of the template engine goes by grapheme, and a quote that a combining character follows is another grapheme:
/// it would pass as it is and end an attribute. This one goes by Unicode scalar (HTML, section 13.1.2.3).
struct MarkupContentType: MustacheContentType {
    /// The name by which templates ask for it; each names it at its top.
    static let name = "MARKUP"

    func escapeText(_ text: String) -> String { MarkupText.escaped(text) }
}
