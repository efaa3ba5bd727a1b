import Foundation
import MetadataAPI
import Testing

/// A project of `Tests/Projects`: source format below `force-app/main/default`, as public projects of the original's users have it.
struct SourceProject: Sendable, CustomTestStringConvertible {
    static let all = ["order-agent", "nightly-sync"].map(SourceProject.init)

    let name: String
    var testDescription: String { name }

    private var folder: String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path
            + "/Projects/\(name)"
    }

    /// The documents by their paths below `force-app/main/default`.
    func documents() throws -> [String: String] {
        let root = folder + "/force-app/main/default"
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root).filter { $0.hasSuffix("-meta.xml") }
        try #require(!paths.isEmpty)
        return Dictionary(
            uniqueKeysWithValues: try paths.map { ($0, try String(contentsOfFile: root + "/" + $0, encoding: .utf8)) }
        )
    }

    /// The archive that the original's command line makes of it: metadata format, and the manifest at the root.
    func archive() throws -> [UInt8] {
        let manifest = try String(contentsOfFile: folder + "/manifest/package.xml", encoding: .utf8)
        let documents = try documents().map { path, text in
            ArchiveEntry(path: String(path.dropLast("-meta.xml".count)), bytes: Array(text.utf8))
        }
        return try ArchiveWriter.archive([ArchiveEntry(path: "package.xml", bytes: Array(manifest.utf8))] + documents)
    }

    /// The types that its manifest names.
    func types() throws -> Set<String> {
        let manifest = try String(contentsOfFile: folder + "/manifest/package.xml", encoding: .utf8)
        return Set(manifest.matches(of: /<name>(\w+)<\/name>/).map { String($0.1) })
    }
}
