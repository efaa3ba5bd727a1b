import ClientApps
import OAuthTypes
public import XML

/// What a retrieval wants (facts: app-model 11.1).
public struct RetrieveRequest: Hashable, Sendable {
    /// The components.
    public var manifest = PackageManifest()
    /// The version of the documents; that of the call where none is given.
    public var version: Int?
    /// Whether the files stand at the root of the archive, and not in a folder `unpackaged`.
    public var singlePackage = false
    /// The files that are wanted alone; none means all of the manifest.
    public var specificFiles: [String] = []
    /// The packages that are wanted, of which there are none here.
    public var packageNames: [String] = []

    /// A request for nothing.
    public init() {}

    /// Reads an element of the form that SOAP has, whatever the namespaces inside.
    public init(tree: XMLTree) {
        if let unpackaged = tree.child("unpackaged") { manifest = PackageManifest(tree: unpackaged) }
        // Tools send both, and mean the version of the manifest (facts: clients; source-deploy-retrieve).
        let version = manifest.version ?? tree.child("apiVersion")?.text.trimmed
        self.version = version.flatMap { Int($0.prefix { $0 != "." }) }
        singlePackage = ["true", "1"].contains(tree.child("singlePackage")?.text.trimmed.lowercased())
        specificFiles = tree.children("specificFiles").map(\.text.trimmed)
        packageNames = tree.children("packageNames").map(\.text.trimmed)
    }

    /// The request in the same form, to be remembered.
    var xml: String {
        var text = "<retrieveRequest>"
        if let version { text += "<apiVersion>\(version).0</apiVersion>" }
        text += "<singlePackage>\(singlePackage)</singlePackage>"
        for file in specificFiles { text += "<specificFiles>\(MarkupText.escaped(file))</specificFiles>" }
        for name in packageNames { text += "<packageNames>\(MarkupText.escaped(name))</packageNames>" }
        text += "<unpackaged>"
        for entry in manifest.entries {
            text += "<types>"
            for member in entry.members { text += "<members>\(MarkupText.escaped(member))</members>" }
            text += "<name>\(MarkupText.escaped(entry.type))</name></types>"
        }
        return text + "</unpackaged></retrieveRequest>"
    }

    /// The largest request that is remembered, in bytes.
    static let maximumBytes = 2_097_152
}
