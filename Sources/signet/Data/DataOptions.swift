import ArgumentParser
import Foundation
import OAuthTypes
import Orgs
import Storage
import Tokens
import WebServer

/// The options by which a command of the operator finds the data.
struct DataOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The data directory (default: that of SIGNET_DATA, else .signet/data).",
            valueName: "dir"
        )
    )
    var data: String?

    @Option(
        help: ArgumentHelp("A PostgreSQL database in place of the embedded SQLite file.", valueName: "postgres-url")
    )
    var database: String?

    /// Where a data directory is that nobody names.
    static let customary = ".signet/data"

    /// The data directory that is meant.
    var path: String { data ?? ProcessInfo.processInfo.environment["SIGNET_DATA"] ?? Self.customary }
    /// Whether the command line names data.
    var isGiven: Bool { data != nil || database != nil }
    /// Whether the environment does.
    var isInEnvironment: Bool {
        let environment = ProcessInfo.processInfo.environment
        return environment["SIGNET_DATA"] != nil || environment["SIGNET_DATABASE"] != nil
    }

    private var databaseURL: String? { database ?? ProcessInfo.processInfo.environment["SIGNET_DATABASE"] }

    /// The options of this command that another one for the same data needs; the database's URL has a password in it, and is
    /// not said again.
    fileprivate var given: String {
        let usual = ProcessInfo.processInfo.environment["SIGNET_DATA"] ?? Self.customary
        return (path == usual ? "" : " --data \(ShellWord.quoted(path))")
            + (database == nil ? "" : " --database POSTGRES-URL")
    }

    /// Tells somebody who is signed in to a server, and did not name data, where the command works; or, where there is no data, that it does
    /// not work there.
    ///
    /// - Throws: ``CommandFailure``.
    private func sayWhere() throws {
        guard !isGiven, let session = SessionStore.own.likely else { return }
        guard isInEnvironment || FileManager.default.fileExists(atPath: path) else {
            throw CommandFailure(
                "this command works on the data of a server, on its machine alone: run it there, with --data DIR. You are signed in as \(session.shown); what works there has the option --issuer"
            )
        }
        Terminal.progress("On the data of \(path), not at \(session.issuer)")
    }

    /// Opens the data, runs a piece of work with it, and closes it again.
    ///
    /// - Parameter isKeyChecked: whether a master key that does not open the keys ends the command.
    func run<Result: Sendable>(
        isKeyChecked: Bool = true,
        _ work: (OpenedServer) async throws -> Result
    ) async throws -> Result {
        try sayWhere()
        let opened = try await OpenedServer.open(DataDirectory(path: path), databaseURL, isKeyChecked: isKeyChecked)
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

/// The options of a command that works on one org.
struct OrgOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The org, by its id, its My Domain host or its name; needed where the server has several.",
            valueName: "org"
        )
    )
    var org: String?

    @OptionGroup var options: DataOptions

    /// Another command for the same org, as it can be pasted.
    func hint(_ command: String) -> String {
        "signet \(command)\(options.given)" + (org.map { " --org \(ShellWord.quoted($0))" } ?? "")
    }

    /// The failure to find an app of this name.
    func noApp(_ name: String) -> CommandFailure {
        CommandFailure("no app is named '\(name)'; see: \(hint("app list"))")
    }

    /// The failure to find a user of this name.
    func noUser(_ username: String) -> CommandFailure {
        CommandFailure("no user has the username '\(username)'; see: \(hint("user list"))")
    }

    /// Opens the data, chooses the org, runs a piece of work with it, and closes the data again.
    func run<Result: Sendable>(_ work: (OpenedOrg) async throws -> Result) async throws -> Result {
        try await options.run { server in try await work(try await server.chosen(org)) }
    }
}

