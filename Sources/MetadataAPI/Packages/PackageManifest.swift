import ClientApps
import OAuthTypes
public import XML

/// A manifest: which components of which types, and in which version of the API (facts: app-model 11.2). `package.xml`,
/// `destructiveChanges.xml` and what a retrieval wants all have this form.
public struct PackageManifest: Hashable, Sendable {
    /// Some components of one type.
    public struct Entry: Hashable, Sendable {
        /// The name of the type, which may be one that nobody knows.
        public let type: String
        /// The names of the components; `*` for all there are.
        public let members: [String]

        /// Some components of one type.
        public init(type: String, members: [String]) {
            (self.type, self.members) = (type, members)
        }
    }

    /// How many members and how many types a manifest may have: as many components as an archive may have files.
    static let (memberLimit, typeLimit) = (10_000, 1_000)

    /// The components, in the order they were given.
    public var entries: [Entry]
    /// The version, such as `63.0`; `nil` where none is given.
    public var version: String?

    /// A manifest of some components.
    public init(entries: [Entry] = [], version: String? = nil) {
        (self.entries, self.version) = (entries, version)
    }

    /// Reads an element, whatever the namespaces inside.
    public init(tree: XMLTree) {
        entries = tree.children("types").compactMap { types in
            types.child("name").map { name in
                Entry(type: name.text.trimmed, members: types.children("members").map(\.text.trimmed))
            }
        }
        version = tree.child("version")?.text.trimmed
    }

    /// Reads a file.
    ///
    /// - Throws: `MetadataError`.
    init(file: SourceFile) throws(MetadataError) {
        let root: XMLTree
        do {
            root = try XMLReader(maximumBytes: SourceFile.maximumBytes, maximumDepth: 6).tree(file.bytes)
        } catch {
            throw MetadataError(
                file: file.path,
                code: .malformedXML,
                problem: "The manifest cannot be read: \(error).",
                remedy: "Save it as well-formed XML in UTF-8."
            )
        }
        guard root.local == "Package" else {
            throw MetadataError(
                file: file.path,
                element: root.local,
                line: root.line,
                code: .wrongRootElement,
                problem: "The root element is '\(root.local)'.",
                remedy: "It must be 'Package' in a manifest."
            )
        }
        self.init(tree: root)
        guard isWithinLimits else {
            throw MetadataError(
                file: file.path,
                code: .limitExceeded,
                problem: Self.limitText,
                remedy: "Deploy in parts."
            )
        }
    }

    /// Whether no more is named than can be there; the work of a call grows with it.
    var isWithinLimits: Bool {
        entries.count <= Self.typeLimit && entries.reduce(0) { $0 + $1.members.count } <= Self.memberLimit
    }

    static let limitText = "The manifest names more than \(memberLimit) components or \(typeLimit) types."

    /// What is named of each type, whichever entries name it.
    var membersByType: [(type: String, members: Set<String>)] {
        var names: [String] = []
        var members: [String: Set<String>] = [:]
        for entry in entries {
            if members[entry.type] == nil { names.append(entry.type) }
            members[entry.type, default: []].formUnion(entry.members)
        }
        return names.map { ($0, members[$0] ?? []) }
    }

    /// The major part of the version; `nil` where none is given.
    ///
    /// - Throws: `MetadataError` for a version that there is not.
    func majorVersion(file: String) throws(MetadataError) -> Int? {
        guard let version else { return nil }
        guard let major = Int(version.prefix { $0 != "." }), MetadataCaller.documentVersions.contains(major)
        else {
            throw MetadataError(
                file: file,
                element: "version",
                code: .invalidVersion,
                problem: "There is no such version of the Metadata API.",
                remedy: "Use \(MetadataCaller.versions.lowerBound).0 to \(MetadataCaller.versions.upperBound).0."
            )
        }
        return major
    }

    /// The manifest as a file.
    public var xml: [UInt8] {
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Package xmlns=\"\(MetadataDocument.namespace)\">\n"
        for entry in entries {
            text += "    <types>\n"
            for member in entry.members { text += "        <members>\(MarkupText.escaped(member))</members>\n" }
            text += "        <name>\(MarkupText.escaped(entry.type))</name>\n    </types>\n"
        }
        if let version { text += "    <version>\(MarkupText.escaped(version))</version>\n" }
        return Array((text + "</Package>\n").utf8)
    }
}
