import Dispatch
import OAuthTypes
import Storage
import StoragePostgres
import Synchronization
import TestSupport
import Testing

/// What only PostgreSQL does to a transaction: ends it to be run again, or loses the connection.
@Suite struct PostgresTests {
    private static let postgres = TestDatabase.available.filter { $0 == .postgres }
    private static let things = [
        Migration(
            "things",
            [
                "CREATE TABLE things (id BIGINT PRIMARY KEY NOT NULL, size BIGINT NOT NULL)",
                "INSERT INTO things (id, size) VALUES (1, 0), (2, 0)",
            ]
        )
    ]

    private final class Count: Sendable {
        private let stored = Mutex(0)

        var value: Int { stored.withLock { $0 } }

        /// - Returns: the number of this call, from one.
        func next() -> Int {
            stored.withLock { count in
                count += 1
                return count
            }
        }
    }

    private static func size(_ id: Int, _ database: any Database) async throws -> Int? {
        try await database.read { connection in
            var row = try connection.row("SELECT size FROM things WHERE id = \(id)")
            return try row?.int()
        }
    }

    private static func grow(_ id: Int, on connection: any Connection) throws {
        try connection.execute("UPDATE things SET size = size + 1 WHERE id = \(id)")
    }

    private static func failure(_ body: () async throws -> Void) async -> PostgresFailure? {
        do {
            try await body()
            return nil
        } catch {
            return error as? PostgresFailure
        }
    }

    /// Lets the server end the transaction as it ends one that cannot be ordered among others.
    private static func raise(_ sqlState: StaticString, on connection: any Connection) throws {
        try connection.execute("DO $$ BEGIN RAISE EXCEPTION 'raised' USING ERRCODE = '\(raw: sqlState)'; END $$")
    }

    @Test(
        "PostgreSQL section 13.5: a write that ends in a serialization failure runs again as a whole, and counts once",
        arguments: postgres,
        ["40001", "40P01"] as [String]
    )
    func runsAgain(on kind: TestDatabase, sqlState: String) async throws {
        try await kind.withDatabase(migrations: Self.things) { database in
            let runs = Count()
            try await database.write { connection in
                try Self.grow(1, on: connection)
                guard runs.next() < 3 else { return }
                try sqlState == "40001" ? Self.raise("40001", on: connection) : Self.raise("40P01", on: connection)
            }
            // Three, or four where the database ends both.
            #expect((3...4).contains(runs.value))
            #expect(try await Self.size(1, database) == 1)
        }
    }

    @Test(
        "PostgreSQL section 13.5: after three runs the failure is told, and nothing is kept",
        arguments: postgres
    )
    func givesUp(on kind: TestDatabase) async throws {
        try await kind.withDatabase(migrations: Self.things) { database in
            let runs = Count()
            let failure = await Self.failure {
                try await database.write { connection in
                    _ = runs.next()
                    try Self.grow(1, on: connection)
                    try Self.raise("40001", on: connection)
                }
            }
            #expect(failure?.sqlState == "40001")
            // Three, or four where the database ends both.
            #expect((3...4).contains(runs.value))
            let size = try await Self.size(1, database)
            #expect(size == 0)
        }
    }

    @Test("PostgreSQL appendix A: any other failure is not tried again", arguments: postgres)
    func otherFailures(on kind: TestDatabase) async throws {
        try await kind.withDatabase(migrations: Self.things) { database in
            let runs = Count()
            let failure = await Self.failure {
                try await database.write { connection in
                    _ = runs.next()
                    try Self.grow(1, on: connection)
                    try Self.raise("57014", on: connection)
                }
            }
            #expect(failure?.sqlState == "57014")
            #expect(runs.value == 1)
            let size = try await Self.size(1, database)
            #expect(size == 0)
        }
    }

