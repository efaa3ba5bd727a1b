import ArgumentParser
import Foundation
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import WebServer

/// `signet init`.
struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make a data directory with an org, an admin, an integration user and a sample app."
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
        guard Self.isOrigin(baseURL) else {
            throw ValidationError(
                "--base-url must be an origin: https://host or https://host:port, or http://localhost:port for this machine alone; no path, no slash at its end."
            )
        }
    }

    func run() async throws {
        let directory = DataDirectory(path: data)
        Terminal.progress("Making the data directory \(data) …")
        let masterKey = try directory.make()
        let opened = try await directory.open(database ?? ProcessInfo.processInfo.environment["SIGNET_DATABASE"])
        Terminal.progress("Making the org, its users, the sample app and the signing keys …")
        let founding: Founding
        do {
            founding = try await Founding.found(
                baseURL: baseURL,
                database: opened,
                masterKey: masterKey,
                now: WallClock.system.now
            )
        } catch {
            try? FileManager.default.removeItem(atPath: directory.masterKeyPath)
            throw error
        }
        try await opened.close()
        switch format.output {
        case .json: Terminal.print(json(founding))
        case .text: Terminal.print(text(founding))
        }
    }

    private func json(_ founding: Founding) -> [UInt8] {
        JSONWriter.object { json in
            json.member("issuer", founding.org.issuer)
            json.member("orgId", founding.org.id.rawValue)
            json.member("adminUsername", founding.admin.username)
            json.member("adminPassword", founding.adminPassword.revealed)
            json.member("integrationUsername", founding.integration.username)
            json.object("app") { app in
                app.member("name", founding.app.developerName)
                app.member("consumerKey", founding.app.consumerKey ?? "")
                app.member("consumerSecret", founding.app.newSecret?.revealed ?? "")
                app.array("callbackUrls", of: founding.callbackURLs)
            }
        }
    }

    private func text(_ founding: Founding) -> String {
        """
        Issuer:            \(founding.org.issuer)
        Org:               \(founding.org.id.rawValue)
        Admin:             \(founding.admin.username)
        Admin's password:  \(founding.adminPassword.revealed)
        Integration user:  \(founding.integration.username)
        Sample app
          consumer key:    \(founding.app.consumerKey ?? "")
          consumer secret: \(founding.app.newSecret?.revealed ?? "")
          callback URLs:   \(founding.callbackURLs.joined(separator: ", "))

        The password and the consumer secret are shown this once. Start the server with:
          signet serve --data \(data)
        """
    }

    /// Whether a text is an origin that may be an issuer: https, or http on a loopback name.
    static func isOrigin(_ text: String) -> Bool {
        guard let url = URLComponents(string: text), let host = url.host, !host.isEmpty, url.path.isEmpty,
            url.query == nil,
            url.fragment == nil, url.user == nil, text == text.lowercased(), !text.hasSuffix(":")
        else { return false }
        return url.scheme == "https" || (url.scheme == "http" && ["localhost", "127.0.0.1", "[::1]"].contains(host))
    }
}
