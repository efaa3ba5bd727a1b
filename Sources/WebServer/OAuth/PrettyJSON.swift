/// JSON laid out for people, for `X-PrettyPrint: 1` (facts: flows 8.2).
enum PrettyJSON {
    private static let (quote, escape, newline, space) = (
        UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "\n"), UInt8(ascii: " ")
    )

    /// The same document with a line for each member, two spaces deeper in each object and array.
    ///
    /// - Parameter json: a document as ``JSONWriter`` writes it, without white space between its tokens.
    static func text(of json: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(json.count * 2)
        var (depth, isInString, isEscaped) = (0, false, false)
        func breakLine() { text.append(newline); text.append(contentsOf: repeatElement(space, count: 2 * depth)) }
        for (index, byte) in json.enumerated() {
            if isInString {
                text.append(byte)
                if byte == quote, !isEscaped { isInString = false }
                isEscaped = byte == escape && !isEscaped
                continue
            }
            let isAfterOpening = index > 0 && isOpening(json[index - 1])
            if isClosing(byte) {
                depth -= 1
                if !isAfterOpening { breakLine() }
            } else if isAfterOpening {
                breakLine()
            }
            text.append(byte)
            switch byte {
            case quote: isInString = true
            case UInt8(ascii: ":"): text.append(space)
            case UInt8(ascii: ","): breakLine()
            default: if isOpening(byte) { depth += 1 }
            }
        }
        return text
    }

    private static func isOpening(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") }
    private static func isClosing(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") }
}
