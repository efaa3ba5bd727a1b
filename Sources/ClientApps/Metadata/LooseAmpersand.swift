/// Finds an `&` that begins no reference (XML 1.0 section 4.1). The parser goes on after one and drops it, so that its own report
/// is of something else.
enum LooseAmpersand {
    private static let names = ["amp", "lt", "gt", "quot", "apos"]

    /// The line of the first one, from 1; nothing for a document without.
    static func line(_ bytes: [UInt8]) -> Int? {
        var line = 1
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if let end = endOfVerbatim(bytes[index...]) {
                line += bytes[index..<end].count { $0 == 0x0A }
                index = end
                continue
            }
            if bytes[index] == 0x0A { line += 1 }
            if bytes[index] == UInt8(ascii: "&"), !isReference(bytes[(index + 1)...]) { return line }
            index += 1
        }
        return nil
    }

    /// Where a comment or a CDATA section that begins here ends: an `&` in those is a character as any other.
    private static func endOfVerbatim(_ rest: ArraySlice<UInt8>) -> Int? {
        guard rest.first == UInt8(ascii: "<") else { return nil }
        for (start, end) in [("<!--", "-->"), ("<![CDATA[", "]]>")] where rest.starts(with: Array(start.utf8)) {
            return rest.dropFirst(start.utf8.count).firstRange(of: Array(end.utf8))?.upperBound ?? rest.endIndex
        }
        return nil
    }

    private static func isReference(_ rest: ArraySlice<UInt8>) -> Bool {
        guard let end = rest.prefix(12).firstIndex(of: UInt8(ascii: ";")) else { return false }
        let name = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
        guard name.hasPrefix("#") else { return names.contains(name) }
        return name.hasPrefix("#x") ? UInt32(name.dropFirst(2), radix: 16) != nil : UInt32(name.dropFirst()) != nil
    }
}
