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
    func run<Result: Sendable>(_ work: (OpenedData) async throws -> Result) async throws -> Result {
        let directory = DataDirectory(path: data)
        let masterKey = try directory.masterKey()
        let database = try await directory.open(databaseURL)
        do {
            guard let org = try await database.read({ try OrgRecords.all(on: $0).first }) else {
                throw CommandFailure("the database has no org; make one with: signet init")
            }
            let result = try await work(
                OpenedData(
                    directory: directory,
                    database: database,
                    masterKey: masterKey,
                    org: org,
                    now: WallClock.system.now
                )
            )
            try await database.close()
            return result
        } catch {
            try? await database.close()
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
}
