import XML

/// An element of a document, with its line.
struct XMLNode: Sendable {
    let name: String
    let line: Int
    var text = ""
    var children: [XMLNode] = []
}

extension XMLNode {
    /// The documents of apps are not deeper.
    private static let maximumDepth = 8

    /// Reads a metadata document into elements and refuses all that such a document never needs.
    static func read(_ bytes: [UInt8]) throws(MetadataError) -> XMLNode {
        var builder = NodeBuilder()
        do {
            try XMLReader(maximumBytes: SourceFile.maximumBytes, maximumDepth: maximumDepth).read(bytes, into: &builder)
        } catch {
            throw MetadataError(reading: error)
        }
        guard let root = builder.root else {
            throw MetadataError(code: "MALFORMED_XML", problem: "The document is empty.", remedy: "Write one element.")
        }
        return root
    }
}

extension XMLNode {
    /// An element as a client wrote it into a larger document: namespaces, attributes and blanks around values are passed over, and
    /// what is said to be nil is left out.
    init(lenient tree: XMLTree) {
        self.init(
            name: tree.local,
            line: tree.line,
            text: tree.children.isEmpty ? tree.text.trimmed : "",
            children: tree.children.filter { !$0.isNil }.map(XMLNode.init(lenient:))
        )
    }
}

/// Puts elements together as they come.
private struct NodeBuilder: XMLHandler {
    private(set) var root: XMLNode?
    private var open: [(node: XMLNode, text: [UInt8])] = []

    mutating func start(_ element: XMLStart) throws {
        let name = element.name.local
        guard element.name.namespace == MetadataDocument.namespace else {
            throw MetadataError(
                element: name,
                line: element.line,
                code: "WRONG_NAMESPACE",
                problem: "Element '\(name)' is not in the metadata namespace.",
                remedy: "Write xmlns=\"\(MetadataDocument.namespace)\" on the root element."
            )
        }
        guard element.attributes.keys.allSatisfy({ $0.namespace == NodeBuilder.schemaInstance }) else {
            throw MetadataError(
                element: name,
                line: element.line,
                code: "UNKNOWN_ATTRIBUTE",
                problem: "Element '\(name)' has an attribute.",
                remedy: "Remove it."
            )
        }
        open.append((XMLNode(name: name, line: element.line), []))
    }

    mutating func text(_ piece: UnsafeBufferPointer<UInt8>) {
        if !open.isEmpty { open[open.count - 1].text.append(contentsOf: piece) }
    }

    mutating func end() throws {
        guard let ended = open.popLast() else { return }
        var node = ended.node
        let text = String(decoding: ended.text, as: UTF8.self)
        guard node.children.isEmpty || text.trimmed.isEmpty else {
            throw MetadataError(
                element: node.name,
                line: node.line,
                code: "MIXED_CONTENT",
                problem: "Element '\(node.name)' has text between its elements.",
                remedy: "Remove the text."
            )
        }
        // Blanks around a value mean nothing (facts: app-model 11.5).
        if node.children.isEmpty { node.text = text.trimmed }
        if open.isEmpty { root = node } else { open[open.count - 1].node.children.append(node) }
    }

    private static let schemaInstance = "http://www.w3.org/2001/XMLSchema-instance"
}

extension MetadataError {
    /// What a reader says of a document, in the words of the Metadata API.
    init(reading error: any Error) {
        switch error {
        case let error as MetadataError:
            self = error
        case XMLError.tooLarge(let limit):
            self.init(
                code: "DOCUMENT_TOO_LARGE",
                problem: "The document is larger than \(limit) bytes.",
                remedy: "Make it smaller."
            )
        case XMLError.tooDeep(let limit, let line):
            self.init(
                line: line,
                code: "TOO_DEEP",
                problem: "Elements are nested deeper than \(limit).",
                remedy: "Nest fewer."
            )
        case XMLError.tooMany(let limit, let line):
            self.init(
                line: line,
                code: "TOO_MANY_ELEMENTS",
                problem: "The document has more than \(limit) elements and attributes.",
                remedy: "Make it smaller."
            )
        case XMLError.namespaceTooLong(let limit, let line):
            self.init(
                line: line,
                code: "WRONG_NAMESPACE",
                problem: "A namespace is longer than \(limit) bytes.",
                remedy: "Write xmlns=\"\(MetadataDocument.namespace)\" on the root element."
            )
        case XMLError.nameTooLong(let limit, let line):
            self.init(
                line: line,
                code: "UNKNOWN_ELEMENT",
                problem: "The name of an element or attribute is longer than \(limit) bytes.",
                remedy: "Use the names of the documentation; none is as long."
            )
        case XMLError.encoding(let name):
            self.init(
                line: 1,
                code: "NOT_UTF8",
                problem: "The document is in the encoding \(name), or says so.",
                remedy: "Save it as UTF-8."
            )
        case XMLError.declaration(let line):
            self.init(
                line: line,
                code: "DOCTYPE_NOT_ALLOWED",
                problem: "The document has a DOCTYPE or an entity.",
                remedy: "Remove it."
            )
        case XMLError.processingInstruction(let line):
            self.init(
                line: line,
                code: "PROCESSING_INSTRUCTION",
                problem: "The document has a processing instruction.",
                remedy: "Remove it."
            )
        case XMLError.malformed(let reason, let line):
            self.init(
                line: line,
                code: "MALFORMED_XML",
                problem: "The document is not well-formed XML: \(reason).",
                remedy: "Save it as UTF-8, close every element, and write & and < as &amp; and &lt;."
            )
        default:
            self.init(code: "MALFORMED_XML", problem: "The document cannot be read.", remedy: "Write it anew.")
        }
    }
}
