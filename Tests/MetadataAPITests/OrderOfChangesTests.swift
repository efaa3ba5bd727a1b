import ClientApps
import Dispatch
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

/// What changes apps reads them when no other change of the org is under way, and what only reads waits for nobody.
@Suite("Changes of one org")
struct OrderOfChangesTests {
    /// PostgreSQL lets two transactions write at the same time; SQLite has one writer.
    private static let postgres = TestDatabase.available.filter { $0 == .postgres }

    /// Begins a change while another one of the org is under way, which ends only when the first waits for it.
    private func behind<Result: Sendable>(
        _ org: OrgID,
        _ database: any Database,
        doing other: @escaping @Sendable (any Connection) throws -> Void,
        _ change: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let (held, holding) = AsyncStream.makeStream(of: Void.self)
        async let result: Result = {
            for await _ in held { break }
            return try await change()
        }()
        try await database.write { connection in
            try AuditTrail.serialize(org, on: connection)
            holding.yield()
            try connection.waitUntilSomebodyWaits()
            try other(connection)
        }
        return try await result
    }

    @Test(
        "decision 0017: a deployment by the command line reads the apps after the change that it waited for",
        arguments: postgres
    )
    func deployment(driver: TestDatabase) async throws {
        try await ConnectedAppPlace.with(driver) { place in
            let (deployment, org) = (AppDeployment(masterKey: place.masterKey, actor: .server), place.org)
            let files = ConnectedAppPlace.externalClientApp("Orders")
            let changes = try await behind(org.id, place.database) { connection in
                _ = try deployment.deploy(files, org: org, now: ConnectedAppPlace.now, on: connection)
            } _: {
                try await place.deploy(files)
            }
            #expect(changes.map(\.kind) == [.updated])
        }
    }

    @Test(
        "decision 0017: an installation that waited for another change of the org is refused in words for what that made",
        arguments: postgres
    )
    func installation(driver: TestDatabase) async throws {
        try await PackagePlace.with(driver) { place in
            let package = try await place.package()
            try await place.trust(package)
            let (org, database) = (place.target.org, place.target.database)
            let deployment = AppDeployment(masterKey: place.target.masterKey, actor: .server)
            let refusal = try await behind(org.id, database) { connection in
                let files = ConnectedAppPlace.externalClientApp("Orders")
                _ = try deployment.deploy(files, org: org, now: PackagePlace.now, on: connection)
            } _: {
                try await place.refusal(package)
            }
            #expect(refusal?.contains("another app of this org is named 'Orders'") == true)
        }
    }

    @Test(
        "design, rules of storage: reading and retrieving metadata wait for nobody who writes",
        arguments: TestDatabase.available
    )
    func reading(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            try await place.deploy(PackageMother.package())
            var request = RetrieveRequest()
            request.manifest = PackageManifest(entries: PackageMother.appTypes.map { .init(type: $0, members: ["*"]) })
            guard case .retrievalBegun(let id) = try await place.perform(.retrieve(request)) else {
                throw MetadataPlace.Unexpected()
            }
            let caller = try await place.caller()
            let (org, service) = (place.org.id, place.service)
            let isAnswered = try await place.database.write { connection in
                try AuditTrail.serialize(org, on: connection)
                let answered = DispatchSemaphore(value: 0)
                Task.detached {
                    let read = MetadataOperation.read(type: PackageMother.appTypes[1], names: ["Orders_glbloauth"])
                    _ = try await service.perform(read, by: caller)
                    _ = try await service.perform(.checkRetrieveStatus(id: id, includeZip: true), by: caller)
                    answered.signal()
                }
                // The limit ends the test where it would wait for ever.
                return answered.wait(timeout: .now() + 60) == .success
            }
            #expect(isAnswered)
        }
    }
}
