import ClientApps
import OAuthTypes
import Storage
import Tokens

/// Makes the archive of a retrieval: the documents of an org as they stand, in a version of the API.
struct Retrieval {
    private let caller: MetadataCaller
    private let masterKey: MasterKey
    private let request: RetrieveRequest
    private let folder: String
    private let wanted: WantedFiles
    private var result: RetrieveResult
    private var files: [ArchiveEntry] = []
    private var found: Set<Found> = []

    /// What is in the archive, or would be if its file were wanted.
    private struct Found: Hashable {
        let type: String
        let name: String
    }

    init(id: String, request: RetrieveRequest, caller: MetadataCaller, masterKey: MasterKey) {
        let version = request.version ?? caller.version
        (self.caller, self.masterKey) = (caller.speaking(version), masterKey)
        (self.request, folder) = (request, request.singlePackage ? "" : "unpackaged/")
        wanted = WantedFiles(paths: Set(request.specificFiles), folder: folder)
        result = RetrieveResult(id: id)
    }

    private var version: Int { caller.version }

    /// The result with its archive.
    mutating func run(on connection: any Connection) throws -> RetrieveResult {
        guard MetadataCaller.versions.contains(version) else {
            result.failure = MetadataFault(
                .unsupportedVersion,
                "apiVersion must be from \(MetadataCaller.versions.lowerBound).0 to \(MetadataCaller.versions.upperBound).0."
            )
            return result
        }
        for name in request.packageNames { note("No package named '\(name)' found") }
        for (type, members) in request.manifest.membersByType {
            try add(type, members, on: connection)
            // There must be room for the manifest.
            guard files.count < ArchiveLimits.metadataAPI.entries else {
                let error = ArchiveError.tooManyEntries(limit: ArchiveLimits.metadataAPI.entries)
                result.files = []
                result.failure = MetadataFault(.limitExceeded, error.description)
                return result
            }
        }
        addManifest()
        do {
            result.archive = try ArchiveWriter.archive(files)
        } catch let error as ArchiveError {
            result.failure = MetadataFault(.limitExceeded, error.description)
        }
        return result
    }

    private mutating func note(_ problem: String) {
        result.messages.append(.init(fileName: folder + PackageReader.manifestName, problem: problem))
    }

    private mutating func add(_ name: String, _ members: Set<String>, on connection: any Connection) throws {
        let types = MetadataType.named(name, version: version)
        guard !types.isEmpty else { return note("Entity type: '\(name)' is unknown") }
        let catalog = ComponentCatalog(caller: caller, masterKey: masterKey)
        let isNamed = { (fullName: String) in members.contains("*") || members.contains(fullName) }
        for type in types {
            let wanted = wanted
            let there: [CatalogEntry]
            do {
                there = try catalog.entries(
                    of: type,
                    named: isNamed,
                    revealing: { wanted.has(type.path(of: $0)) },
                    on: connection
                )
            } catch let fault as MetadataFault {
                return note("\(fault.code.rawValue): \(fault.description)")
            }
            for entry in there { add(entry) }
        }
        let names = Set(found.lazy.filter { $0.type == name }.map(\.name))
        for member in members.subtracting(names).subtracting(["*"]).sorted() {
            note("Entity of type '\(name)' named '\(member)' cannot be found")
        }
    }

    private mutating func add(_ entry: CatalogEntry) {
        let component = entry.component
        let (type, name) = (component.type.manifestName, component.fullName)
        guard found.insert(Found(type: type, name: name)).inserted else { return }
        let path = component.type.path(of: name)
        guard wanted.has(path) else { return }
        files.append(ArchiveEntry(path: folder + path, bytes: MetadataDocument.xml(component, version: version)))
        result.files.append(FileProperties(entry, folder: folder))
    }

    /// What is in the archive, named one by one, so that it can be deployed as it is.
    private mutating func addManifest() {
        let types = Set(found.map(\.type)).sorted()
        let manifest = PackageManifest(
            entries: types.map { type in
                .init(type: type, members: found.filter { $0.type == type }.map(\.name).sorted())
            },
            version: "\(version).0"
        )
        files.append(ArchiveEntry(path: folder + PackageReader.manifestName, bytes: manifest.xml))
        result.files.append(FileProperties(manifestIn: folder, now: caller.now))
    }
}

/// The files that a request asks for alone, by their paths with or without the folder of the package; none means all.
private struct WantedFiles: Sendable {
    let paths: Set<String>
    let folder: String

    func has(_ path: String) -> Bool { paths.isEmpty || paths.contains(path) || paths.contains(folder + path) }
}
