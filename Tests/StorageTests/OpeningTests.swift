import Foundation
import OAuthTypes
import Storage
import StoragePostgres
import StorageSQLite
import TestSupport
import Testing

/// What opening, closing and copying a database promise.
@Suite struct OpeningTests {
    private static let first = Migration("first", ["CREATE TABLE things (id BIGINT PRIMARY KEY NOT NULL)"])
    private static let second = Migration("second", ["ALTER TABLE things ADD COLUMN name TEXT"])

    @Test(
        "design, rules of storage: What a write answered is there after a restart, and each migration runs once",
        arguments: TestDatabase.available
    )
    func reopening(on kind: TestDatabase) async throws {
        try await kind.withStore { open in
            let before = try await open([Self.first])
            try await before.write { _ = try $0.execute("INSERT INTO things (id) VALUES (7)") }
            try await before.close()
            let after = try await open([Self.first, Self.second])
            let id = try await after.read { connection in
                var row = try connection.row("SELECT id, name FROM things")
                return try row?.int()
            }
            try await after.close()
            #expect(id == 7)
        }
    }

    @Test(
        "design, rules of storage: A database that a newer release wrote is refused",
        arguments: TestDatabase.available
    )
    func newerSchema(on kind: TestDatabase) async throws {
        try await kind.withStore { open in
            try await open([Self.first, Self.second]).close()
            await #expect(throws: Migrator.NewerSchema.self) { try await open([Self.first]) }
        }
    }

    @Test("design, rules of storage: A migration that fails leaves nothing behind", arguments: TestDatabase.available)
    func brokenMigration(on kind: TestDatabase) async throws {
        let broken = Migration("second", ["CREATE TABLE more (id BIGINT)", "CREATE TABLE things (id BIGINT)"])
        try await kind.withStore { open in
            await #expect(throws: (any Error).self) { try await open([Self.first, broken]) }
            let database = try await open([Self.first, Self.second])
            try await database.write { _ = try $0.execute("INSERT INTO things (id, name) VALUES (1, 'one')") }
            try await database.close()
        }
    }

    @Test(
        "design, rules of storage: Two nodes that start together migrate once",
        arguments: TestDatabase.available.filter { $0 == .postgres }
    )
    func startingTogether(on kind: TestDatabase) async throws {
        try await kind.withStore { open in
            async let one = open(Schema.migrations)
            async let other = open(Schema.migrations)
            let nodes = try await [one, other]
            for node in nodes { try await node.close() }
        }
    }

    @Test(
        "design, rules of storage: A backup taken while writing goes on is sound and holds what was committed before it"
    )
    func backup() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("signet-test-\(UUID().uuidString)")
            .path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let database = try SQLiteDatabase.open(path: folder + "/signet.db", migrations: [Self.first])
        try await database.write { _ = try $0.execute("INSERT INTO things (id) VALUES (0)") }
        async let writing: Void = Self.insert(1...100, into: database)
        try await database.backup(to: folder + "/copy.db")
        try await writing
        try await database.close()
        let copy = try SQLiteDatabase.open(path: folder + "/copy.db", migrations: [Self.first])
        let hasFirst = try await copy.read { try $0.row("SELECT id FROM things WHERE id = 0") != nil }
        let problems = try await copy.integrityProblems()
        try await copy.close()
        #expect(hasFirst)
        #expect(problems.isEmpty)
    }

    private static func insert(_ ids: ClosedRange<Int>, into database: SQLiteDatabase) async throws {
        for id in ids {
            try await database.write { _ = try $0.execute("INSERT INTO things (id) VALUES (\(id))") }
        }
    }

    @Test("design, rules of storage: A server that cannot be reached is told without the password of its URL")
    func unreachable() async throws {
        let urls = ["postgres://robot:hunter2@127.0.0.1:1/signet", "postgres://robot:hunter2:5@127.0.0.1/x?hunter2=1"]
        for url in urls {
            let failure = await #expect(throws: DatabaseUnavailable.self) {
                _ = try await PostgresDatabase.open(url: Secret(url), connections: 1)
            }
            #expect(failure?.description.contains("hunter2") == false)
            #expect(failure?.description.hasPrefix("PostgreSQL cannot be reached") == true)
        }
    }
}
