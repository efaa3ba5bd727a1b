// Temporary files and the environment are Foundation's.
import Foundation
import OAuthTypes
public import Storage
import StoragePostgres
import StorageSQLite

/// The databases that a test can run on.
public enum TestDatabase: String, CaseIterable, Sendable {
    case sqlite
    case postgres

    /// The server that `scripts/with-postgres` started, if it did.
    private static var server: String? { ProcessInfo.processInfo.environment["SIGNET_TEST_POSTGRES"] }

    /// SQLite always, PostgreSQL where a server is named in `SIGNET_TEST_POSTGRES`.
    public static var available: [TestDatabase] {
        server == nil ? [.sqlite] : allCases
    }

    /// Says that a test asks for a database that is not there.
    public struct Unavailable: Error {}

    /// Lends a fresh database with its schema to a closure and removes it afterwards.
    public func withDatabase(
        migrations: [Migration] = Schema.migrations,
        _ body: (any Database) async throws -> Void
    ) async throws {
        switch self {
        case .sqlite:
            try await Self.withSQLite { path in
                try await Self.lend(SQLiteDatabase.open(path: path, migrations: migrations), to: body)
            }
        case .postgres:
            try await Self.withPostgres { url in
                try await Self.lend(PostgresDatabase.open(url: url, connections: 4, migrations: migrations), to: body)
            }
        }
    }

    /// Lends what opens a fresh and empty database, as often as it is called: a restart of the server.
    public func withStore(_ body: (_ open: @Sendable ([Migration]) async throws -> any Database) async throws -> Void)
        async throws
    {
        switch self {
        case .sqlite:
            try await Self.withSQLite { path in
                try await body { try SQLiteDatabase.open(path: path, migrations: $0) }
            }
        case .postgres:
            try await Self.withPostgres { url in
                try await body { try await PostgresDatabase.open(url: url, connections: 4, migrations: $0) }
            }
        }
    }

    private static func lend(_ database: any Database, to body: (any Database) async throws -> Void) async throws {
        do {
            try await body(database)
        } catch {
            try await database.close()
            throw error
        }
        try await database.close()
    }

    private static func withSQLite(_ body: (_ path: String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("signet-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.appendingPathComponent("signet.db").path)
    }

    private static func withPostgres(_ body: (_ url: Secret) async throws -> Void) async throws {
        guard let server, var parts = URLComponents(string: server) else { throw Unavailable() }
        let name = "signet_test_" + UUID().uuidString.replacingOccurrences(of: "-", with: "").lowercased()
        parts.path = "/" + name
        guard let url = parts.string else { throw Unavailable() }
        try await ServerSession.run("CREATE DATABASE \(name)", at: Secret(server))
        do {
            try await body(Secret(url))
        } catch {
            try await ServerSession.run("DROP DATABASE \(name) WITH (FORCE)", at: Secret(server))
            throw error
        }
        try await ServerSession.run("DROP DATABASE \(name) WITH (FORCE)", at: Secret(server))
    }
}
