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
        let text = String(decoding: bytes, as: UTF8.self)
        guard Array(text.utf8) == bytes else {
            throw error(1, "NOT_UTF8", "The document is not UTF-8.", "Save it as UTF-8.")
        }
        // Another encoding would hide a DOCTYPE from the search below.
        let declaration = text.hasPrefix("<?xml") ? text.prefix { $0 != ">" }.lowercased() : ""
        let isOtherEncoding = declaration.contains("encoding") && !declaration.contains("utf-8")
        guard !bytes.contains(0), !isOtherEncoding else {
            throw error(1, "NOT_UTF8", "The document is in another encoding than UTF-8.", "Save it as UTF-8.")
        }
        // The parser's delegate is told of no DOCTYPE in some forms, so the text itself is looked at.
        for forbidden in ["<!DOCTYPE", "<!ENTITY"] where text.contains(forbidden) {
            throw error(1, "DOCTYPE_NOT_ALLOWED", "The document has a DOCTYPE or an entity.", "Remove it.")
        }
        if let line = LooseAmpersand.line(bytes) {
            throw error(
                line,
                "MALFORMED_XML",
                "There is an & that begins none of &amp; &lt; &gt; &quot; &apos; and no character number.",
                "Write &amp; for an & that is meant as such."
            )
        }
        let delegate = Delegate()
        let parser = XMLParser(data: Data(bytes))
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
