import ClientApps
import OAuthTypes
import Orgs
public import Storage
public import Tokens

/// The queue of deployments: one is at work in an org at a time, whichever node does it, and what waits survives a restart.
///
/// What a deployment does and how it ended is written by one transaction. A server that stops in the middle leaves nothing behind, and
/// the deployment is taken up again when its claim has run out (decision 0015).
public struct DeploymentQueue: Sendable {
    /// How long a node has for the work of one deployment before another takes it up.
    static let claim = TimeSpan.seconds(60)
    /// How long the transaction of one deployment may take, since other writers wait for it; shorter than the claim.
    static let longestWork = TimeSpan.seconds(30)
    /// How often the work is begun at most: a deployment that ends its server must not do so for ever.
    static let attempts = 3
    /// How many deployments of an org may wait, and how large their archives may be together.
    static let capacity = place
    /// How many validations of an org may be deployed without being sent again; the oldest give way.
    static let validationCapacity = place
    private static let place = DeploymentArchives.Total(count: 100, bytes: 10 * ArchiveLimits.metadataAPI.archiveBytes)
    /// How long a validation may be deployed without being sent again.
    static let validationLife = TimeSpan.days(10)

    let database: any Database
    let masterKey: MasterKey

    /// The queue in a database; archives are sealed under the master key.
    public init(database: any Database, masterKey: MasterKey) {
        (self.database, self.masterKey) = (database, masterKey)
    }

    // MARK: What callers ask

    /// Puts an archive into the queue.
    ///
    /// - Throws: ``MetadataFault``.
    func add(_ archive: [UInt8], _ options: DeployOptions, by caller: MetadataCaller) async throws -> DeployResult {
        try caller.require(.useMetadataAPI)
        try options.require(caller.org.edition)
        guard archive.count <= ArchiveLimits.metadataAPI.archiveBytes else {
            let error = ArchiveError.tooLarge(limit: ArchiveLimits.metadataAPI.archiveBytes)
            throw MetadataFault(.limitExceeded, error.description)
        }
        var randomness = SystemRandomNumberGenerator()
        let record = DeploymentRecord(
            id: DeploymentID.make(prefix: DeploymentRecord.idPrefix, now: caller.now, using: &randomness),
            org: caller.org.id,
            author: .init(user: caller.account.user.id, name: caller.account.user.displayName, source: caller.source),
            version: caller.version,
            options: String(decoding: JSONWriter.object { options.write(into: &$0) }, as: UTF8.self),
            archiveBytes: archive.count,
            createdAt: caller.now
        )
        let sealed = try masterKey.seal(archive, context: Self.sealContext(record.id))
        try await database.write { connection in
            try DeploymentArchives.serialize(record.org, on: connection)
            let waiting = try DeploymentArchives.waiting(org: record.org, on: connection)
            guard waiting.count < Self.capacity.count, waiting.bytes + archive.count <= Self.capacity.bytes else {
                throw MetadataFault(
                    .limitExceeded,
                    "\(waiting.count) deployments of this org wait already, of \(waiting.bytes) bytes; at most \(Self.capacity.count) may, of \(Self.capacity.bytes) bytes together. Wait until some are done, or cancel them."
                )
            }
            try Deployments.insert(record, archive: sealed, on: connection)
        }
        return DeployResult(record: record, options: options, messages: [], hasDetails: false)
    }

    /// Deploys what was validated in the last ten days, without its being sent again.
    ///
    /// - Throws: ``MetadataFault``.
    func add(validation text: String, by caller: MetadataCaller) async throws -> DeployResult {
        try caller.require(.useMetadataAPI)
        let (id, org, now) = (try Self.id(text), caller.org.id, caller.now)
        let found = try await database.read { connection in
            try Deployments.find(id, org: org, on: connection).map {
                ($0, try DeploymentArchives.find(id, on: connection))
            }
        }
        guard let (record, sealed) = found else { throw Self.unknown }
        var options = try Self.options(of: record)
        guard options.checkOnly, record.status == .succeeded, let sealed, let end = record.stage.completedAt,
            now < end + Self.validationLife
        else {
            throw MetadataFault(
                .invalidIDField,
                "Only a validation (checkOnly) that succeeded within the last ten days can be deployed, and of many the newest; deploy the zip file."
            )
        }
        options.checkOnly = false
        return try await add(try masterKey.open(sealed, context: Self.sealContext(id)), options, by: caller)
    }

    /// Where a deployment stands.
    ///
    /// - Throws: ``MetadataFault``.
    func status(_ text: String, includeDetails: Bool, by caller: MetadataCaller) async throws -> DeployResult {
        try caller.require(.useMetadataAPI)
        let (id, org) = (try Self.id(text), caller.org.id)
        let found = try await database.read { connection in
            try Deployments.find(id, org: org, on: connection).map {
                ($0, includeDetails ? try Deployments.messages(id, on: connection) : [])
            }
        }
        guard let (record, messages) = found else { throw Self.unknown }
        return DeployResult(
            record: record,
            options: try Self.options(of: record),
            messages: messages,
            hasDetails: includeDetails
        )
    }

    /// Cancels a deployment: at once while it waits, else before its end is written.
    ///
    /// - Throws: ``MetadataFault``.
    func cancel(_ text: String, by caller: MetadataCaller) async throws -> DeployResult {
        try caller.require(.useMetadataAPI)
        let (id, org, user) = (try Self.id(text), caller.org.id, caller.account.user)
        let now = caller.now
        try await database.write { connection in
            guard try Deployments.find(id, org: org, on: connection) != nil else { throw Self.unknown }
            let status = try Deployments.cancel(id, by: user.id, name: user.displayName, now: now, on: connection)
            guard status != nil else {
                throw MetadataFault(.invalidIDField, "The deployment is done and cannot be canceled.")
            }
        }
        return try await status(text, includeDetails: false, by: caller)
    }

    private static func id(_ text: String) throws(MetadataFault) -> DeploymentID {
        guard let id = DeploymentID(text), text.hasPrefix("\(DeploymentRecord.idPrefix)") else {
            throw MetadataFault(
                .invalidIDField,
                "invalid asyncProcessId: give the id that deploy answered, which starts with 0Af."
            )
        }
        return id
    }

    private static let unknown = MetadataFault(
        .invalidIDField,
        "No deployment has this id; those of the last 30 days are known."
    )

    /// - Throws: `Deployments.Unreadable`: taken for the defaults, they would make a deployment of a validation.
    static func options(of record: DeploymentRecord) throws(Deployments.Unreadable) -> DeployOptions {
        do {
            return try DeployOptions(try JSONScanner.object(Array(record.options.utf8), limit: .max))
        } catch {
            throw Deployments.Unreadable(record.id, reason: "its options are no options: \(error)")
        }
    }

    static func sealContext(_ id: DeploymentID) -> String { "deployment \(id.rawValue)" }
}
