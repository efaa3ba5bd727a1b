import ClientApps
import OAuthTypes
import Storage
import Tokens

/// Makes the archive of a retrieval: the documents of an org as they stand, in a version of the API.
struct Retrieval: Sendable {
    private let caller: MetadataCaller
    private let catalog: ComponentCatalog
    private let request: RetrieveRequest
    private let folder: String
    private let wanted: WantedFiles
    private var result: RetrieveResult
    private var entries: [CatalogEntry] = []
    private var found: Set<Found> = []

    /// What is in the archive, or would be if its file were wanted.
    private struct Found: Hashable {
        let type: String
        let name: String
    }

    private init(id: String, _ request: RetrieveRequest, _ caller: MetadataCaller, _ masterKey: MasterKey) {
        self.caller = caller.speaking(request.version ?? caller.version)
        catalog = ComponentCatalog(caller: self.caller, masterKey: masterKey)
        (self.request, folder) = (request, request.singlePackage ? "" : "unpackaged/")
        wanted = WantedFiles(paths: Set(request.specificFiles), folder: folder)
        result = RetrieveResult(id: id)
    }

    private var version: Int { caller.version }

    /// The result with its archive: the documents of one moment. Nobody who writes waits while they are read and packed.
    static func run(
        id: String,
        _ request: RetrieveRequest,
        by caller: MetadataCaller,
        _ masterKey: MasterKey,
        in database: any Database
    ) async throws -> RetrieveResult {
        var retrieval = try await database.read { connection in
            var retrieval = Retrieval(id: id, request, caller, masterKey)
            try retrieval.read(on: connection)
            return retrieval
        }
        guard retrieval.result.failure == nil else { return retrieval.result }
        retrieval.entries = try await retrieval.catalog.revealed(retrieval.entries, in: database)
        try retrieval.pack()
        return retrieval.result
    }

    private mutating func read(on connection: any Connection) throws {
        let versions = MetadataCaller.documentVersions
        guard versions.contains(version) else {
            result.failure = MetadataFault(
                .unsupportedAPIVersion,
                "apiVersion must be from \(versions.lowerBound).0 to \(versions.upperBound).0."
            )
            return
        }
        for name in request.packageNames { note("No package named '\(name)' found") }
        for (type, members) in request.manifest.membersByType {
            try add(type, members, on: connection)
            // There must be room for the manifest.
            guard entries.count < ArchiveLimits.metadataAPI.entries else {
                let error = ArchiveError.tooManyEntries(limit: ArchiveLimits.metadataAPI.entries)
                result.failure = MetadataFault(.limitExceeded, error.description)
                return
            }
        }
    }

    private mutating func pack() throws {
        var files = entries.map { entry in
            ArchiveEntry(
                path: folder + entry.component.type.path(of: entry.component.fullName),
                bytes: MetadataDocument.xml(entry.component, version: version)
            )
        }
        files.append(ArchiveEntry(path: folder + PackageReader.manifestName, bytes: manifest.xml))
        result.files =
            entries.map { FileProperties($0, folder: folder) }
            + [FileProperties(manifestIn: folder, for: ComponentAuthor(caller.account.user), now: caller.now)]
        do {
            result.archive = try ArchiveWriter.archive(files)
        } catch let error as ArchiveError {
            result.failure = MetadataFault(.limitExceeded, error.description)
        }
    }

    private mutating func note(_ problem: String) {
        result.messages.append(.init(fileName: folder + PackageReader.manifestName, problem: problem))
    }

    private mutating func add(_ name: String, _ members: Set<String>, on connection: any Connection) throws {
        let types = MetadataType.named(name, version: version)
        guard !types.isEmpty else { return note("Entity type: '\(name)' is unknown") }
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
            // What is asked for by `*` can be deployed again, so what is not this org's to change comes by its name alone.
            for entry in there where !entry.isInstalled || members.contains(entry.component.fullName) { add(entry) }
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
        if wanted.has(component.type.path(of: name)) { entries.append(entry) }
    }

    /// What is in the archive, named one by one, so that it can be deployed as it is.
    private var manifest: PackageManifest {
        let names = Dictionary(grouping: found, by: \.type).mapValues { $0.map(\.name).sorted() }
        return PackageManifest(
            entries: names.sorted { $0.key < $1.key }.map { .init(type: $0.key, members: $0.value) },
            version: "\(version).0"
        )
    }
}

/// The files that a request asks for alone, by their paths with or without the folder of the package; none means all.
private struct WantedFiles: Sendable {
    let paths: Set<String>
    let folder: String

    func has(_ path: String) -> Bool { paths.isEmpty || paths.contains(path) || paths.contains(folder + path) }
}
