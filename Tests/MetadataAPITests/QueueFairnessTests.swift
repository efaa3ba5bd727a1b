import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

/// What one org or one user can take of what all have.
@Suite("Shares of the queue and of what is kept")
struct QueueFairnessTests {
    private static let now = MetadataPlace.now

    /// An id by its 15 characters.
    private static func id<Subject>(_ text: String) -> Identifier<Subject> {
        Identifier(text) ?? Identifier(stored: text)
    }

    private static func record(
        _ number: Int,
        org: OrgID,
        bytes: Int = 1,
        createdAt: Timestamp = now
    ) -> DeploymentRecord {
        let digits = "\(number)"
        let padding = String(repeating: "0", count: 12 - digits.count)
        return DeploymentRecord(
            id: id("0Af\(padding)\(digits)"),
            org: org,
            author: .init(user: id("005000000000001"), name: "Ann Dev", source: nil),
            version: 68,
            options: "{}",
            archiveBytes: bytes,
            createdAt: createdAt
        )
    }

    private static func secondOrg(_ place: MetadataPlace) async throws -> OrgID {
        let org = Org(
            id: id("00D000000000002"),
            name: "Other",
            edition: .developer,
            issuer: "https://other.example",
            createdAt: now
        )
        try await place.database.write { try OrgRecords.insert(org, by: .server, on: $0) }
        return org.id
    }

