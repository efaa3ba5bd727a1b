import ClientApps
public import OAuthTypes
import Orgs
public import Storage
public import Tokens
import XML

/// Performs the operations of the Metadata API on somebody's behalf. Whatever an encoding is, it comes through here, and every
/// permission is asked for below here.
public struct MetadataService: Sendable {
    /// How many components one call may have.
    static let componentLimit = 10
    /// How many types one list may have.
    static let queryLimit = 3
    /// How many retrievals of one user are remembered; clients ask for the answer at once.
    static let retrievalLimit = 100

    /// The queue of deployments.
    public let queue: DeploymentQueue
    private let database: any Database
    private let masterKey: MasterKey

    /// The service over a database.
    public init(database: any Database, masterKey: MasterKey) {
        (self.database, self.masterKey) = (database, masterKey)
        queue = DeploymentQueue(database: database, masterKey: masterKey)
    }

    /// Performs an operation at the moment that it was asked for.
    ///
    /// - Throws: ``MetadataFault``, or what the database throws.
    public func perform(_ operation: MetadataOperation, by caller: MetadataCaller) async throws -> MetadataOutcome {
        try await perform(operation, by: caller) { caller.now }
    }

    /// Performs an operation.
    ///
    /// - Parameter clock: the time, which is read when no other change of the org is under way any more.
    /// - Throws: ``MetadataFault``, or what the database throws.
    public func perform(
        _ operation: MetadataOperation,
        by caller: MetadataCaller,
        clock: @escaping @Sendable () -> Timestamp
    ) async throws -> MetadataOutcome {
        guard MetadataCaller.versions.contains(caller.version) else {
            throw MetadataFault(
                .unsupportedAPIVersion,
                "This server speaks versions \(MetadataCaller.versions.lowerBound).0 to \(MetadataCaller.versions.upperBound).0 of the Metadata API."
            )
        }
        try caller.require(.useMetadataAPI)
        let calls = ComponentCalls(database: database, masterKey: masterKey, caller: caller, clock: clock)
        switch operation {
        case .deploy(let archive, let options):
            return .deployment(try await queue.add(archive, options, by: caller))
        case .deployRecentValidation(let id):
            return .deployment(try await queue.add(validation: id, by: caller))
        case .checkDeployStatus(let id, let includeDetails):
            return .deployment(try await queue.status(id, includeDetails: includeDetails, by: caller))
        case .cancelDeploy(let id):
            return .deployment(try await queue.cancel(id, by: caller))
        case .retrieve(let request): return try await retrieve(request, caller)
        case .checkRetrieveStatus(let id, let includeZip): return try await retrieved(id, includeZip, caller)
        case .checkStatus(let ids): return try await states(ids, caller)
        case .listMetadata(let types): return try await list(types, caller)
        case .describeMetadata: return .description(MetadataDescription(version: caller.version))
        case .describeValueType(let name):
            return .valueType(try MetadataType.called(name, version: caller.version).shape, version: caller.version)
        case .read(let type, let names): return try await read(type, names, caller)
        case .create(let components, let allOrNone):
            return .saved(try await calls.save(components, .create, allOrNone))
        case .update(let components, let allOrNone):
            return .saved(try await calls.save(components, .update, allOrNone))
        case .upsert(let components, let allOrNone):
            return .saved(try await calls.save(components, .upsert, allOrNone))
        case .delete(let type, let names, let allOrNone):
            return .saved(try await calls.delete(type, names, allOrNone))
        case .rename(let type, let old, let new): return .saved(try await calls.rename(type, old, new))
        }
    }

    // MARK: Retrieval

