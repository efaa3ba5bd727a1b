/// One document of an app.
public enum MetadataComponent: Hashable, Sendable {
    case application(name: String, ExternalClientApplication)
    case globalOAuth(name: String, GlobalOAuthSettings)
    case oauth(name: String, OAuthSettings)
    case oauthPolicies(name: String, OAuthPolicies)
    case appPolicies(name: String, AppPolicies)

    /// The type of the document.
    public var type: MetadataType {
        switch self {
        case .application: .application
        case .globalOAuth: .globalOAuth
        case .oauth: .oauth
        case .oauthPolicies: .oauthPolicies
        case .appPolicies: .appPolicies
        }
    }

    /// The name of the metadata type.
    public var typeName: String { type.name }

    /// The full name of the component: the name of its file.
    public var fullName: String {
        switch self {
        case .application(let name, _), .globalOAuth(let name, _), .oauth(let name, _), .oauthPolicies(let name, _),
            .appPolicies(let name, _):
            name
        }
    }

    /// The developer name of the app that it belongs to.
    public var appName: String {
        switch self {
        case .application(let name, _): name
        case .globalOAuth(_, let record): record.externalClientApplication
        case .oauth(_, let record): record.externalClientApplication
        case .oauthPolicies(_, let record): record.externalClientApplication
        case .appPolicies(_, let record): record.externalClientApplication
        }
    }
}

/// The documents that the parts of an app travel as.
public enum MetadataDocument {
    static let namespace = "http://soap.sforce.com/2006/04/metadata"

    /// Reads one document; its folder and suffix say which type it has to be.
    public static func parse(file: SourceFile) throws(MetadataError) -> MetadataComponent {
        do {
            return try component(of: file)
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

    private static func component(of file: SourceFile) throws(MetadataError) -> MetadataComponent {
        let parts = file.path.split(separator: "/")
        let base = String(parts.last ?? "")
        let plain = base.hasSuffix("-meta.xml") ? String(base.dropLast("-meta.xml".count)) : base
        let folder = parts.dropLast().last.map(String.init) ?? ""
        let suffix = plain.split(separator: ".").last.map(String.init) ?? ""
        guard let type = MetadataType.allCases.first(where: { $0.folder == folder && $0.suffix == suffix }) else {
            let known = MetadataType.allCases.map { "\($0.folder)/NAME.\($0.suffix)" }.joined(separator: ", ")
            throw MetadataError(
                code: "UNKNOWN_TYPE",
                problem: "The folder and the suffix name no known metadata type.",
                remedy: "Known are: \(known)."
            )
        }
        let name = String(plain.dropLast(suffix.count + 1))
        return try component(type, name, try XMLReader.read(file.bytes))
    }

    private static func component(_ type: MetadataType, _ name: String, _ root: XMLNode) throws(MetadataError)
        -> MetadataComponent
    {
        switch type {
        case .application: .application(name: name, try record(root))
        case .globalOAuth: .globalOAuth(name: name, try record(root))
        case .oauth: .oauth(name: name, try record(root))
        case .oauthPolicies: .oauthPolicies(name: name, try record(root))
        case .appPolicies: .appPolicies(name: name, try record(root))
        }
    }

    /// Reads a component whose type and name are known, as a stored one's are.
    ///
    /// - Throws: ``MetadataError``, as above; its file is empty.
    public static func parse(typeName: String, fullName: String, bytes: [UInt8]) throws(MetadataError)
        -> MetadataComponent
    {
        guard let type = MetadataType(name: typeName) else {
            throw MetadataError(
                code: "UNKNOWN_TYPE",
                problem: "'\(typeName)' is no known metadata type.",
                remedy: "Name one of the types of an app."
            )
        }
        return try component(type, fullName, try XMLReader.read(bytes))
    }

    private static func record<Record: MetadataRecord>(_ root: XMLNode) throws(MetadataError) -> Record {
        guard root.name == Record.metadataName else {
            throw MetadataError(
                element: root.name,
                line: root.line,
                code: "WRONG_ROOT_ELEMENT",
                problem: "The root element is '\(root.name)'.",
                remedy: "It must be '\(Record.metadataName)' in this folder."
            )
        }
        return try Record.read(root)
    }

    /// Writes a document as the original's tools do: declaration, namespace, four spaces, documented order.
    public static func xml(_ component: MetadataComponent) -> [UInt8] {
        let root =
            switch component {
            case .application(_, let record): record.node(named: component.typeName)
            case .globalOAuth(_, let record): record.node(named: component.typeName)
            case .oauth(_, let record): record.node(named: component.typeName)
            case .oauthPolicies(_, let record): record.node(named: component.typeName)
            case .appPolicies(_, let record): record.node(named: component.typeName)
            }
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<\(root.name) xmlns=\"\(namespace)\">\n"
        for child in root.children { write(child, indent: "    ", to: &text) }
        return Array((text + "</\(root.name)>\n").utf8)
    }

    private static func write(_ node: XMLNode, indent: String, to text: inout String) {
        guard !node.children.isEmpty else {
            text += "\(indent)<\(node.name)>\(escaped(node.text))</\(node.name)>\n"
            return
        }
        text += "\(indent)<\(node.name)>\n"
        for child in node.children { write(child, indent: indent + "    ", to: &text) }
        text += "\(indent)</\(node.name)>\n"
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&apos;"
            case "\r": result += "&#13;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