    @Test(
        "PostgreSQL section 13.3.4: of two writes in a deadlock both succeed, one after the other",
        arguments: postgres
    )
    func deadlock(on kind: TestDatabase) async throws {
        try await kind.withDatabase(migrations: Self.things) { database in
            let (one, other) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            let runs = Count()
            /// Holds one row, waits until the other write holds the other row, and asks for that one. Only the first runs meet.
            @Sendable func cross(_ first: Int, _ second: Int, _ here: DispatchSemaphore, _ there: DispatchSemaphore)
                async throws
            {
                let own = Count()
                // A write that fails leaves the other one waiting for nothing.
                defer { here.signal() }
                try await database.write { connection in
                    _ = runs.next()
                    try Self.grow(first, on: connection)
                    if own.next() == 1 {
                        here.signal()
                        there.wait()
                    }
                    try Self.grow(second, on: connection)
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await cross(1, 2, one, other) }
                group.addTask { try await cross(2, 1, other, one) }
                try await group.waitForAll()
            }
            // Three, or four where the database ends both.
            #expect((3...4).contains(runs.value))
            #expect(try await Self.size(1, database) == 2)
            #expect(try await Self.size(2, database) == 2)
        }
    }

    /// The process of the server behind a database's next transaction.
    private static func process(_ database: any Database) async throws -> Int? {
        try await database.read { connection in
            var row = try connection.row("SELECT pg_backend_pid()")
            return try row?.int()
        }
    }

    @Test(
        "design, rules of storage: a connection that was lost while idle is replaced unseen, for reads and writes",
        arguments: postgres
    )
    func lostIdle(on kind: TestDatabase) async throws {
        try await kind.withStore { open in
            let database = try await open(Self.things)
            let other = try await open(Self.things)
            for isWrite in [false, true] {
                let process = try await Self.process(database)
                let isGone = try await other.read { connection in
                    // The second argument has the server answer when the process has ended.
                    var row = try connection.row("SELECT pg_terminate_backend(CAST(\(process ?? 0) AS INT), 10000)")
                    return try row?.int()
                }
                #expect(isGone == 1)
                if isWrite { try await database.write { try Self.grow(1, on: $0) } }
                #expect(try await Self.process(database) != process)
            }
            #expect(try await Self.size(1, database) == 1)
            try await database.close()
            try await other.close()
        }
    }

    @Test(
        "design, rules of storage: a write whose connection is lost fails and is not repeated; the next one has a new connection",
        arguments: postgres
    )
    func lostInside(on kind: TestDatabase) async throws {
        try await kind.withDatabase(migrations: Self.things) { database in
            let runs = Count()
            await #expect(throws: DatabaseUnavailable.self) {
                try await database.write { connection in
                    _ = runs.next()
                    try Self.grow(1, on: connection)
                    _ = try connection.row("SELECT pg_terminate_backend(pg_backend_pid())")
                    try Self.grow(1, on: connection)
                }
            }
            #expect(runs.value == 1)
            let size = try await Self.size(1, database)
            #expect(size == 0)
            try await database.write { try Self.grow(1, on: $0) }
            #expect(try await Self.size(1, database) == 1)
        }
    }

    @Test(
        "design, rules of storage: however many writes wait for one row, what only reads is served",
        arguments: postgres
    )
    func readsBesideWaitingWrites(on kind: TestDatabase) async throws {
        try await kind.withStore { open in
            let (database, other) = (try await open(Self.things), try await open(Self.things))
            let release = DispatchSemaphore(value: 0)
            let (held, holding) = AsyncStream.makeStream(of: Void.self)
            let (waits, waiting) = AsyncStream.makeStream(of: Void.self)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await other.write { connection in
                        try Self.grow(1, on: connection)
                        holding.yield()
                        release.wait()
                    }
                }
                var holds = held.makeAsyncIterator()
                _ = await holds.next()
                for _ in 0..<8 {
                    group.addTask {
                        try await database.write { connection in
                            // The reads may be slow to come on a busy machine; they are what is tested.
                            try connection.execute("SET LOCAL lock_timeout = '300s'")
                            waiting.yield()
                            try Self.grow(1, on: connection)
                        }
                    }
                }
                // Of four connections two are for reading alone, so no third write begins.
                var begun = waits.makeAsyncIterator()
                for _ in 0..<2 { _ = await begun.next() }
                #expect(try await Self.size(1, database) == 0)
                release.signal()
                try await group.waitForAll()
            }
            #expect(try await Self.size(1, database) == 9)
            try await database.close()
            try await other.close()
        }
    }
}
