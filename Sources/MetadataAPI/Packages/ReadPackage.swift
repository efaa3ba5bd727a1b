import ClientApps
import Storage

/// A package whose documents were read: what needs no database, and so is done before the transaction for which others wait.
struct ReadPackage: Sendable {
    let package: DeploymentPackage
    /// The version of the API that it is in, or why there is none.
    let version: Result<Int, MetadataError>
    let documents: [GivenDocument]
    /// What is said of files that are no documents.
    let refusals: [DeploymentMessage]

    /// Reads the documents of a package.
    ///
    /// - Parameter spokenVersion: the version of the call, where the manifest gives none.
    init(_ package: DeploymentPackage, spokenVersion: Int) {
        self.package = package
        let path = package.path(of: PackageReader.manifestName)
        version = Result { () throws(MetadataError) in
            try package.manifest.majorVersion(file: path) ?? spokenVersion
        }
        var documents: [GivenDocument] = []
        var refusals: [DeploymentMessage] = []
        if case .success(let version) = version {
            for file in package.files {
                do {
                    documents.append(try Self.document(file, version))
                } catch {
                    let message = DeploymentMessage(
                        fileName: file.path,
                        fullName: file.fullName ?? file.baseName,
                        componentType: file.type?.manifestName ?? ""
                    )
                    refusals.append(message.refused(error))
                }
            }
        }
        (self.documents, self.refusals) = (documents, refusals)
    }

    private static func document(_ file: SourceFile, _ version: Int) throws(MetadataError) -> GivenDocument {
        let component = try MetadataDocument.parse(file: file, version: version)
        let type = component.type
        guard type.since <= version else {
            throw MetadataError(
                file: file.path,
                code: .unknownType,
                problem: "A \(type.rawValue) is not part of version \(version).0.",
                remedy: "Give version \(type.since).0 or later in package.xml."
            )
        }
        return GivenDocument(file: file, component: component, version: version)
    }
}

extension SourceFile {
    /// The name of the file without its folders and its suffix.
    fileprivate var baseName: String {
        let name = path.split(separator: "/").last ?? ""
        return String(name[..<(name.lastIndex(of: ".") ?? name.endIndex)])
    }
}
