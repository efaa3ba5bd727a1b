import ClientApps
import OAuthTypes
import Storage
import Tokens

/// Makes the archive of a retrieval: the documents of an org as they stand, in a version of the API.
struct Retrieval {
    private let catalog: ComponentCatalog
    private let request: RetrieveRequest
    private let folder: String
    private var result: RetrieveResult
    private var files: [ArchiveEntry] = []
    private var found: [(type: String, name: String)] = []

    init(id: String, request: RetrieveRequest, caller: MetadataCaller, masterKey: MasterKey) {
        let version = request.version ?? caller.version
        catalog = ComponentCatalog(caller: caller.speaking(version), masterKey: masterKey)
        (self.request, folder) = (request, request.singlePackage ? "" : "unpackaged/")
        result = RetrieveResult(id: id)
    }

    private var version: Int { catalog.caller.version }

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
        for entry in request.manifest.entries { try add(entry, on: connection) }
        guard files.count < ArchiveLimits.metadataAPI.entries else {
            let error = ArchiveError.tooManyEntries(limit: ArchiveLimits.metadataAPI.entries)
            result.failure = MetadataFault(.limitExceeded, error.description)
            return result
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

    private mutating func add(_ entry: PackageManifest.Entry, on connection: any Connection) throws {
        let types = MetadataType.named(entry.type, version: version)
        guard !types.isEmpty else { return note("Entity type: '\(entry.type)' is unknown") }
        for type in types {
            let there: [CatalogEntry]
            do {
                there = try catalog.entries(of: type, on: connection)
            } catch let fault as MetadataFault {
                return note("\(fault.code.rawValue): \(fault.description)")
            }
            let isWanted = { (name: String) in entry.members.contains { $0 == "*" || $0 == name } }
            for found in there where isWanted(found.component.fullName) { add(found) }
        }
        let names = Set(found.filter { $0.type == entry.type }.map(\.name))
        for member in entry.members where member != "*" && !names.contains(member) {
            note("Entity of type '\(entry.type)' named '\(member)' cannot be found")
        }
    }

    private mutating func add(_ entry: CatalogEntry) {
        let component = entry.component
        let (type, name) = (component.type.manifestName, component.fullName)
        guard !found.contains(where: { $0 == (type, name) }) else { return }
        found.append((type, name))
        let path = component.type.path(of: name)
        let wanted = request.specificFiles
        guard wanted.isEmpty || wanted.contains(path) || wanted.contains(folder + path) else { return }
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
        result.files.append(FileProperties(manifestIn: folder, now: catalog.caller.now))
    }
}
