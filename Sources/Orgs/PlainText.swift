/// Texts that people read as they are: labels and names, which decide what somebody at a page believes.
public enum PlainText {
    /// A text for a terminal: each character that is not plain is shown by its number, line ends and tabs stay.
    public static func shown(_ text: String) -> String {
        guard !isPlain(text, allowsLines: true) || text.utf8.contains(0x0D) else { return text }
        var shown = ""
        for scalar in text.unicodeScalars {
            let stays = scalar == "\n" || scalar == "\t" || isPlain(String(scalar))
            shown += stays ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
        }
        return shown
    }

    /// Whether a text has nothing that shows nothing and changes how the rest is read: control characters, the controls of text
    /// direction and other format characters, line and paragraph separators.
    ///
    /// The two joiners stay: names in Persian and in the scripts of India need them.
    ///
    /// - Parameter allowsLines: whether line ends and tabs may be in it.
    public static func isPlain(_ text: String, allowsLines: Bool = false) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control: allowsLines && ["\n", "\r", "\t"].contains(scalar)
            case .format: ["\u{200C}", "\u{200D}"].contains(scalar)
            case .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
    }
}
