import ArgumentParser
import Foundation
import OAuthTypes
import Orgs
import Storage
import WebServer

/// `signet init`.
struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make a data directory with an org, an admin, an integration user and a sample app.",
        discussion: "When it was interrupted, run it again: it goes on where it stopped."
    )

    @Option(help: ArgumentHelp("The data directory to make.", valueName: "dir"))
    var data: String

    @Option(
        name: .customLong("base-url"),
        help: ArgumentHelp(
            "The issuer: the address at which clients reach the server. It cannot be changed later.",
            valueName: "url"
        )
    )
    var baseURL: String

    @Option(
        help: ArgumentHelp("A PostgreSQL database in place of the embedded SQLite file.", valueName: "postgres-url")
    )
    var database: String?

    @OptionGroup var format: OutputOptions

    func validate() throws {
        guard WebOrigin(baseURL) != nil else {
            throw ValidationError(
                "--base-url must be an origin: https://host or https://host:port, or http://localhost:port for this machine alone; no path, no slash at its end."
            )
        }
    }

    func run() async throws {
        let databaseURL = database ?? ProcessInfo.processInfo.environment["SIGNET_DATABASE"]
        try DataDirectory.check(databaseURL: databaseURL)
        let directory = DataDirectory(path: data)
        let isResumed = directory.isUnfinished
        let lock = try InitLock(directory, baseURL: baseURL, isInPostgres: databaseURL != nil)
        Terminal.progress(
            isResumed ? "Going on with the data directory \(data) …" : "Making the data directory \(data) …"
        )
        let masterKey = try directory.makeMasterKey()
        let opened = try await directory.openOrMake(databaseURL)
        Terminal.progress("Making the org, its users, the sample app and the signing keys …")
        let founding: Founding
        do {
            founding = try await Founding.found(
                baseURL: baseURL,
                database: opened,
                masterKey: masterKey,
                now: WallClock.system.now
            )
        } catch let refusal as Founding.ForeignOrg {
            // The transaction kept nothing, so the key that was made for it is of no use; one that was there stays.
            if !isResumed { lock.abandon() }
            throw CommandFailure(refusal.description)
        }
        try await opened.close()
        let isShown =
            switch format.output {
            case .json: Terminal.print(json(founding))
            case .text: Terminal.print(text(founding))
            }
        // Until somebody has the password and the secret, the directory is not made.
        guard isShown else {
            throw CommandFailure("the answer cannot be written to standard output; run the command again")
        }
        lock.finish()
    }

    private func json(_ founding: Founding) -> [UInt8] {
        JSONWriter.object { json in
            json.member("issuer", founding.org.issuer)
            json.member("orgId", founding.org.id.rawValue)
            json.member("adminUsername", Founding.adminUsername)
            json.member("adminPassword", founding.adminPassword.revealed)
            json.member("integrationUsername", Founding.integrationUsername)
            json.object("app") { app in
                app.member("name", SampleApp.name)
                app.member("consumerKey", founding.consumerKey)
                app.member("consumerSecret", founding.consumerSecret.revealed)
                app.array("callbackUrls", of: SampleApp.callbackURLs)
            }
        }
    }

    private func text(_ founding: Founding) -> String {
        """
        Issuer:            \(founding.org.issuer)
        Org:               \(founding.org.id.rawValue)
        Admin:             \(Founding.adminUsername)
        Admin's password:  \(founding.adminPassword.revealed)
        Integration user:  \(Founding.integrationUsername)
        Sample app
          consumer key:    \(founding.consumerKey)
          consumer secret: \(founding.consumerSecret.revealed)
          callback URLs:   \(SampleApp.callbackURLs.joined(separator: ", "))

        The password and the consumer secret are shown this once; new ones can be had with signet user set-password and
        signet app rotate --secret. Start the server with:
          \(serveCommand)
        """
    }

    /// The command that listens where the base URL says.
    private var serveCommand: String {
        // The URL has a password in it, which is not said again.
        let databaseOption = database == nil ? "" : " --database POSTGRES-URL"
        let command = "signet serve --data \(ShellWord.quoted(data))\(databaseOption)"
        guard let origin = WebOrigin(baseURL) else { return command }
        let port = " --port \(origin.portOrDefault)"
        // An org of this machine is nobody else's to reach.
        let host = WebOrigin.isLoopback(origin.host) ? "" : " --host 0.0.0.0"
        return origin.isHTTPS
            ? command
                + "\(host)\(port) --tls-cert FILE --tls-key FILE\n(or behind a proxy that has the TLS: see signet serve --help)"
            : command + port
    }
}
