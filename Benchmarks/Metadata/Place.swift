// Temporary files and the environment are Foundation's.
import ClientApps
import Foundation
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import StoragePostgres
import StorageSQLite
import Tokens

/// An org in a fresh database, with a user who may do everything that is measured.
struct Place: Sendable {
    static let now = Timestamp(seconds: 1_795_566_722)

    let database: any Database
    let org: Org
    let other: Org
    let user: User
    let masterKey: MasterKey
    let service: MetadataService

    /// What was answered is not what is measured.
    struct Unexpected: Error, CustomStringConvertible {
        let description: String
    }

    /// Lends a place on each database there is: SQLite, and PostgreSQL where `scripts/with-postgres` started one.
    static func onEach(_ body: (String, Place) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "signet-benchmark-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let embedded = try SQLiteDatabase.open(path: folder.appendingPathComponent("signet.db").path)
        try await body("SQLite", try await Place(embedded))
        try await embedded.close()
        guard let server = ProcessInfo.processInfo.environment["SIGNET_TEST_POSTGRES"] else { return }
        let shared = try await PostgresDatabase.open(url: Secret(server), connections: 4)
        try await body("PostgreSQL", try await Place(shared))
        try await shared.close()
    }

    private init(_ database: any Database) async throws {
        var randomness = SystemRandomNumberGenerator()
        let org = Self.org("Acme", using: &randomness)
        let other = Self.org("Subscriber", using: &randomness)
        let profile = Profile(
            id: ProfileID.make(prefix: Profile.idPrefix, now: Self.now, using: &randomness),
            org: org.id,
            name: Profile.systemAdministrator,
            permissions: Set(Permission.allCases)
        )
        let user = User(
            id: UserID.make(prefix: User.idPrefix, now: Self.now, using: &randomness),
            org: org.id,
            username: "dev@acme.example",
            email: "dev@acme.example",
            firstName: "Ann",
            lastName: "Dev",
            nickname: "dev",
            profile: profile.id,
            createdAt: Self.now,
            updatedAt: Self.now
        )
        try await database.write { connection in
            try OrgRecords.insert(org, by: .server, on: connection)
            try OrgRecords.insert(other, by: .server, on: connection)
            try Profiles.insert(profile, by: .server, now: Self.now, on: connection)
            try Users.insert(user, passwordHash: nil, by: .server, on: connection)
        }
        masterKey = try MasterKey(MasterKey.generate(using: &randomness))
        service = MetadataService(database: database, masterKey: masterKey)
        (self.database, self.org, self.other, self.user) = (database, org, other, user)
    }

    private static func org(_ name: String, using randomness: inout SystemRandomNumberGenerator) -> Org {
        Org(
            id: OrgID.make(prefix: Org.idPrefix, now: now, using: &randomness),
            name: name,
            edition: .developer,
            issuer: "https://\(name.lowercased()).example",
            createdAt: now
        )
    }

    func perform(_ operation: MetadataOperation) async throws -> MetadataOutcome {
        let id = user.id
        guard let account = try await database.read({ try Users.account(id, on: $0) }) else {
            throw Unexpected(description: "the user is gone")
        }
        let caller = MetadataCaller(org: org, account: account, source: nil, version: 68, now: Self.now)
        return try await service.perform(operation, by: caller)
    }

    /// Deploys an archive to its end.
    func deploy(_ archive: [UInt8]) async throws {
        var options = DeployOptions()
        options.singlePackage = true
        guard case .deployment(let begun) = try await perform(.deploy(archive: archive, options)) else {
            throw Unexpected(description: "deploy did not answer a deployment")
        }
        while try await service.queue.runNext(now: Self.now) {}
        let id = begun.record.id.rawValue
        guard case .deployment(let result) = try await perform(.checkDeployStatus(id: id, includeDetails: true)) else {
            throw Unexpected(description: "checkDeployStatus did not answer a deployment")
        }
        guard result.record.status == .succeeded else {
            let why = result.record.stage.failure?.message ?? result.failures.first?.problem ?? "?"
            throw Unexpected(description: "a deployment ended as \(result.record.status.rawValue): \(why)")
        }
    }

    /// Retrieves all components of some types.
    func retrieve(_ types: [String]) async throws -> RetrieveResult {
        var request = RetrieveRequest()
        request.manifest = PackageManifest(entries: types.map { .init(type: $0, members: ["*"]) })
        request.singlePackage = true
        guard case .retrievalBegun(let id) = try await perform(.retrieve(request)),
            case .retrieval(let result) = try await perform(.checkRetrieveStatus(id: id, includeZip: true))
        else { throw Unexpected(description: "retrieve did not answer a retrieval") }
        return result
    }

    func list(_ types: [String]) async throws -> Int {
        guard case .files(let files) = try await perform(.listMetadata(types: types)) else {
            throw Unexpected(description: "listMetadata did not answer a list")
        }
        return files.count
    }
}
