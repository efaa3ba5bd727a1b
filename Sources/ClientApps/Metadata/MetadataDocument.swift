import OAuthTypes
public import XML

/// The documents that the parts of an app travel as.
public enum MetadataDocument {
    /// The namespace of every document and of the Metadata API itself.
    public static let namespace = "http://soap.sforce.com/2006/04/metadata"

    /// Reads one document; its folder and suffix say which type it has to be.
    ///
    /// - Parameter version: the version of the API that is spoken; `nil` for all that there is.
    public static func parse(file: SourceFile, version: Int? = nil) throws(MetadataError) -> MetadataComponent {
        do throws(MetadataError) {
            guard let path = MetadataPath(file.path) else { throw unknownPlace(file.path) }
            return try parse(path.type, fullName: path.fullName, bytes: file.bytes, version: version)
        } catch {
            throw MetadataError(
                file: file.path,
                element: error.element,
                line: error.line,
                code: error.code,
                problem: error.problem,
                remedy: error.remedy
            )
        }
    }

    /// Reads a document whose type and name are known, as a stored one's are.
    ///
    /// - Throws: ``MetadataError``, as above; its file is empty.
    public static func parse(
        _ type: MetadataType,
        fullName: String,
        bytes: [UInt8],
        version: Int? = nil
    ) throws(MetadataError) -> MetadataComponent {
        var root = try XMLNode.read(bytes)
        guard root.name == type.rawValue else {
            throw MetadataError(
                element: root.name,
                line: root.line,
                code: .wrongRootElement,
                problem: "The root element is '\(root.name)'.",
                remedy: "It must be '\(type.rawValue)' in this folder."
            )
        }
        try root.removeFullName(fullName)
        return MetadataComponent(fullName: fullName, content: try MetadataContent(type, root, version: version))
    }

    /// Reads a document out of a larger one, such as an envelope, where elements may stand in no namespace, blanks around values
    /// mean nothing, and `fullName` is an element beside the others (facts: clients 5).
    ///
    /// - Throws: ``MetadataError``; its file is the full name.
    public static func read(
        _ type: MetadataType,
        fullName: String,
        tree: XMLTree,
        version: Int? = nil
    ) throws(MetadataError) -> MetadataComponent {
        var root = XMLNode(lenient: tree)
        root.children.removeAll { $0.name == "fullName" }
        do throws(MetadataError) {
            return MetadataComponent(fullName: fullName, content: try MetadataContent(type, root, version: version))
        } catch {
            throw MetadataError(
                file: fullName,
                element: error.element,
                line: error.line,
                code: error.code,
                problem: error.problem,
                remedy: error.remedy
            )
        }
    }

    private static func unknownPlace(_ path: String) -> MetadataError {
        let folder = path.split(separator: "/").dropLast().last.map(String.init)
        let ofFolder = MetadataType.allCases.filter { $0.folder == folder }
        let known = ofFolder.isEmpty ? [.externalClientApplication, .connectedApp] : ofFolder
        let places = known.map { $0.path(of: $0.settingsName ?? "NAME") }.joined(separator: ", ")
        return MetadataError(
            code: .unknownType,
            problem: "The folder and the suffix name no known metadata type.",
            remedy: ofFolder.isEmpty
                ? "Put it into the folder of its type, such as \(places), or take it out."
                : "This folder takes \(places)."
        )
    }

    /// Writes a document as the original's tools do: declaration, namespace, four spaces, documented order.
    ///
    /// - Parameter version: the version of the API that is spoken; `nil` for all that there is.
    public static func xml(_ component: MetadataComponent, version: Int? = nil) -> [UInt8] {
        let root = component.content.record.node(named: component.type.rawValue, version: version)
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<\(root.name) xmlns=\"\(namespace)\">\n"
        for child in root.children { write(child, indent: "    ", to: &text) }
        return Array((text + "</\(root.name)>\n").utf8)
    }

    /// The elements of a document without their root, for a document that they are part of.
    public static func elements(_ component: MetadataComponent, version: Int? = nil) -> String {
        var text = ""
        for child in component.content.record.node(named: "", version: version).children {
            write(child, indent: "", to: &text)
        }
        return text
    }

    private static func write(_ node: XMLNode, indent: String, to text: inout String) {
        guard !node.children.isEmpty else {
            text += "\(indent)<\(node.name)>\(MarkupText.escaped(node.text))</\(node.name)>\n"
            return
        }
        text += "\(indent)<\(node.name)>\n"
        for child in node.children { write(child, indent: indent + "    ", to: &text) }
        text += "\(indent)</\(node.name)>\n"
    }
}

extension XMLNode {
    /// Takes out the name of the document, which every type has as an element, too (facts: app-model 1.1).
    ///
    /// - Throws: `FIELD_INTEGRITY_EXCEPTION` for a name that is not that of the file.
    fileprivate mutating func removeFullName(_ fullName: String) throws(MetadataError) {
        if let other = children.first(where: { $0.name == "fullName" && $0.text != fullName }) {
            throw MetadataError(
                element: other.name,
                line: other.line,
                code: .fieldIntegrityException,
                problem: "The document is named '\(fullName)' by its file and '\(other.text)' by its fullName.",
                remedy: "Rename the file, or leave fullName out."
            )
        }
        children.removeAll { $0.name == "fullName" }
    }
}
