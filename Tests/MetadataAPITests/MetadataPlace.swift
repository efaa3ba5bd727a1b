import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing
import Tokens

/// An org with a user of given permissions in a fresh database, and the Metadata API over it.
struct MetadataPlace: Sendable {
    static let now = Timestamp(seconds: 1_795_566_722)
    /// What a deployer of everything needs, by the action matrix of app-model 4.2.
    static let allRights: Set<Permission> = [
        .modifyMetadata, .externalClientAppDeveloper, .customizeApplication, .manageRemoteAccess, .viewSetup,
        .manageProfilesPermissionSets, .modifyAllData,
    ]

    let database: any Database
    let org: Org
    let user: User
    let masterKey: MasterKey
    let service: MetadataService

    static func run(
        on driver: TestDatabase,
        edition: Edition = .developer,
        rights: Set<Permission> = MetadataPlace.allRights,
        allowsConnectedApps: Bool = false,
        _ body: @Sendable (MetadataPlace) async throws -> Void
    ) async throws {
        var randomness = SystemRandomNumberGenerator()
        let masterKey = try MasterKey(MasterKey.generate(using: &randomness))
        try await driver.withDatabase { database in
            try await body(make("acme", database, masterKey, edition, rights, allowsConnectedApps))
        }
    }

    /// Another org of the same server, with the same permissions.
    func beside(_ name: String = "globex", allowsConnectedApps: Bool = false) async throws -> MetadataPlace {
        try await Self.make(name, database, masterKey, org.edition, Self.allRights, allowsConnectedApps)
    }

    private static func make(
        _ name: String,
        _ database: any Database,
        _ masterKey: MasterKey,
        _ edition: Edition,
        _ rights: Set<Permission>,
        _ allowsConnectedApps: Bool
    ) async throws -> MetadataPlace {
        var randomness = SystemRandomNumberGenerator()
        let org = Org(
            id: OrgID.make(prefix: Org.idPrefix, now: now, using: &randomness),
            name: name,
            edition: edition,
            issuer: "https://\(name).example",
            createdAt: now,
            isConnectedAppCreationEnabled: allowsConnectedApps
        )
        let profile = Profile(
            id: ProfileID.make(prefix: Profile.idPrefix, now: now, using: &randomness),
            org: org.id,
            name: Profile.standardUser,
            permissions: rights
        )
        let user = User(
            id: UserID.make(prefix: User.idPrefix, now: now, using: &randomness),
            org: org.id,
            username: "dev@\(name).example",
            email: "dev@\(name).example",
            firstName: "Ann",
            lastName: "Dev",
            nickname: "dev",
            profile: profile.id,
            createdAt: now,
            updatedAt: now
        )
        try await database.write { connection in
            try OrgRecords.insert(org, by: .server, on: connection)
            try Profiles.insert(profile, by: .server, now: now, on: connection)
            try Users.insert(user, passwordHash: nil, by: .server, on: connection)
            // As every org of a server has it.
            _ = try CommandLineApp.keep(in: org.id, masterKey: masterKey, by: .server, now: now, on: connection)
        }
        return MetadataPlace(
            database: database,
            org: org,
            user: user,
            masterKey: masterKey,
            service: MetadataService(database: database, masterKey: masterKey)
        )
    }

    // MARK: Calls

    func caller(version: Int = 68, now: Timestamp = MetadataPlace.now) async throws -> MetadataCaller {
        let id = user.id
        let account = try #require(try await database.read { try Users.account(id, on: $0) })
        return MetadataCaller(org: org, account: account, source: "192.0.2.1", version: version, now: now)
    }

    @discardableResult
    func perform(_ operation: MetadataOperation, version: Int = 68, now: Timestamp = MetadataPlace.now) async throws
        -> MetadataOutcome
    {
        try await service.perform(operation, by: try await caller(version: version, now: now))
    }

    /// What a call is refused with as a whole.
    func fault(_ operation: MetadataOperation, version: Int = 68, now: Timestamp = MetadataPlace.now) async throws
        -> MetadataFault?
    {
        do {
            try await perform(operation, version: version, now: now)
            return nil
        } catch let fault as MetadataFault {
            return fault
        }
    }

    /// Puts files into the queue.
    func begin(_ files: [SourceFile], now: Timestamp = MetadataPlace.now, _ options: DeployOptions) async throws
        -> String
    {
        let archive = try ArchiveWriter.archive(files.map { ArchiveEntry(path: $0.path, bytes: $0.bytes) })
        guard case .deployment(let result) = try await perform(.deploy(archive: archive, options), now: now) else {
            throw Unexpected()
        }
        return result.record.id.rawValue
    }

    func status(_ id: String, now: Timestamp = MetadataPlace.now) async throws -> DeployResult {
        guard
            case .deployment(let result) = try await perform(
                .checkDeployStatus(id: id, includeDetails: true),
                now: now
            )
        else { throw Unexpected() }
        return result
    }

