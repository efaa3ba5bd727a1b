import ClientApps
import Foundation
import MetadataAPI

/// Reads the files of a metadata folder.
enum MetadataFolder {
    /// How many files that are no metadata are named; the rest is counted.
    private static let namedAtMost = 10

    /// The files of a folder, hidden ones left out.
    ///
    /// - Throws: ``CommandFailure`` for what is no folder, or not one of metadata; then nothing of it was read.
    static func read(_ folder: String) throws -> [SourceFile] {
        var isDirectory = ObjCBool(false)
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isDirectory), isDirectory.boolValue else {
            throw CommandFailure(
                "\(folder) is not a folder; name the one that holds externalClientApps/ or connectedApps/"
            )
        }
        let names = try SourceProject.paths(names(in: folder), in: folder)
        guard !names.isEmpty else { throw CommandFailure("\(folder) has no files") }
        try requireMetadata(names, folder)
        return try names.map { name in
            // One byte more than a document may have is enough to refuse it by its name.
            let bytes = try RegularFile.read(folder + "/" + name, limit: SourceFile.maximumBytes + 1)
            return SourceFile(path: name, bytes: bytes)
        }
    }

    private static func names(in folder: String) throws -> [String] {
        let all: [String]
        do {
            all = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
        } catch {
            throw CommandFailure("the folder \(folder) cannot be read: \(FileProblem.reason(error))")
        }
        return all.filter { name in
            guard !name.split(separator: "/").contains(where: { $0.hasPrefix(".") }) else { return false }
            let attributes = try? FileManager.default.attributesOfItem(atPath: folder + "/" + name)
            return attributes?[.type] as? FileAttributeType != .typeDirectory
        }
    }

    /// Another folder than the one that was meant is told once, and not with each of its files.
    private static func requireMetadata(_ names: [String], _ folder: String) throws {
        let places = names.filter { MetadataPath($0) != nil }
        guard !places.isEmpty else {
            throw CommandFailure(
                "no file of \(folder) stands where metadata does; name the folder that holds externalClientApps/ or connectedApps/"
            )
        }
        let strangers = names.filter { MetadataPath($0) == nil && !manifests.contains($0) }
        guard strangers.count > namedAtMost else { return }
        let roots = Set(places.map { $0.split(separator: "/").dropLast(2).joined(separator: "/") })
        let holder = roots.count == 1 ? roots.first.flatMap { $0.isEmpty ? nil : ": \(folder)/\($0)" } : nil
        throw CommandFailure(
            """
            \(strangers.count) files of \(folder) stand where no metadata does:
            \(strangers.prefix(namedAtMost).map { "  \($0)" }.joined(separator: "\n"))
              and \(strangers.count - namedAtMost) more
            name the folder that holds externalClientApps/ or connectedApps/ alone\(holder ?? "")
            """
        )
    }

    /// What stands beside the folders of the types.
    private static let manifests: Set<String> = [
        "package.xml", "destructiveChanges.xml", "destructiveChangesPre.xml", "destructiveChangesPost.xml",
    ]
}