    private func retrieve(_ request: RetrieveRequest, _ caller: MetadataCaller) async throws -> MetadataOutcome {
        var randomness = SystemRandomNumberGenerator()
        guard request.manifest.isWithinLimits else {
            throw MetadataFault(.limitExceeded, "\(PackageManifest.limitText) Retrieve in parts.")
        }
        let text = request.xml
        guard text.utf8.count <= RetrieveRequest.maximumBytes else {
            throw MetadataFault(.limitExceeded, "The manifest is larger than 2 MB; retrieve in parts.")
        }
        let record = RetrievalRecord(
            id: RetrievalID.make(prefix: RetrievalRecord.idPrefix, now: caller.now, using: &randomness),
            org: caller.org.id,
            user: caller.account.user.id,
            request: text,
            createdAt: caller.now
        )
        try await database.write {
            try Retrievals.insert(
                record,
                keeping: Self.retrievalLimit,
                ofLength: 10 * RetrieveRequest.maximumBytes,
                on: $0
            )
        }
        return .retrievalBegun(id: record.id.rawValue)
    }

    /// The answer is made when it is asked for, since it may hold secrets that must not be kept; seeing them is audited then.
    private func retrieved(_ id: String, _ includeZip: Bool, _ caller: MetadataCaller) async throws -> MetadataOutcome {
        let record = try await retrieval(id, caller)
        guard includeZip else { return .retrieval(RetrieveResult(id: id)) }
        let reader = XMLReader(maximumBytes: RetrieveRequest.maximumBytes, maximumDepth: 6)
        let request = RetrieveRequest(tree: try reader.tree(Array(record.request.utf8)))
        return .retrieval(try await Retrieval.run(id: id, request, by: caller, masterKey, in: database))
    }

    private func retrieval(_ text: String, _ caller: MetadataCaller) async throws -> RetrievalRecord {
        let (org, user) = (caller.org.id, caller.account.user.id)
        guard let id = RetrievalID(text),
            let record = try await database.read({ try Retrievals.find(id, org: org, user: user, on: $0) })
        else {
            throw MetadataFault(.invalidIDField, "No retrieval of yours has this id; retrieve again.")
        }
        return record
    }

    private func states(_ ids: [String], _ caller: MetadataCaller) async throws -> MetadataOutcome {
        guard ids.count <= Self.componentLimit else {
            throw MetadataFault(
                .limitExceeded,
                "One call may ask for \(Self.componentLimit) states at most; call again."
            )
        }
        var states: [(id: String, isDone: Bool)] = []
        for id in ids {
            if id.hasPrefix("\(DeploymentRecord.idPrefix)") {
                let result = try await queue.status(id, includeDetails: false, by: caller)
                states.append((id, result.record.status.isDone))
            } else {
                states.append((try await retrieval(id, caller).id.rawValue, true))
            }
        }
        return .states(states)
    }

    // MARK: Lists

    private func list(_ types: [String], _ caller: MetadataCaller) async throws -> MetadataOutcome {
        guard types.count <= Self.queryLimit else {
            throw MetadataFault(.limitExceeded, "One call may list \(Self.queryLimit) types at most; call again.")
        }
        var wanted: [MetadataType] = []
        for name in types {
            let named = MetadataType.named(name, version: caller.version)
            wanted += named.isEmpty ? [try MetadataType.called(name, version: caller.version)] : named
        }
        let (catalog, listed) = (ComponentCatalog(caller: caller, masterKey: masterKey), wanted)
        return .files(
            try await database.read { connection in try listed.flatMap { try catalog.list($0, on: connection) } }
        )
    }

    private func read(_ name: String, _ names: [String], _ caller: MetadataCaller) async throws -> MetadataOutcome {
        let type = try MetadataType.called(name, version: caller.version)
        guard names.count <= Self.componentLimit else {
            throw MetadataFault(
                .limitExceeded,
                "One call may read \(Self.componentLimit) components at most; call again."
            )
        }
        let catalog = ComponentCatalog(caller: caller, masterKey: masterKey)
        let isWanted = { @Sendable (name: String) in names.contains(name) }
        let found = try await database.read { connection in
            try catalog.entries(of: type, named: isWanted, revealing: isWanted, on: connection)
        }
        let there = try await catalog.revealed(found, in: database)
        return .components(
            names.map { name in there.first { $0.component.fullName == name }?.component },
            version: caller.version
        )
    }
}
