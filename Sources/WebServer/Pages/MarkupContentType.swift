import Mustache

/// How a value is written into a page.
///
/// The escaping of the template engine goes by grapheme, and a quote that a combining character follows is another grapheme:
/// it would pass as it is and end an attribute. This one goes by Unicode scalar (HTML, section 13.1.2.3).
struct MarkupContentType: MustacheContentType {
    /// The name by which templates ask for it; each names it at its top.
    static let name = "MARKUP"

    func escapeText(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
            case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
            case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
            case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}