    @Test(
        "security class 16: an org that fills the queue keeps no other org waiting behind all that it has in it",
        arguments: TestDatabase.available
    )
    func orgs(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let (greedy, other) = (place.org.id, try await Self.secondOrg(place))
            let waiting =
                (1...4).map { Self.record($0, org: greedy, createdAt: Self.now + .seconds(Int64($0))) }
                + (5...6).map { Self.record($0, org: other, createdAt: Self.now + .seconds(Int64($0))) }
            try await place.database.write { connection in
                for record in waiting { try Deployments.insert(record, archive: [1], on: connection) }
            }
            var served: [DeploymentID] = []
            for turn in 0..<waiting.count {
                let now = Self.now + .minutes(Int64(turn + 1))
                served += try await place.database.write { connection in
                    guard let id = try Deployments.next(now: now, on: connection),
                        try Deployments.claim(id, until: now + .seconds(60), now: now, on: connection) != nil
                    else { return [] }
                    try Deployments.finish(id, .succeeded, now: now, on: connection)
                    return [id]
                }
            }
            #expect(served == [1, 5, 2, 6, 3, 4].map { waiting[$0 - 1].id })
        }
    }

    @Test(
        "security class 16: archives that wait have a limit of bytes together, and so have those of validations, whose oldest give way",
        arguments: TestDatabase.available
    )
    func archives(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let org = place.org.id
            let (large, other) = (Self.record(1, org: org, bytes: 408_000_000), try await Self.secondOrg(place))
            try await place.database.write {
                try Deployments.insert(large, archive: [1], on: $0)
                try Deployments.insert(Self.record(2, org: other, bytes: 408_000_000), archive: [1], on: $0)
            }
            let options = DeployOptions()
            let operation = MetadataOperation.deploy(archive: [UInt8](repeating: 0x50, count: 1_000_000), options)
            #expect(try await place.fault(operation)?.code == .limitExceeded)
            try await place.perform(.cancelDeploy(id: large.id.rawValue))
            #expect(try await place.fault(operation) == nil)

            let kept = try await place.database.write { connection in
                for number in 11...15 {
                    let bytes = number == 12 ? 100 : 10
                    let record = Self.record(number, org: org, bytes: bytes)
                    try Deployments.insert(record, archive: [UInt8(number)], on: connection)
                    let end = Self.now + .seconds(Int64(number))
                    try Deployments.finish(record.id, .succeeded, keepsArchive: true, now: end, on: connection)
                }
                func kept() throws -> [Int] {
                    try (11...15).filter {
                        try DeploymentArchives.find(Self.record($0, org: org).id, on: connection) != nil
                    }
                }
                try DeploymentArchives.keepValidations(within: .init(count: 4, bytes: 1_000), org: org, on: connection)
                let few = try kept()
                try DeploymentArchives.keepValidations(within: .init(count: 9, bytes: 100), org: org, on: connection)
                return [few, try kept()]
            }
            #expect(kept == [[12, 13, 14, 15], [13, 14, 15]])
            let waiting = try await place.database.read { try DeploymentArchives.waiting(org: other, on: $0) }
            #expect(waiting == .init(count: 1, bytes: 408_000_000))
        }
    }

    @Test(
        "security class 16: deployments that are sent at the same time have one place between them where one is left",
        arguments: TestDatabase.available
    )
    func lastPlace(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let org = place.org.id
            try await place.database.write { connection in
                for number in 1...99 {
                    try Deployments.insert(Self.record(number, org: org), archive: [1], on: connection)
                }
            }
            let codes = try await withThrowingTaskGroup { group in
                for _ in 1...8 {
                    group.addTask { try await place.fault(.deploy(archive: [0x50], DeployOptions()))?.code }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.count { $0 == nil } == 1)
            #expect(codes.count { $0 == .limitExceeded } == 7)
            #expect(try await place.database.read { try DeploymentArchives.waiting(org: org, on: $0).count } == 100)
        }
    }

    @Test(
        "security class 16: a deployment counts what waits after the one that another node puts into the queue at the same moment",
        arguments: TestDatabase.available.filter { $0 == .postgres }
    )
    func lastPlaceTaken(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let org = place.org.id
            let (holds, held) = AsyncStream.makeStream(of: Void.self)
            async let other: Void = place.database.write { connection in
                try DeploymentArchives.serialize(org, on: connection)
                for number in 1...100 {
                    try Deployments.insert(Self.record(number, org: org), archive: [1], on: connection)
                }
                held.yield()
                try connection.waitUntilSomebodyWaits()
            }
            for await _ in holds { break }
            let fault = try await place.fault(.deploy(archive: [0x50], DeployOptions()))
            try await other
            #expect(fault?.code == .limitExceeded)
        }
    }

    @Test(
        "security class 16: of the retrievals of one user the newest hundred are remembered, and none of another user goes for them",
        arguments: TestDatabase.available
    )
    func retrievals(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let (org, user) = (place.org.id, place.user.id)
            let other = RetrievalRecord(
                id: Self.id("09S000000000001"),
                org: org,
                user: Self.id("005000000000001"),
                request: "<r/>",
                createdAt: Self.now
            )
            try await place.database.write { try Retrievals.insert(other, keeping: 9, ofLength: 9, on: $0) }
            var ids: [String] = []
            for second in 0...100 {
                let now = Self.now + .seconds(Int64(second))
                guard case .retrievalBegun(let id) = try await place.perform(.retrieve(RetrieveRequest()), now: now)
                else { throw MetadataPlace.Unexpected() }
                ids.append(id)
            }
            #expect(try await place.fault(.checkStatus(ids: [ids[0]]))?.code == .invalidIDField)
            #expect(try await place.fault(.checkStatus(ids: [ids[1], ids[100]])) == nil)
            let newest = ids[100]
            let long = try await place.database.write { connection in
                let record = RetrievalRecord(
                    id: Self.id("09S000000000002"),
                    org: org,
                    user: user,
                    request: "<long/>",
                    createdAt: Self.now + .hours(1)
                )
                try Retrievals.insert(record, keeping: 100, ofLength: 7, on: connection)
                return try [record.id.rawValue, newest].map { id in
                    try RetrievalID(id).flatMap { try Retrievals.find($0, org: org, user: user, on: connection) } != nil
                }
            }
            #expect(long == [true, false])
            let kept = try await place.database.read {
                try Retrievals.find(other.id, org: org, user: other.user, on: $0)
            }
            #expect(kept == other)
        }
    }

    @Test(
        "design, rules of storage: a deployment of many messages is forgotten some rows at a time",
        arguments: TestDatabase.available
    )
    func sweep(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let done = try await place.deploy(PackageMother.package())
            #expect(done.messages.count == 4)
            var rows: [Int] = []
            while rows.last != 0 {
                rows.append(
                    try await place.database.write {
                        try Deployments.sweep(now: Self.now + .days(31), limit: 3, on: $0)
                    }
                )
            }
            #expect(rows == [3, 2, 0])
            let id = done.record.id.rawValue
            #expect(try await place.fault(.checkDeployStatus(id: id, includeDetails: true))?.code == .invalidIDField)
        }
    }

    @Test(
        "design, rules of storage: a deployment is not forgotten before its archive, where others have more to forget",
        arguments: TestDatabase.available
    )
    func sweepOfArchives(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let org = place.org.id
            let message = DeploymentMessage(fileName: "package.xml", fullName: "package.xml", componentType: "")
            try await place.database.write { connection in
                for (number, messages) in [(1, [message, message]), (2, [])] {
                    let record = Self.record(number, org: org)
                    try Deployments.insert(record, archive: [1], on: connection)
                    try Deployments.finish(
                        record.id,
                        .succeeded,
                        .init(),
                        messages,
                        keepsArchive: true,
                        now: Self.now,
                        on: connection
                    )
                }
            }
            var rows: [Int] = []
            while rows.last != 0 {
                rows.append(
                    try await place.database.write {
                        try Deployments.sweep(now: Self.now + .days(31), limit: 1, on: $0)
                    }
                )
            }
            // An archive and a message; an archive, a message and the first deployment; the second deployment.
            #expect(rows == [2, 3, 1, 0])
        }
    }
}
