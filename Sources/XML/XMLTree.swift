/// An element with all that is in it, for documents whose shape is looked at after they were read, as SOAP envelopes are.
public struct XMLTree: Hashable, Sendable {
    /// Its name.
    public let name: XMLName
    /// Its attributes, without the declarations of namespaces.
    public let attributes: [XMLName: String]
    /// Where it starts in the document, from 1.
    public let line: Int
    /// The text directly inside it, UTF-8; what stands between its elements is there as well.
    public internal(set) var content: [UInt8] = []
    /// The elements directly inside it.
    public internal(set) var children: [XMLTree] = []

    /// The name without its namespace.
    public var local: String { name.local }

    /// The text directly inside it.
    public var text: String { String(decoding: content, as: UTF8.self) }

    /// The first element inside of a local name, whatever its namespace.
    public func child(_ local: String) -> XMLTree? { children.first { $0.name.local == local } }

    /// The elements inside of a local name, whatever their namespace.
    public func children(_ local: String) -> [XMLTree] { children.filter { $0.name.local == local } }

    /// Whether the element says that it has no value: `xsi:nil`.
    public var isNil: Bool {
        let value = attributes[XMLName(namespace: XMLTree.schemaInstance, local: "nil")]
        return value == "true" || value == "1"
    }

    /// The local name of the type that the element claims to have: `xsi:type`.
    public var claimedType: String? {
        let name = attributes[XMLName(namespace: XMLTree.schemaInstance, local: "type")]
        return name?.split(separator: ":").last.map(String.init)
    }

    /// The namespace of `xsi:type` and `xsi:nil`.
    public static let schemaInstance = "http://www.w3.org/2001/XMLSchema-instance"
}

extension XMLReader {
    /// Reads a document as a whole.
    ///
    /// - Throws: ``XMLError``.
    public func tree(_ document: [UInt8]) throws -> XMLTree {
        var planter = TreePlanter()
        try read(document, into: &planter)
        guard let root = planter.root else { throw XMLError.malformed(reason: "no element found", line: 1) }
        return root
    }
}

/// Puts elements together as they come.
private struct TreePlanter: XMLHandler {
    private(set) var root: XMLTree?
    private var open: [XMLTree] = []

    mutating func start(_ element: XMLStart) {
        open.append(XMLTree(name: element.name, attributes: element.attributes, line: element.line))
    }

    mutating func text(_ piece: UnsafeBufferPointer<UInt8>) {
        if !open.isEmpty { open[open.count - 1].content.append(contentsOf: piece) }
    }

    mutating func end() {
        guard let ended = open.popLast() else { return }
        if open.isEmpty { root = ended } else { open[open.count - 1].children.append(ended) }
    }
}
