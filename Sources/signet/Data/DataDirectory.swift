import Foundation
import OAuthTypes
import Storage
import StoragePostgres
import StorageSQLite
import Tokens

/// The folder of one server: its master key, and its SQLite file unless the data is in PostgreSQL.
struct DataDirectory: Sendable {
    let path: String

    var databasePath: String { path + "/signet.db" }
    var masterKeyPath: String { path + "/master.key" }

    var exists: Bool { FileManager.default.fileExists(atPath: masterKeyPath) }

    /// Makes the folder and its master key, each for its owner alone.
    func make() throws -> MasterKey {
        let manager = FileManager.default
        guard !exists else {
            throw CommandFailure(
                "\(path) is a data directory already; name a new one, or start it with: signet serve --data \(path)"
            )
        }
        try manager.createDirectory(
            atPath: path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        var randomness = SystemRandomNumberGenerator()
        let key = MasterKey.generate(using: &randomness)
        let isMade = key.withBytes {
            manager.createFile(
                atPath: masterKeyPath,
                contents: Data(Base64URL.encode($0).utf8),
                attributes: [.posixPermissions: 0o600]
            )
        }
        guard isMade else {
            throw CommandFailure("\(masterKeyPath) cannot be written; check the folder and its permissions")
        }
        return try MasterKey(key)
    }

    /// Reads the master key.
    func masterKey() throws -> MasterKey {
        guard let data = FileManager.default.contents(atPath: masterKeyPath) else {
            throw CommandFailure(
                "\(path) is no data directory; make one with: signet init --data \(path) --base-url URL"
            )
        }
        let text = String(decoding: data, as: UTF8.self).filter { !$0.isWhitespace }
        guard let bytes = Base64URL.decode(text) else {
            throw CommandFailure(
                "\(masterKeyPath) is damaged; restore it from a backup, nothing can be opened without it"
            )
        }
        return try MasterKey(Secret(bytes))
    }

    /// Opens the database: the one named, else the SQLite file of this folder.
    func open(_ url: String?) async throws -> any Database {
        guard let url else { return try SQLiteDatabase.open(path: databasePath) }
        guard url.hasPrefix("postgres://") || url.hasPrefix("postgresql://") else {
            throw CommandFailure(
                "--database must be a URL that starts with postgres://; leave it out for the embedded SQLite"
            )
        }
        return try await PostgresDatabase.open(url: Secret(url), connections: 8)
    }
}
