import ClientApps

/// One package of an archive: its manifest, what it deletes, and its documents (facts: app-model 11.2).
struct DeploymentPackage: Sendable {
    /// When components that are to be deleted go.
    enum Moment: String, Hashable, Sendable, CaseIterable {
        case before = "destructiveChangesPre.xml"
        case plain = "destructiveChanges.xml"
        case after = "destructiveChangesPost.xml"
    }

    /// The folder of the package in the archive, with `/` at its end; empty for the root.
    let folder: String
    let manifest: PackageManifest
    let deletions: [Moment: PackageManifest]
    let files: [SourceFile]

    func path(of name: String) -> String { folder + name }
}

/// Reads the packages of an archive.
struct PackageReader {
    /// How much of an archive is kept in memory: documents of apps are small, and what else an archive has is passed over.
    static let maximumDocumentBytes = 67_108_864
    static let manifestName = "package.xml"

    private var documents: [SourceFile] = []
    private var keptBytes = 0
    private(set) var fileCount = 0

    /// Unpacks an archive; a document that is too large to be one is kept as far as is needed to refuse it by its name.
    ///
    /// - Throws: `ArchiveError`.
    mutating func unpack(_ archive: [UInt8]) throws {
        try ArchiveReader().forEachFile(of: archive) { entry in
            fileCount += 1
            let bytes = Array(entry.bytes.prefix(SourceFile.maximumBytes + 1))
            keptBytes += bytes.count
            guard keptBytes <= Self.maximumDocumentBytes else {
                throw ArchiveError.unpacksTooLarge(limit: Self.maximumDocumentBytes)
            }
            documents.append(SourceFile(path: entry.path, bytes: bytes))
        }
    }

    /// The packages: the root alone, or each folder that has a manifest.
    ///
    /// - Throws: `MetadataError`.
    func packages(singlePackage: Bool) throws(MetadataError) -> [DeploymentPackage] {
        var folders = documents.map(\.path).filter { $0.hasSuffix("/" + Self.manifestName) || $0 == Self.manifestName }
            .map { String($0.dropLast(Self.manifestName.count)) }
        folders = singlePackage ? folders.filter(\.isEmpty) : folders.filter { $0.filter { $0 == "/" }.count <= 1 }
        guard !folders.isEmpty else {
            throw MetadataError(
                file: Self.manifestName,
                code: .invalidPackage,
                problem: "No package.xml found.",
                remedy: singlePackage
                    ? "Put one at the root of the zip file, or deploy with singlePackage false."
                    : "Put one into the folder of each package."
            )
        }
        var packages: [DeploymentPackage] = []
        let inside = Dictionary(grouping: documents) { String($0.path.prefix { $0 != "/" }) + "/" }
        for folder in folders.sorted() {
            packages.append(try package(in: folder, folder.isEmpty ? documents : inside[folder] ?? []))
        }
        return packages
    }

    private func package(in folder: String, _ inside: [SourceFile]) throws(MetadataError) -> DeploymentPackage {
        var manifest = PackageManifest()
        var deletions: [DeploymentPackage.Moment: PackageManifest] = [:]
        var files: [SourceFile] = []
        for file in inside {
            let name = file.path.dropFirst(folder.count)
            if name == Self.manifestName {
                manifest = try PackageManifest(file: file)
            } else if let moment = DeploymentPackage.Moment(rawValue: String(name)) {
                deletions[moment] = try PackageManifest(file: file)
            } else if !Self.isByTheWay(String(name)) {
                files.append(file)
            }
        }
        return DeploymentPackage(folder: folder, manifest: manifest, deletions: deletions, files: files)
    }

    /// Files that programs leave in every folder and that nobody means.
    private static func isByTheWay(_ path: String) -> Bool {
        path.split(separator: "/").contains { $0.hasPrefix(".") || $0 == "__MACOSX" }
    }
}
