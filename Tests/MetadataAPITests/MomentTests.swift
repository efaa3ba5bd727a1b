import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import Synchronization
import TestSupport
import Testing

/// When it is that a change counts: after the wait for others, and for what it ends, not before it is seen.
@Suite("The moment of a change")
struct MomentTests {
    private static let now = MetadataPlace.now

    /// A clock that goes on by a second at each look.
    private final class Ticks: Sendable {
        private let seconds = Mutex<Int64>(0)

        var last: Timestamp { now + .seconds(seconds.withLock { $0 }) }

        func next() -> Timestamp {
            now
                + .seconds(
                    seconds.withLock { seconds in
                        seconds += 1
                        return seconds
                    }
                )
        }
    }

    private static func stored(_ name: String, _ place: MetadataPlace) async throws -> AppRecords.Stored {
        let org = place.org.id
        return try #require(
            try await place.database.read { try AppRecords.find(developerName: name, org: org, on: $0) }
        )
    }

    private static func migrated(_ place: MetadataPlace) async throws {
        let manifest = PackageMother.manifest([("ConnectedApp", ["*"])])
        #expect(try await place.deploy([manifest, PackageMother.connectedApp()]).record.status == .succeeded)
        let lifecycle = AppLifecycle(org: place.org, actor: .server) { now }
        let app = try await stored("Legacy", place)
        try await place.database.write { try lifecycle.migrate(app, on: $0) }
    }

    @Test(
        "app-model 10: a token that was issued while a deployment deleted its migrated app is not live in the connected app that comes back",
        arguments: TestDatabase.available
    )
    func deployment(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver, allowsConnectedApps: true) { place in
            try await Self.migrated(place)
            let deletions = PackageMother.manifest(
                [("ExternalClientApplication", ["Legacy"])],
                path: "destructiveChanges.xml"
            )
            var options = DeployOptions()
            options.singlePackage = true
            let files =
                [PackageMother.manifest([("ExternalClientApplication", ["*"])]), deletions]
                + (0..<5).map { PackageMother.app("App\($0)")[0] }
            let id = try await place.begin(files, options)
            let clock = Ticks()
            #expect(try await place.service.queue.runNext { clock.next() })
            let record = try await place.status(id).record
            #expect(record.status == .succeeded)
            let (begin, end) = (try #require(record.stage.startedAt), try #require(record.stage.completedAt))
            #expect(begin < end && end == clock.last)
            let app = try await Self.stored("Legacy", place)
            #expect(app.kind == .connectedApp && app.notBefore == end)
            // The last moment before it: nobody could be given a token of a new app until then.
            #expect(try await Self.stored("App0", place).notBefore == end - TimeSpan(milliseconds: 1))
        }
    }

    @Test(
        "app-model 10: what is changed at once counts from the end of the wait for other changes",
        arguments: TestDatabase.available
    )
    func call(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver, allowsConnectedApps: true) { place in
            try await Self.migrated(place)
            let later = Self.now + .minutes(1)
            let operation = MetadataOperation.delete(
                type: "ExternalClientApplication",
                names: ["Legacy"],
                allOrNone: false
            )
            _ = try await place.service.perform(operation, by: try await place.caller()) { later }
            #expect(try await Self.stored("Legacy", place).notBefore == later)
        }
    }

    @Test(
        "app-model 6.3: an app is blocked from the moment on at which no other change of its org is under way",
        arguments: TestDatabase.available.filter { $0 == .postgres }
    )
    func block(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver, allowsConnectedApps: true) { place in
            let manifest = PackageMother.manifest([("ConnectedApp", ["*"])])
            try await place.deploy([manifest, PackageMother.connectedApp()])
            let (app, org, clock) = (try await Self.stored("Legacy", place), place.org, Ticks())
            let lifecycle = AppLifecycle(org: org, actor: .server) { clock.next() }
            let (holds, held) = AsyncStream.makeStream(of: Void.self)
            async let other = place.database.write { connection in
                try AuditTrail.serialize(org.id, on: connection)
                held.yield()
                try connection.waitUntilSomebodyWaits()
                return clock.next()
            }
            for await _ in holds { break }
            try await place.database.write { try lifecycle.block(app, on: $0) }
            let end = try await other
            let blocked = try #require(try await Self.stored("Legacy", place).blockedAt)
            #expect(end < blocked && blocked == clock.last)
        }
    }
}