/// The data of a server, opened.
struct OpenedServer: Sendable {
    let directory: DataDirectory
    let database: any Database
    let masterKey: MasterKey
    /// The orgs, the oldest first, which is the one that `signet init` made; at least one.
    let orgs: [OrgState]
    /// The time at which the command was started.
    let now: Timestamp

    /// The issuer of the first org: scheme and port of all are those of this one.
    var issuer: String { orgs.first?.org.issuer ?? "" }

    /// Opens the master key, the database and the orgs of a directory.
    ///
    /// - Throws: ``CommandFailure`` that says what is missing, damaged or of another directory.
    static func open(
        _ directory: DataDirectory,
        _ databaseURL: String?,
        isKeyChecked: Bool = true
    ) async throws -> OpenedServer {
        let masterKey = try directory.masterKey()
        if isKeyChecked { try directory.requireOwn() }
        let database = try await directory.open(databaseURL)
        do {
            let orgs = try await database.read { connection in
                let orgs = try OrgRecords.all(on: connection)
                guard let first = orgs.first else {
                    throw CommandFailure(
                        "the database has no org, so it is not the one that \(directory.path) was made with: name that with --database, or put \(directory.databasePath) back from a backup"
                    )
                }
                if isKeyChecked {
                    try MasterKeyCheck.require(masterKey, in: directory, org: first.org.id, on: connection)
                }
                return orgs
            }
            return OpenedServer(
                directory: directory,
                database: database,
                masterKey: masterKey,
                orgs: orgs,
                now: WallClock.system.now
            )
        } catch {
            try? await database.close()
            throw error
        }
    }

    /// The org that a command is for: the one that is named, or the only one there is.
    ///
    /// - Throws: ``CommandFailure`` that lists the orgs.
    func chosen(_ name: String?) async throws -> OpenedOrg {
        let org = try OrgChoice(orgs: orgs.map(\.org)).org(name)
        guard let state = orgs.first(where: { $0.org.id == org.id }) else { throw CommandFailure("the org is gone") }
        if orgs.count > 1 {
            let (key, directory) = (masterKey, directory)
            try await database.read { try MasterKeyCheck.require(key, in: directory, org: org.id, on: $0) }
        }
        return OpenedOrg(server: self, org: state)
    }
}

/// The data of a server, opened, and the org that a command works on.
struct OpenedOrg: Sendable {
    let server: OpenedServer
    let org: OrgState

    var database: any Database { server.database }
    var masterKey: MasterKey { server.masterKey }
    var now: Timestamp { server.now }
}

/// The choice of one org among those of a server.
struct OrgChoice {
    let orgs: [Org]

    /// - Parameter text: an id of 15 or 18 characters, an issuer, a host with or without its port, or a name; `nil` for the only org.
    /// - Throws: ``CommandFailure`` that lists the orgs.
    func org(_ text: String?) throws -> Org {
        guard let text else {
            guard orgs.count == 1, let only = orgs.first else {
                throw CommandFailure("this server has several orgs; say which is meant with --org: \(list)")
            }
            return only
        }
        let matches = [byID, byHost, byName].lazy.map { $0(text) }.first { !$0.isEmpty } ?? []
        guard let first = matches.first else { throw CommandFailure("no org is '\(text)'; there are: \(list)") }
        guard matches.count == 1 else {
            throw CommandFailure("several orgs are named '\(text)'; say which by its id or host: \(list)")
        }
        return first
    }

    private func byID(_ text: String) -> [Org] { OrgID(text).map { id in orgs.filter { $0.id == id } } ?? [] }

    private func byHost(_ text: String) -> [Org] {
        orgs.filter { org in
            let origin = Authority(origin: org.issuer)
            return text == org.issuer || text == origin.host || origin.aliases.contains(Authority(text))
        }
    }

    private func byName(_ text: String) -> [Org] { orgs.filter { $0.name == text } }

    private var list: String {
        orgs.map { "\($0.name) (\($0.id.short), \(Authority(origin: $0.issuer).host))" }.joined(separator: ", ")
    }
}
