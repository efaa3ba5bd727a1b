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
            throw MetadataError(code: .malformedXML, problem: "The document is empty.", remedy: "Write one element.")
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
                code: .wrongNamespace,
                problem: "Element '\(name)' is not in the metadata namespace.",
                remedy: "Write xmlns=\"\(MetadataDocument.namespace)\" on the root element."
            )
        }
        guard element.attributes.keys.allSatisfy({ $0.namespace == NodeBuilder.schemaInstance }) else {
            throw MetadataError(
                element: name,
                line: element.line,
                code: .unknownAttribute,
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
                code: .mixedContent,
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
        case let error as MetadataError: self = error
        case let error as XMLError: self = error.inWordsOfMetadata
        default: self.init(code: .malformedXML, problem: "The document cannot be read.", remedy: "Write it anew.")
        }
    }
}

extension XMLError {
    fileprivate var inWordsOfMetadata: MetadataError {
        MetadataError(line: line, code: code, problem: problem, remedy: remedy)
    }

    private var line: Int? {
        switch self {
        case .tooLarge: nil
        case .encoding: 1
        case .tooDeep(_, let line), .tooMany(_, let line), .namespaceTooLong(_, let line), .nameTooLong(_, let line),
            .declaration(let line), .processingInstruction(let line), .malformed(_, let line):
            line
        }
    }

    private var code: StatusCode {
        switch self {
        case .tooLarge: .documentTooLarge
        case .tooDeep: .tooDeep
        case .tooMany: .tooManyElements
        case .namespaceTooLong: .wrongNamespace
        case .nameTooLong: .unknownElement
        case .encoding: .notUTF8
        case .declaration: .doctypeNotAllowed
        case .processingInstruction: .processingInstruction
        case .malformed: .malformedXML
        }
    }

    private var problem: String {
        switch self {
        case .tooLarge(let limit): "The document is larger than \(limit) bytes."
        case .tooDeep(let limit, _): "Elements are nested deeper than \(limit)."
        case .tooMany(let limit, _): "The document has more than \(limit) elements and attributes."
        case .namespaceTooLong(let limit, _): "A namespace is longer than \(limit) bytes."
        case .nameTooLong(let limit, _): "The name of an element or attribute is longer than \(limit) bytes."
        case .encoding(let name): "The document is in the encoding \(name), or says so."
        case .declaration: "The document has a DOCTYPE or an entity."
        case .processingInstruction: "The document has a processing instruction."
        case .malformed(let reason, _): "The document is not well-formed XML: \(reason)."
        }
    }

    private var remedy: String {
        switch self {
        case .tooLarge, .tooMany: "Make it smaller."
        case .tooDeep: "Nest fewer."
        case .namespaceTooLong: "Write xmlns=\"\(MetadataDocument.namespace)\" on the root element."
        case .nameTooLong: "Use the names of the documentation; none is as long."
        case .encoding: "Save it as UTF-8."
        case .declaration, .processingInstruction: "Remove it."
        case .malformed: "Save it as UTF-8, close every element, and write & and < as &amp; and &lt;."
        }
    }
}
