import ArgumentParser
import Foundation
import OAuthTypes
import Orgs
import Storage
import Tokens
import WebServer

/// The options by which a command of the operator finds the data.
struct DataOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The data directory.", valueName: "dir"))
    var data: String = ProcessInfo.processInfo.environment["SIGNET_DATA"] ?? ".signet/data"

    @Option(
        help: ArgumentHelp("A PostgreSQL database in place of the embedded SQLite file.", valueName: "postgres-url")
    )
    var database: String?

    private var databaseURL: String? { database ?? ProcessInfo.processInfo.environment["SIGNET_DATABASE"] }

    /// Opens the data, runs a piece of work with it, and closes it again.
    ///
    /// - Parameter isKeyChecked: whether a master key that does not open the org's keys ends the command.
    func run<Result: Sendable>(
        isKeyChecked: Bool = true,
        _ work: (OpenedData) async throws -> Result
    ) async throws -> Result {
        let opened = try await OpenedData.open(DataDirectory(path: data), databaseURL, isKeyChecked: isKeyChecked)
        do {
            let result = try await work(opened)
            try await opened.database.close()
            return result
        } catch {
            try? await opened.database.close()
            throw error
        }
    }
}

/// The data of a server, opened.
struct OpenedData: Sendable {
    let directory: DataDirectory
    let database: any Database
    let masterKey: MasterKey
    let org: OrgState
    /// The time at which the command was started.
    let now: Timestamp

    /// Opens the master key, the database and the org of a directory.
    ///
    /// - Throws: ``CommandFailure`` that says what is missing, damaged or of another directory.
    static func open(
        _ directory: DataDirectory,
        _ databaseURL: String?,
        isKeyChecked: Bool = true
    ) async throws -> OpenedData {
        let masterKey = try directory.masterKey()
        if isKeyChecked { try directory.requireOwn() }
        let database = try await directory.open(databaseURL)
        do {
            let org = try await database.read { connection in
                guard let org = try OrgRecords.all(on: connection).first else {
                    throw CommandFailure(
                        "the database has no org, so it is not the one that \(directory.path) was made with: name that with --database, or put \(directory.databasePath) back from a backup"
                    )
                }
                if isKeyChecked {
                    try MasterKeyCheck.require(masterKey, in: directory, org: org.org.id, on: connection)
                }
                return org
            }
            return OpenedData(
                directory: directory,
                database: database,
                masterKey: masterKey,
                org: org,
                now: WallClock.system.now
            )
        } catch {
            try? await database.close()
            throw error
        }
    }
}
