// Foundation's parser is a kept XML library; documents are read at start and at deploy only, never for a token.
import Foundation
import FoundationXML

/// Reads a metadata document into elements and refuses all that such a document never needs.
enum XMLReader {
    static let maximumBytes = 1_048_576

    static func read(_ bytes: [UInt8]) throws(MetadataError) -> XMLNode {
        guard bytes.count <= maximumBytes else {
            throw error(0, "DOCUMENT_TOO_LARGE", "The document is larger than 1 MB.", "Make it smaller.")
        }
        let document = try plainDocument(bytes)
        let delegate = Delegate()
        let parser = XMLParser(data: Data(document))
        parser.shouldProcessNamespaces = true
        parser.shouldResolveExternalEntities = false
        parser.delegate = delegate
        let isWellFormed = parser.parse()
        if let failure = delegate.failure { throw failure }
        guard isWellFormed, let root = delegate.root else {
            throw error(
                parser.lineNumber,
                "MALFORMED_XML",
                "The document is not well-formed XML.",
                "Close every element and escape & and <."
            )
        }
        return root
    }

    /// The document without its byte order mark, if it is what the parser will take it for: UTF-8 without any declaration of
    /// types or entities.
    ///
    /// The bytes are searched, and no characters, so that neither another encoding nor a combining mark hides anything.
    private static func plainDocument(_ bytes: [UInt8]) throws(MetadataError) -> ArraySlice<UInt8> {
        let document = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        let isUTF8 = String(validating: document, as: UTF8.self) != nil
        guard isUTF8, !document.contains(0), !declaresAnotherEncoding(document) else {
            throw error(1, "NOT_UTF8", "The document is in another encoding than UTF-8.", "Save it as UTF-8.")
        }
        var rest = document
        while let start = rest.firstRange(of: Array("<!".utf8)) {
            rest = rest[start.upperBound...]
            guard rest.starts(with: Array("--".utf8)) || rest.starts(with: Array("[CDATA[".utf8)) else {
                throw error(1, "DOCTYPE_NOT_ALLOWED", "The document has a DOCTYPE or an entity.", "Remove it.")
            }
        }
        return document
    }

    private static func declaresAnotherEncoding(_ document: ArraySlice<UInt8>) -> Bool {
        guard document.starts(with: Array("<?xml".utf8)) else { return false }
        let declaration = String(decoding: document.prefix { $0 != UInt8(ascii: ">") }, as: UTF8.self).lowercased()
        return declaration.contains("encoding") && !declaration.contains("\"utf-8\"")
            && !declaration.contains("'utf-8'")
    }

    fileprivate static func error(_ line: Int, _ code: String, _ problem: String, _ remedy: String) -> MetadataError {
        MetadataError(line: line == 0 ? nil : line, code: code, problem: problem, remedy: remedy)
    }
}

private final class Delegate: NSObject, XMLParserDelegate {
    var root: XMLNode?
    var failure: MetadataError?
    private var open: [XMLNode] = []

    private func refuse(_ parser: XMLParser, _ code: String, _ problem: String, _ remedy: String) {
        failure = failure ?? XMLReader.error(parser.lineNumber, code, problem, remedy)
        parser.abortParsing()
    }

    func parser(
        _ parser: XMLParser,
        didStartElement elementName: String,
        namespaceURI: String?,
        qualifiedName: String?,
        attributes: [String: String]
    ) {
        guard failure == nil else { return }
        if namespaceURI != MetadataDocument.namespace {
            refuse(
                parser,
                "WRONG_NAMESPACE",
                "Element '\(elementName)' is not in the metadata namespace.",
                "Write xmlns=\"\(MetadataDocument.namespace)\" on the root element."
            )
        } else if open.count >= 8 {
            refuse(parser, "TOO_DEEP", "Elements are nested deeper than 8.", "Nest fewer.")
        } else if attributes.keys.contains(where: { !$0.hasPrefix("xmlns") && !$0.hasPrefix("xsi:") }) {
            refuse(parser, "UNKNOWN_ATTRIBUTE", "Element '\(elementName)' has an attribute.", "Remove it.")
        }
        open.append(XMLNode(name: elementName, line: parser.lineNumber))
    }

    func parser(_ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?, qualifiedName: String?) {
        guard failure == nil, var node = open.popLast() else { return }
        if !node.children.isEmpty {
            guard node.text.trimmed.isEmpty else {
                refuse(
                    parser,
                    "MIXED_CONTENT",
                    "Element '\(elementName)' has text between its elements.",
                    "Remove the text."
                )
                return
            }
            node.text = ""
        }
        if open.isEmpty { root = node } else { open[open.count - 1].children.append(node) }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        if !open.isEmpty { open[open.count - 1].text += string }
    }

    func parser(_ parser: XMLParser, foundCDATA block: Data) {
        if !open.isEmpty { open[open.count - 1].text += String(decoding: block, as: UTF8.self) }
    }

    func parser(_ parser: XMLParser, foundProcessingInstructionWithTarget target: String, data: String?) {
        refuse(parser, "PROCESSING_INSTRUCTION", "The document has a processing instruction.", "Remove it.")
    }
}
