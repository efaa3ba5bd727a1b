import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import Synchronization
import TestSupport
import Testing

@Suite("The queue of deployments")
struct DeploymentQueueTests {
    private static let now = MetadataPlace.now

    private static var options: DeployOptions {
        var options = DeployOptions()
        options.singlePackage = true
        return options
    }

    @Test("app-model 11.5: one deployment of an org is at work, others wait", arguments: TestDatabase.available)
    func oneAtATime(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let first = try await place.begin(PackageMother.package("First"), Self.options)
            let second = try await place.begin(
                PackageMother.package("Second"),
                now: Self.now + .seconds(1),
                Self.options
            )
            let id = try #require(DeploymentID(first))
            let now = Self.now + .seconds(2)
            let claimed = try await place.database.write {
                try Deployments.claim(id, until: now + .seconds(60), now: now, on: $0)
            }
            #expect(claimed?.status == .inProgress && claimed?.attempts == 1)
            #expect(try await place.service.queue.runNext(now: now) == false)
            #expect(try await place.status(second).record.status == .pending)
            await #expect(throws: ConstraintViolation(.unique)) {
                let other = try #require(DeploymentID(second))
                _ = try await place.database.write {
                    try Deployments.claim(other, until: now + .seconds(60), now: now, on: $0)
                }
            }
        }
    }

    @Test(
        "app-model 11.5: what a server that stopped had begun is taken up again, three times at most",
        arguments: TestDatabase.available
    )
    func restart(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let text = try await place.begin(PackageMother.package(), Self.options)
            let id = try #require(DeploymentID(text))
            func begin(at now: Timestamp) async throws -> DeploymentRecord? {
                try await place.database.write {
                    try Deployments.claim(id, until: now + .seconds(60), now: now, on: $0)
                }
            }
            #expect(try await begin(at: Self.now)?.attempts == 1)
            #expect(try await begin(at: Self.now + .seconds(59)) == nil)
            #expect(try await place.service.queue.runNext(now: Self.now + .seconds(59)) == false)
            #expect(try await place.service.queue.runNext(now: Self.now + .seconds(60)))
            #expect(try await place.status(text).record.status == .succeeded)

            let poison = try await place.begin(PackageMother.package("Poison"), Self.options)
            let poisonID = try #require(DeploymentID(poison))
            for minute in 0..<3 {
                let now = Self.now + .minutes(Int64(minute))
                let claimed = try await place.database.write {
                    try Deployments.claim(poisonID, until: now + .seconds(60), now: now, on: $0)
                }
                #expect(claimed?.attempts == minute + 1)
            }
            #expect(try await place.service.queue.runNext(now: Self.now + .minutes(3)))
            let failed = try await place.status(poison)
            #expect(failed.record.status == .failed && failed.record.stage.failure?.code == .unknownException)
        }
    }

    @Test(
        "app-model 11.1: a deployment that waits is canceled at once, one at work before its end",
        arguments: TestDatabase.available
    )
    func cancel(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let waiting = try await place.begin(PackageMother.package(), Self.options)
            guard case .deployment(let canceled) = try await place.perform(.cancelDeploy(id: waiting)) else {
                throw MetadataPlace.Unexpected()
            }
            #expect(canceled.record.status == .canceled && canceled.record.stage.canceler?.name == "Ann Dev")
            #expect(try await place.service.queue.runNext(now: Self.now) == false)
            #expect(try await place.fault(.cancelDeploy(id: waiting))?.code == .invalidIDField)
            #expect(try await place.fault(.cancelDeploy(id: "0Af000000000001"))?.code == .invalidIDField)
            #expect(try await place.fault(.cancelDeploy(id: "nonsense"))?.code == .invalidIDField)

            let begun = try await place.begin(PackageMother.package(), Self.options)
            let id = try #require(DeploymentID(begun))
            let now = Self.now
            _ = try await place.database.write { try Deployments.claim(id, until: now, now: now, on: $0) }
            try await place.perform(.cancelDeploy(id: begun))
            #expect(try await place.status(begun).record.status == .canceling)
            #expect(try await place.service.queue.runNext(now: now))
            #expect(try await place.status(begun).record.status == .canceled)
            #expect(try await place.files([("ExternalClientApplication", ["*"])]).count == 1)
        }
    }

    @Test("threat-model: an archive is sealed while it waits and gone afterwards", arguments: TestDatabase.available)
    func sealedArchives(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let secret = "0123456789ABCDEF0123456789ABCDEF"
            let files = PackageMother.package(global: [("consumerSecret", secret)])
            let text = try await place.begin(files, Self.options)
            let id = try #require(DeploymentID(text))
            let stored = try #require(try await place.database.read { try DeploymentArchives.find(id, on: $0) })
            #expect(stored.firstRange(of: Array("PK".utf8) + [3, 4]) == nil)
            #expect(stored.firstRange(of: Array("package.xml".utf8)) == nil)
            #expect(try await place.service.queue.runNext(now: Self.now))
            #expect(try await place.database.read { try DeploymentArchives.find(id, on: $0) } == nil)
            let messages = try await place.status(text).messages.compactMap(\.problem).joined()
            #expect(!messages.contains(secret))
        }
    }

    @Test("app-model 11.5: a deployment is told of for thirty days", arguments: TestDatabase.available)
    func sweep(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let done = try await place.deploy(PackageMother.package())
            let waiting = try await place.begin(PackageMother.package("Other"), Self.options)
            func sweep(at moment: Timestamp) async throws -> Int {
                try await place.database.write { try Deployments.sweep(now: moment, limit: 10, on: $0) }
            }
            #expect(try await sweep(at: Self.now + .days(30)) == 0)
            #expect(try await sweep(at: Self.now + .days(30) + .seconds(1)) == 1 + done.messages.count)
            let id = done.record.id.rawValue
            #expect(try await place.fault(.checkDeployStatus(id: id, includeDetails: true))?.code == .invalidIDField)
            #expect(try await place.status(waiting).record.status == .pending)
        }
    }

    @Test("app-model 11.1: the deployments of another org are not there", arguments: TestDatabase.available)
    func otherOrg(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let done = try await place.deploy(PackageMother.package())
            let caller = try await place.caller()
            let other = Org(
                id: OrgID(stored: "00D000000000001EAA"),
                name: "Other",
                edition: .developer,
                issuer: "https://other.example",
                createdAt: Self.now
            )
            let stranger = MetadataCaller(
                org: other,
                account: caller.account,
                source: nil,
                version: 68,
                now: Self.now
            )
            await #expect(throws: MetadataFault.self) {
                _ = try await place.service.perform(
                    .checkDeployStatus(id: done.record.id.rawValue, includeDetails: true),
                    by: stranger
                )
            }
        }
    }

    @Test(
        "security class 16: a deployment that takes longer than thirty seconds in its transaction is taken back, and others are not kept waiting",
        arguments: TestDatabase.available
    )
    func overdue(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let names = (0..<9).map { "App\($0)" }
            let files =
                [PackageMother.manifest([("ExternalClientApplication", ["*"])])]
                + names.map { PackageMother.app($0)[0] }
            let slow = Ticks(from: Self.now, step: .seconds(4))
            let first = try await place.begin(files, Self.options)
            #expect(try await place.service.queue.runNext { slow.next() })
            let failed = try await place.status(first).record
            #expect(failed.status == .failed && failed.stage.failure?.code == .limitExceeded)
            #expect(failed.stage.failure?.message.contains("30 seconds") == true)
            #expect(try await place.files([("ExternalClientApplication", ["*"])]).count == 1)
            let quick = Ticks(from: Self.now, step: .seconds(1))
            let second = try await place.begin(files, Self.options)
            #expect(try await place.service.queue.runNext { quick.next() })
            #expect(try await place.status(second).record.status == .succeeded)
        }
    }

    @Test(
        "app-model 11.5: a manifest names ten thousand components at most, in a deployment, a deletion and a retrieval",
        arguments: TestDatabase.available
    )
    func manifestLimit(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let many = [("ExternalClientApplication", (0...10_000).map { "App\($0)" })]
            let full = [("ExternalClientApplication", (0..<10_000).map { "App\($0)" })]
            func deploy(_ entries: [(String, [String])], _ path: String) async throws -> DeployResult {
                let empty = path == "package.xml" ? [] : [PackageMother.manifest([])]
                return try await place.deploy(empty + [PackageMother.manifest(entries, path: path)]) {
                    $0.ignoreWarnings = true
                    $0.allowMissingFiles = true
                }
            }
            for path in ["package.xml", "destructiveChanges.xml"] {
                let refused = try await deploy(many, path)
                #expect(refused.record.stage.failure?.code == .limitExceeded, "\(path)")
            }
            #expect(try await deploy(full, "package.xml").record.status == .succeeded)
            var request = RetrieveRequest()
            request.manifest = PackageManifest(entries: many.map { .init(type: $0.0, members: $0.1) })
            #expect(try await place.fault(.retrieve(request))?.code == .limitExceeded)
            request.manifest = PackageManifest(
                entries: Array(repeating: .init(type: "ExternalClientApplication", members: []), count: 1_001)
            )
            #expect(try await place.fault(.retrieve(request))?.code == .limitExceeded)
        }
    }

    /// A clock that goes on at each look.
    private final class Ticks: Sendable {
        private let moment: Mutex<Timestamp>
        private let step: TimeSpan

        init(from start: Timestamp, step: TimeSpan) {
            moment = Mutex(start)
            self.step = step
        }

        func next() -> Timestamp {
            moment.withLock { moment in
                moment = moment + step
                return moment
            }
        }
    }
}