    /// Deploys files to the end.
    @discardableResult
    func deploy(
        _ files: [SourceFile],
        now: Timestamp = MetadataPlace.now,
        _ change: (inout DeployOptions) -> Void = { _ in }
    ) async throws -> DeployResult {
        var options = DeployOptions()
        options.singlePackage = true
        change(&options)
        let id = try await begin(files, now: now, options)
        while try await service.queue.runNext(now: now) {}
        return try await status(id, now: now)
    }

    func retrieve(
        _ entries: [(String, [String])],
        version: Int = 68,
        singlePackage: Bool = true
    ) async throws -> RetrieveResult {
        var request = RetrieveRequest()
        request.manifest = PackageManifest(entries: entries.map { .init(type: $0.0, members: $0.1) })
        request.singlePackage = singlePackage
        guard case .retrievalBegun(let id) = try await perform(.retrieve(request), version: version),
            case .retrieval(let result) = try await perform(
                .checkRetrieveStatus(id: id, includeZip: true),
                version: version
            )
        else { throw Unexpected() }
        return result
    }

    /// Retrieves the files themselves, with their manifest.
    func files(_ entries: [(String, [String])], version: Int = 68) async throws -> [String: String] {
        let archive = try #require(try await retrieve(entries, version: version).archive)
        let files = try ArchiveReader().files(of: archive)
        return Dictionary(files.map { ($0.path, String(decoding: $0.bytes, as: UTF8.self)) }) { first, _ in first }
    }

    /// Gives the user these permissions and no other.
    func setRights(_ rights: Set<Permission>) async throws {
        let profile = Profile(id: user.profile, org: org.id, name: Profile.standardUser, permissions: rights)
        try await database.write { try Profiles.update(profile, by: .server, now: Self.now, on: $0) }
    }

    struct Unexpected: Error {}

    /// How often something was changed that nodes keep in memory.
    var directoryVersion: Int64 {
        get async throws { try await database.read { try Versions.current(on: $0).directory } }
    }

    /// The actions that the audit trail has, each with what it was done to.
    var audit: [String] {
        get async throws {
            let org = org.id
            return try await database.read { try AuditTrail.entries(org: org, after: 0, limit: 1_000, on: $0) }
                .map { entry in
                    let json = try JSONScanner.object(Array(entry.content.utf8))
                    return "\(json["action"]?.string ?? "") \(json["subject"]?.object?["name"]?.string ?? "")"
                }
        }
    }
}

/// The files of packages, as a developer would write them.
enum PackageMother {
    static let namespace = "http://soap.sforce.com/2006/04/metadata"

    static func document(_ path: String, _ type: String, _ fields: [(String, String)]) -> SourceFile {
        let body = fields.map { "<\($0.0)>\($0.1)</\($0.0)>" }.joined()
        return SourceFile(path: path, bytes: Array("<\(type) xmlns=\"\(namespace)\">\(body)</\(type)>".utf8))
    }

    static func manifest(
        _ entries: [(String, [String])],
        version: String = "68.0",
        path: String = "package.xml"
    ) -> SourceFile {
        let types = entries.map { entry in
            "<types>" + entry.1.map { "<members>\($0)</members>" }.joined() + "<name>\(entry.0)</name></types>"
        }
        let text = "<Package xmlns=\"\(namespace)\">\(types.joined())<version>\(version)</version></Package>"
        return SourceFile(path: path, bytes: Array(text.utf8))
    }

    static let appTypes = ["ExternalClientApplication", "ExtlClntAppGlobalOauthSettings", "ExtlClntAppOauthSettings"]

    /// The documents of an app with OAuth.
    static func app(
        _ name: String = "Orders",
        label: String = "Orders",
        global: [(String, String)] = [],
        scopes: String = "Api, RefreshToken"
    ) -> [SourceFile] {
        [
            document(
                "externalClientApps/\(name).eca",
                "ExternalClientApplication",
                [("contactEmail", "dev@acme.example"), ("distributionState", "Local"), ("label", label)]
            ),
            document(
                "extlClntAppGlobalOauthSets/\(name)_glbloauth.ecaGlblOauth",
                "ExtlClntAppGlobalOauthSettings",
                [("callbackUrl", "https://orders.example/cb"), ("externalClientApplication", name)] + global
            ),
            document(
                "extlClntAppOauthSettings/\(name)_oauth.ecaOauth",
                "ExtlClntAppOauthSettings",
                [("commaSeparatedOauthScopes", scopes), ("externalClientApplication", name)]
            ),
        ]
    }

    /// The same with its manifest.
    static func package(_ name: String = "Orders", label: String = "Orders", global: [(String, String)] = [])
        -> [SourceFile]
    {
        [manifest(appTypes.map { ($0, ["*"]) })] + app(name, label: label, global: global)
    }

    static func connectedApp(_ name: String = "Legacy", extra: String = "") -> SourceFile {
        let text = """
            <ConnectedApp xmlns="\(namespace)"><contactEmail>dev@acme.example</contactEmail><label>\(name)</label>\
            <oauthConfig><callbackUrl>https://legacy.example/cb</callbackUrl><scopes>Api</scopes></oauthConfig>\(extra)\
            </ConnectedApp>
            """
        return SourceFile(path: "connectedApps/\(name).connectedApp", bytes: Array(text.utf8))
    }
}
