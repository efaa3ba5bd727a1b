// Foundation's XMLParser (libxml2) is the one well-kept XML parser at hand; it is used when metadata is read, never for a token.
import Foundation
import FoundationXML

/// An element of a metadata document: a name with either text or child elements.
struct XMLElement: Sendable {
    let name: String
    let line: Int
    var text = ""
    var children: [XMLElement] = []
}

/// Reads a metadata document into elements and refuses what such a document never holds: document types and entities,
/// processing instructions, foreign namespaces, text beside elements, depth and size beyond reason.
enum XMLReader {
    static let namespace = "http://soap.sforce.com/2006/04/metadata"
    static let maximumBytes = 1_048_576
    static let maximumDepth = 8

    static func read(_ file: SourceFile) throws(MetadataError) -> XMLElement {
        guard file.bytes.count <= maximumBytes else {
            throw refusal(file, nil, "The file is larger than \(maximumBytes) bytes.", "Make it smaller.")
        }
        // Document types are refused before the parser sees them, so that no entity is ever declared, let alone expanded.
        if file.bytes.firstRange(of: Array("<!DOCTYPE".utf8)) != nil || file.bytes.firstRange(of: Array("<!ENTITY".utf8)) != nil {
            throw refusal(file, nil, "The file has a document type or an entity declaration.", "Remove it; metadata needs none.")
        }
        let builder = Builder(path: file.path)
        let parser = XMLParser(data: Data(file.bytes))
        parser.shouldProcessNamespaces = true
        parser.shouldResolveExternalEntities = false
        parser.delegate = builder
        let isWellFormed = parser.parse()
        if let error = builder.error { throw error }
        guard isWellFormed, let root = builder.root else {
            throw refusal(file, parser.lineNumber, "The file is not well-formed XML.", "Correct the markup near this line.")
        }
        return root
    }

    private static func refusal(_ file: SourceFile, _ line: Int?, _ problem: String, _ remedy: String) -> MetadataError {
        MetadataError(file: file.path, line: line, code: .invalidXML, problem: problem, remedy: remedy)
    }

    /// Collects the parser's events; a class because the parser's delegate has to be one.
    private final class Builder: NSObject, XMLParserDelegate {
        let path: String
        var stack: [XMLElement] = []
        var root: XMLElement?
        var error: MetadataError?

        init(path: String) {
            self.path = path
        }

        private func refuse(_ parser: XMLParser, _ element: String?, _ problem: String, _ remedy: String) {
            if error == nil {
                error = MetadataError(
                    file: path, element: element, line: parser.lineNumber, code: .invalidXML, problem: problem, remedy: remedy
                )
            }
            parser.abortParsing()
        }

        func parser(
            _ parser: XMLParser,
            didStartElement elementName: String,
            namespaceURI: String?,
            qualifiedName: String?,
            attributes: [String: String] = [:]
        ) {
            if stack.count >= XMLReader.maximumDepth {
                refuse(parser, elementName, "Elements are nested too deep.", "No metadata needs more than \(XMLReader.maximumDepth) levels.")
            }
            if let namespaceURI, !namespaceURI.isEmpty, namespaceURI != XMLReader.namespace {
                refuse(parser, elementName, "The element is in a foreign namespace.", "Use xmlns=\"\(XMLReader.namespace)\".")
            }
            stack.append(XMLElement(name: elementName, line: parser.lineNumber))
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) {
            guard !stack.isEmpty else { return }
            stack[stack.count - 1].text += string
        }

        func parser(_ parser: XMLParser, foundCDATA CDATABlock: Data) {
            self.parser(parser, foundCharacters: String(decoding: CDATABlock, as: UTF8.self))
        }

        func parser(_ parser: XMLParser, foundProcessingInstructionWithTarget target: String, data: String?) {
            refuse(parser, nil, "The file has a processing instruction.", "Remove it.")
        }

        func parser(
            _ parser: XMLParser,
            didEndElement elementName: String,
            namespaceURI: String?,
            qualifiedName: String?
        ) {
            guard var element = stack.popLast() else { return }
            let trimmed = element.text.trimmingCharacters(in: .whitespacesAndNewlines)
            if !element.children.isEmpty, !trimmed.isEmpty {
                refuse(parser, elementName, "The element has text beside its child elements.", "Remove the text.")
            }
            element.text = trimmed
            if stack.isEmpty { root = element } else { stack[stack.count - 1].children.append(element) }
        }
    }
}
