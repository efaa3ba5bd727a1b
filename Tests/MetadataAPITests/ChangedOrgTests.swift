import ClientApps
import Dispatch
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("Which orgs a change is counted for")
struct ChangedOrgTests {
    private static let now = PackagePlace.now

    private static func changed(
        _ place: PackagePlace,
        by change: @escaping @Sendable (any Connection) throws -> Void
    ) async throws -> Set<OrgID> {
        let before = try await place.source.database.read { try Versions.current(on: $0).directory }
        try await place.source.database.write(change)
        return try await place.source.database.read { try Versions.changed(since: before, on: $0) }
    }

    @Test(
        "app-model 9: a change of an app's consumers and settings is one of the orgs that installed it too, and a change there is theirs alone",
        arguments: TestDatabase.available
    )
    func installations(driver: TestDatabase) async throws {
        try await PackagePlace.with(driver) { place in
            try await place.install(try await place.package())
            let source = try #require(try await place.source.stored("Orders"))
            let target = try #require(try await place.target.stored("Orders"))
            let (home, abroad) = (place.source.org.id, place.target.org.id)
            let credentials = ConsumerCredentials(masterKey: place.source.masterKey)
            let rotated = try await Self.changed(place) {
                _ = try credentials.replace(source, key: false, secret: true, by: .server, now: Self.now, on: $0)
            }
            #expect(rotated == [home, abroad])
            let cutOff = try await Self.changed(place) { try AppRecords.cutOff(target.id, at: Self.now, on: $0) }
            #expect(cutOff == [abroad])
            let lifecycle = AppLifecycle(org: place.target.org, actor: .server) { Self.now }
            let untouched = try await Self.changed(place) { connection in
                do {
                    try connection.part { _ = try lifecycle.delete(target, on: connection) }
                } catch is AppLifecycle.Refusal {}
            }
            #expect(untouched == [])
        }
    }

    @Test(
        "app-model 9: a document of the app that was installed from is deleted for the orgs that installed it too",
        arguments: TestDatabase.available
    )
    func deletedDocument(driver: TestDatabase) async throws {
        try await PackagePlace.with(driver) { place in
            try await place.install(try await place.package())
            let source = try #require(try await place.source.stored("Orders"))
            let changed = try await Self.changed(place) {
                try AppRecords.deleteComponent(
                    .canvasSettings,
                    of: source,
                    by: .server,
                    now: Self.now,
                    on: $0
                )
            }
            #expect(changed == [place.source.org.id, place.target.org.id])
        }
    }

    @Test(
        "app-model 9: who installed an app while it was being changed is told of the change",
        arguments: TestDatabase.available.filter { $0 != .sqlite }
    )
    func installedMeanwhile(driver: TestDatabase) async throws {
        try await PackagePlace.with(driver) { place in
            let package = try await place.package()
            let source = try #require(try await place.source.stored("Orders"))
            let credentials = ConsumerCredentials(masterKey: place.source.masterKey)
            let database = place.source.database
            let release = DispatchSemaphore(value: 0)
            let (held, holding) = AsyncStream.makeStream(of: Void.self)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await database.write { connection in
                        _ = try credentials.replace(
                            source,
                            key: false,
                            secret: true,
                            by: .server,
                            now: Self.now,
                            on: connection
                        )
                        holding.yield()
                        release.wait()
                    }
                }
                var holds = held.makeAsyncIterator()
                _ = await holds.next()
                try await place.install(package)
                let installed = try await database.read { try Versions.current(on: $0).directory }
                release.signal()
                try await group.waitForAll()
                let changed = try await database.read { try Versions.changed(since: installed, on: $0) }
                #expect(changed == [place.source.org.id, place.target.org.id])
            }
        }
    }
}
