import Testing
import XML

@Suite("XML")
struct XMLReaderTests {
    /// Writes down what it is told.
    struct Scribe: XMLHandler {
        var lines: [String] = []
        var bytes = 0

        mutating func start(_ element: XMLStart) {
            let attributes = element.attributes.map { "\($0.key.namespace)|\($0.key.local)=\($0.value)" }.sorted()
            lines.append("<\(element.name.namespace)|\(element.name.local) \(attributes)@\(element.line)")
        }

        mutating func text(_ piece: UnsafeBufferPointer<UInt8>) {
            bytes += piece.count
            if piece.count < 100 { lines.append(String(decoding: piece, as: UTF8.self)) }
        }

        mutating func end() { lines.append(">") }
    }

    private func read(_ document: [UInt8], maximumBytes: Int = 100_000, maximumDepth: Int = 4) throws -> Scribe {
        var scribe = Scribe()
        try XMLReader(maximumBytes: maximumBytes, maximumDepth: maximumDepth).read(document, into: &scribe)
        return scribe
    }

    @Test("clients 5: names come with their namespace, whatever the prefix")
    func namespaces() throws {
        let document = #"<a xmlns="urn:a" xmlns:b="urn:b" x="1" b:y="2">"# + "\n<b:c><![CDATA[<]]>&amp;</b:c></a>"
        let scribe = try read(Array(document.utf8))
        #expect(
            scribe.lines.filter { $0 != "\n" } == [
                #"<urn:a|a ["urn:b|y=2", "|x=1"]@1"#, "<urn:b|c []@2", "<", "&", ">", ">",
            ]
        )
    }

    @Test(
        "security 1.16: declarations, entities, instructions, depth and other encodings stop the reading",
        arguments: [
            ("<!DOCTYPE a><a/>", XMLError.declaration(line: 1)),
            ("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", .declaration(line: 1)),
            ("\u{FEFF}\n<a>\n<?x y?></a>", .processingInstruction(line: 3)),
            ("<a><a><a><a><a/></a></a></a></a>", .tooDeep(limit: 4, line: 1)),
            ("<?xml version='1.0' encoding='UTF-7'?><a/>", .encoding("UTF-7")),
            ("<?xml version='1.0' encoding='ISO-8859-1'?><a/>", .encoding("ISO-8859-1")),
        ]
    )
    func refusals(document: String, error: XMLError) {
        #expect(throws: error) { try read(Array(document.utf8)) }
    }

    @Test(
        "security class 16: a namespace that each name would carry, a name that is longer than any, and elements without number, stop the reading",
        arguments: [
            ("<a xmlns='\(String(repeating: "n", count: 257))'/>", XMLError.namespaceTooLong(limit: 256, line: 1)),
            (
                "<a xmlns:b='\(String(repeating: "n", count: 60_000))'><b:c/></a>",
                .namespaceTooLong(limit: 256, line: 1)
            ),
            ("<a>\n<\(String(repeating: "b", count: 1_025))/></a>", .nameTooLong(limit: 1_024, line: 2)),
            ("<a \(String(repeating: "b", count: 900_000))='1'/>", .nameTooLong(limit: 1_024, line: 1)),
            ("<a>\(String(repeating: "\n<b/>", count: 100_000))</a>", .tooMany(limit: 100_000, line: 100_001)),
            ("<a>\(String(repeating: "\n<b c=''/>", count: 50_000))</a>", .tooMany(limit: 100_000, line: 50_001)),
        ]
    )
    func amplification(document: String, error: XMLError) {
        #expect(throws: error) { try read(Array(document.utf8), maximumBytes: 1_000_000) }
    }

    @Test("security class 16: a namespace of 256 bytes, a name of 1,024 and 100,000 elements and attributes are read")
    func limits() throws {
        let namespace = String(repeating: "n", count: 256)
        let name = String(repeating: "b", count: 1_024)
        let document = "<a xmlns='\(namespace)' \(name)='1'>\(String(repeating: "<b/>", count: 99_998))</a>"
        #expect(try read(Array(document.utf8), maximumBytes: 1_000_000).lines.count == 199_998)
    }

    @Test(
        "RFC 3629 and app-model 11.2: UTF-16 is refused though the parser would read it, with a mark, without, and whatever it says",
        arguments: [true, false],
        ["<a/>", "<?xml version='1.0' encoding='UTF-8'?><a/>"]
    )
    func wideText(isBigEndian: Bool, document: String) {
        let plain = document.utf16.flatMap { unit -> [UInt8] in
            let bytes = [UInt8(unit >> 8), UInt8(unit & 0xFF)]
            return isBigEndian ? bytes : bytes.reversed()
        }
        let mark: [UInt8] = isBigEndian ? [0xFE, 0xFF] : [0xFF, 0xFE]
        for bytes in [plain, mark + plain] { #expect(throws: XMLError.encoding("UTF-16")) { try read(bytes) } }
    }

    @Test(
        "XML 1.0: what is not well-formed is refused",
        arguments: [
            "", " ", "a", "<a>", "<a></b>", "<a>&x;</a>", "<a/><a/>", "<a b=1/>", "<a>\u{1}</a>", "<p:a/>",
            "<a>]]></a>",
        ]
    )
    func malformed(_ document: String) {
        #expect(throws: XMLError.self) { try read(Array(document.utf8)) }
        #expect(throws: XMLError.self) { try read(Array("<a>".utf8) + [0xFF] + Array("</a>".utf8)) }
    }

    @Test("app-model 11.5: a text of 52 MB is read in pieces, and one byte too many is refused")
    func large() throws {
        let document = Array("<a>".utf8) + [UInt8](repeating: 0x41, count: 52_000_000) + Array("</a>".utf8)
        #expect(try read(document, maximumBytes: document.count).bytes == 52_000_000)
        #expect(throws: XMLError.tooLarge(limit: 9)) { try read(Array("<a>123</a>".utf8), maximumBytes: 9) }
    }

    @Test("clients 5: what a handler throws ends the reading and reaches the caller")
    func handlerError() {
        struct Refusal: Error {}
        struct Refuser: XMLHandler {
            var seen = 0
            mutating func start(_ element: XMLStart) throws {
                seen += 1
                if seen == 2 { throw Refusal() }
            }
            mutating func text(_ piece: UnsafeBufferPointer<UInt8>) {}
            mutating func end() {}
        }
        var refuser = Refuser()
        #expect(throws: Refusal.self) {
            try XMLReader(maximumBytes: 100, maximumDepth: 9).read(Array("<a><b/><c/></a>".utf8), into: &refuser)
        }
    }
}
