import ClientApps
import MetadataAPI
import OAuthTypes
import XML

/// What strangers send, and what must hold for any bytes of it: nothing traps, time and memory are bounded, a refusal says what is wrong, and
/// what is accepted is the same when it is written and read again.
public enum FuzzTarget: String, CaseIterable, Sendable {
    /// XML of any kind.
    case xml
    /// Zip archives, and packages of apps in them.
    case zip
    /// Metadata documents; the first byte says of which type.
    case metadata
    /// `deployOptions` of a deployRequest.
    case json

    /// Says that something does not hold.
    public struct Violation: Error, CustomStringConvertible {
        /// What.
        public let description: String
    }

    /// Tries an input.
    ///
    /// - Returns: whether it was accepted.
    /// - Throws: ``Violation``.
    @discardableResult
    public func check(_ bytes: [UInt8]) throws(Violation) -> Bool {
        switch self {
        case .xml: try Self.checkXML(bytes)
        case .zip: try Self.checkArchive(bytes)
        case .metadata: try Self.checkDocument(bytes)
        case .json: try Self.checkOptions(bytes)
        }
    }

    private static func require(_ holds: Bool, _ what: String) throws(Violation) {
        if !holds { throw Violation(description: what) }
    }

    /// A refusal is a text for people: there is one, it is not endless, and it says what to do where it is about a document.
    private static func requireClear(_ text: String) throws(Violation) {
        try require(!text.isEmpty && text.utf8.count <= 4_096, "a refusal has \(text.utf8.count) bytes")
    }

    // MARK: XML

    private static func checkXML(_ bytes: [UInt8]) throws(Violation) -> Bool {
        let tree: XMLTree
        do {
            tree = try XMLReader(maximumBytes: 65_536, maximumDepth: 16).tree(bytes)
        } catch let error as XMLError {
            try requireClear(error.description)
            return false
        } catch {
            throw Violation(description: "another error than XMLError: \(error)")
        }
        let again = try? XMLReader(maximumBytes: 16_777_216, maximumDepth: 16).tree(Array(text(tree).utf8))
        try require(
            again.map { isSame($0, tree) } == true,
            "XML that was accepted is another one when it is read again"
        )
        return true
    }

    /// A tree as a document; the namespace of `xml` has no other prefix (Namespaces in XML 1.0, section 3).
    private static func text(_ tree: XMLTree) -> String {
        let (name, declaration) = qualified(tree.name, "n")
        var text = "<\(name)\(declaration)"
        for (index, attribute) in tree.attributes.enumerated() {
            let (name, declaration) = qualified(attribute.key, "a\(index)")
            let value = MarkupText.escaped(attribute.value).replacing("\n", with: "&#10;").replacing("\t", with: "&#9;")
            text += "\(declaration) \(name)=\"\(value)\""
        }
        return text + ">" + MarkupText.escaped(tree.text) + tree.children.map(Self.text).joined() + "</\(name)>"
    }

    private static func qualified(_ name: XMLName, _ prefix: String) -> (name: String, declaration: String) {
        switch name.namespace {
        case "": (name.local, "")
        case "http://www.w3.org/XML/1998/namespace": ("xml:\(name.local)", "")
        default: ("\(prefix):\(name.local)", " xmlns:\(prefix)=\"\(MarkupText.escaped(name.namespace))\"")
        }
    }

    /// Whether two trees are the same but for their lines.
    private static func isSame(_ left: XMLTree, _ right: XMLTree) -> Bool {
        left.name == right.name && left.attributes == right.attributes && left.content == right.content
            && left.children.count == right.children.count
            && Swift.zip(left.children, right.children).allSatisfy(isSame)
    }

    // MARK: Archives

    private static func checkArchive(_ bytes: [UInt8]) throws(Violation) -> Bool {
        var limits = ArchiveLimits.metadataAPI
        (limits.archiveBytes, limits.entries, limits.unpackedBytes, limits.entryBytes) = (
            65_536, 64, 1_048_576, 262_144
        )
        let files: [ArchiveEntry]
        do {
            files = try ArchiveReader(limits: limits).files(of: bytes)
        } catch let error as ArchiveError {
            try requireClear(error.description)
            return false
        } catch {
            throw Violation(description: "another error than ArchiveError: \(error)")
        }
        try require(files.count <= limits.entries, "an archive has \(files.count) files")
        try require(files.allSatisfy { $0.bytes.count <= limits.entryBytes }, "a file of an archive is too large")
        try require(files.reduce(0) { $0 + $1.bytes.count } <= limits.unpackedBytes, "an archive unpacks to too much")
        let isPlain = files.allSatisfy { !$0.path.hasPrefix("/") && !$0.path.split(separator: "/").contains("..") }
        try require(isPlain, "a path leads out of an archive")
        try checkPackage(bytes)
        guard !files.isEmpty else { return true }
        let again = try? ArchiveReader(limits: limits).files(of: ArchiveWriter.archive(files))
        // What was packed well may be too large when it is packed anew.
        try require(again == nil || again == files, "an archive that was accepted is another one when it is read again")
        return true
    }

    private static func checkPackage(_ bytes: [UInt8]) throws(Violation) {
        do {
            _ = try AppPackage(reading: bytes)
        } catch let refusal as PackageRefusal {
            try requireClear(refusal.description)
        } catch let error as MetadataError {
            try requireClear(error.description)
        } catch let error as MetadataErrors {
            try requireClear(error.errors.first?.description ?? "")
        } catch {
            throw Violation(description: "a package is refused with another error: \(type(of: error))")
        }
    }

    // MARK: Documents

    private static func checkDocument(_ bytes: [UInt8]) throws(Violation) -> Bool {
        guard let first = bytes.first else { return false }
        let type = MetadataType.allCases[Int(first) % MetadataType.allCases.count]
        let file = SourceFile(path: type.path(of: type.settingsName ?? "Own"), bytes: Array(bytes.dropFirst()))
        let component: MetadataComponent
        do {
            component = try MetadataDocument.parse(file: file)
        } catch {
            try requireClear(error)
            return false
        }
        let written = SourceFile(path: file.path, bytes: MetadataDocument.xml(component))
        do {
            try require(
                try MetadataDocument.parse(file: written) == component,
                "a document is another one when it is read again"
            )
        } catch let error as MetadataError {
            throw Violation(description: "a document that was written is refused: \(error)")
        } catch let error as Violation {
            throw error
        } catch {}
        for problem in OrgRules.problems(of: component) { try requireClear(problem) }
        do throws(MetadataErrors) {
            _ = try AppFolder.apps(of: [(written, component)], existingApps: ["own"])
        } catch {
            for problem in error.errors { try requireClear(problem) }
        }
        _ = MetadataDocument.elements(of: component)
        return true
    }

    private static func requireClear(_ error: MetadataError) throws(Violation) {
        try requireClear(error.description)
        try require(
            !error.problem.isEmpty && !error.remedy.isEmpty,
            "a refusal lacks a part: \(error)"
        )
    }

    // MARK: Options

    private static func checkOptions(_ bytes: [UInt8]) throws(Violation) -> Bool {
        guard let json = try? JSONScanner.object(bytes) else { return false }
        let options: DeployOptions
        do throws(MetadataFault) {
            options = try DeployOptions(json["deployOptions"]?.object ?? json)
        } catch {
            try requireClear(error.description)
            return false
        }
        let written = JSONWriter.object { options.write(into: &$0) }
        let again = (try? JSONScanner.object(written)).flatMap { try? DeployOptions($0) }
        try require(again == options, "options that were accepted are others when they are read again")
        return true
    }
}
