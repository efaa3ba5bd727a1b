import Foundation
import OAuthTypes

/// A project in source format, as the original's command line keeps it: beside the folders of documents it has files that are nobody's
/// metadata.
enum SourceProject {
    /// The file that makes a folder a project.
    private static let file = "sfdx-project.json"

    /// Those of the paths in a folder that stand in the package directories of its project; all of them where it is no project.
    static func paths(_ paths: [String], in folder: String) throws -> [String] {
        guard paths.contains(file) else { return paths }
        let bytes = try RegularFile.read(folder + "/" + file, limit: 1_048_576)
        let entries = (try? JSONScanner.object(bytes))?["packageDirectories"]?.array ?? []
        let named = entries.compactMap { $0.object?["path"]?.string }
        guard !named.isEmpty, named.count == entries.count else {
            throw CommandFailure(
                "\(folder)/\(file) names no packageDirectories with a path each; correct it, or name the folder that holds externalClientApps/ or connectedApps/"
            )
        }
        if let outside = named.first(where: { $0.hasPrefix("/") || $0.split(separator: "/").contains("..") }) {
            throw CommandFailure(
                "\(folder)/\(file) names the package directory '\(outside.printable)', which is outside of the folder; name that folder itself"
            )
        }
        let directories = named.map(normalized)
        return paths.filter { path in directories.contains { $0.isEmpty || path.hasPrefix($0 + "/") } }
    }

    /// A path without `.` and empty parts.
    private static func normalized(_ path: String) -> String {
        path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }
}
