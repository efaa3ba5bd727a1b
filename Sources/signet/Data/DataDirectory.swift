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
    /// There from the first step of `signet init` to its last: what the folder holds by then was shown to nobody. Its first line
    /// is the base URL; a second one, `postgres`, says that the database is not in the folder.
    var unfinishedPath: String { path + "/init.unfinished" }

    private func has(_ file: String) -> Bool { FileManager.default.fileExists(atPath: file) }

    /// Whether `signet init` began here and did not come to its end.
    var isUnfinished: Bool { has(unfinishedPath) }
    var hasMasterKey: Bool { has(masterKeyPath) }
    var hasDatabaseFile: Bool { has(databasePath) }

    /// The command that makes the folder, or goes on making it.
    var initCommand: String {
        let url = begun.first.map(ShellWord.quoted) ?? "URL"
        let database = isBegunInPostgres ? " --database POSTGRES-URL" : ""
        return "signet init --data \(ShellWord.quoted(path)) --base-url \(url)\(database)"
    }

    /// Whether an interrupted `signet init` had its database in PostgreSQL.
    var isBegunInPostgres: Bool { begun.dropFirst().contains("postgres") }

    private var begun: [String] {
        FileManager.default.contents(atPath: unfinishedPath)
            .map { String(decoding: $0, as: UTF8.self).split(separator: "\n").map(String.init) } ?? []
    }

    /// Makes the master key, or reads the one that an interrupted `signet init` made.
    func makeMasterKey() throws -> MasterKey {
        if hasMasterKey { return try readMasterKey() }
        var randomness = SystemRandomNumberGenerator()
        let key = MasterKey.generate(using: &randomness)
        try key.withBytes { try PrivateFile.write(Array(Base64URL.encode($0).utf8), to: masterKeyPath) }
        return try MasterKey(key)
    }

    /// Reads the master key of a directory that is ready for use.
    ///
    /// - Throws: ``CommandFailure`` that says what is missing: the directory, the end of its init, or the key alone.
    func masterKey() throws -> MasterKey {
        guard has(path) else {
            throw CommandFailure("there is no data directory \(path); make it with: \(initCommand)")
        }
        guard !isUnfinished else {
            throw CommandFailure("the making of \(path) was interrupted; finish it with: \(initCommand)")
        }
        guard hasMasterKey else { throw missingKey }
        return try readMasterKey()
    }

    /// Requires that nobody else could have put the master key in place or read it.
    ///
    /// - Throws: ``CommandFailure`` that names the folder or file, and the remedy.
    func requireOwn() throws {
        // A key that is mounted from elsewhere is a link: what it leads to counts.
        try OwnFile.require([path, (masterKeyPath as NSString).resolvingSymlinksInPath])
    }

    /// Says that the key is gone; a new one would be of no use.
    var missingKey: CommandFailure {
        hasDatabaseFile
            ? CommandFailure(
                "the master key \(masterKeyPath) is missing, though the database is there: put it back from a backup. Without it no signing key and no consumer secret can be opened, so none is made in its place."
            )
            : CommandFailure(
                "\(path) has no master.key. If it was a data directory, put its key back from a backup; else make one with: \(initCommand)"
            )
    }

    private func readMasterKey() throws -> MasterKey {
        let text = String(decoding: try FileContents.read(masterKeyPath, "the master key"), as: UTF8.self)
        guard let bytes = Base64URL.decode(text.filter { !$0.isWhitespace }), bytes.count == 32 else {
            throw CommandFailure(
                "the master key \(masterKeyPath) is damaged: it must be 32 bytes in base64url. Put it back from a backup; nothing secret can be opened without it."
            )
        }
        return try MasterKey(Secret(bytes))
    }

    /// Refuses what is no address of a database before anything is made.
    static func check(databaseURL url: String?) throws {
        guard let url, !url.hasPrefix("postgres://"), !url.hasPrefix("postgresql://") else { return }
        throw CommandFailure(
            "--database must be a URL that starts with postgres://; leave it out for the embedded SQLite"
        )
    }

    /// Opens the database that is there: the one named, else the SQLite file of this folder.
    func open(_ url: String?) async throws -> any Database {
        guard url != nil || hasDatabaseFile else {
            throw CommandFailure(
                "the database file \(databasePath) is missing. If the data is in PostgreSQL, name it with --database or SIGNET_DATABASE; else put the file back from a backup."
            )
        }
        return try await openOrMake(url)
    }

    /// Opens the database, and makes the SQLite file if it is not there.
    func openOrMake(_ url: String?) async throws -> any Database {
        try Self.check(databaseURL: url)
        guard let url else { return try SQLiteDatabase.open(path: databasePath) }
        return try await PostgresDatabase.open(url: Secret(url), connections: 10, readers: 4)
    }
}
