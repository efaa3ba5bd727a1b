import ArgumentParser
import ClientApps
import Foundation
import MetadataAPI
import OAuthTypes
import Orgs
import Storage

/// `signet app`.
struct AppCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "app",
        abstract: "Deploy, list, show and change external client apps and connected apps.",
        subcommands: [
            New.self, Apply.self, List.self, Show.self, AppRotateCommand.self, Delete.self, Block.self, Unblock.self,
            Install.self, Explain.self, Simulate.self,
            Uninstall.self, Migrate.self, Deploy.self, Retrieve.self, Usage.self, ChangeSettings.self,
        ]
    )

    /// `signet app apply FOLDER`.
    struct Apply: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create or update the apps of a metadata folder: all of them, or none.",
            discussion: """
                The folder has externalClientApps/, extlClntAppGlobalOauthSets/, extlClntAppOauthSettings/ and, where wanted, \
                extlClntAppOauthPolicies/ and extlClntAppPolicies/, or connectedApps/, with or without -meta.xml at the end of the \
                file names.
                """
        )

        @Argument(help: "The folder.")
        var folder: String

        @Flag(
            help:
                "Do what cuts off clients at once: rotate keys and secrets as shouldRotateConsumerKey and …Secret ask."
        )
        var ignoreWarnings = false

        @OptionGroup var options: OrgOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            let files = try MetadataFolder.read(folder)
            let changes = try await options.run { data in
                let deployment = AppDeployment(
                    masterKey: data.masterKey,
                    ignoreWarnings: ignoreWarnings,
                    actor: .commandLine("app apply")
                )
                do {
                    return try await data.database.write { connection in
                        try deployment.deploy(files, org: data.org.org, now: data.now, on: connection)
                    }
                } catch let errors as MetadataErrors {
                    throw CommandFailure("nothing was applied:\n" + errors.description)
                }
            }
            switch format.output {
            case .json: Terminal.print(json(changes))
            case .text: for change in changes { Terminal.print(text(change)) }
            }
        }

        private func json(_ changes: [AppDeployment.Change]) -> [UInt8] {
            var json = JSONWriter()
            json.array { array in
                for change in changes {
                    array.object { app in
                        app.member("name", change.developerName)
                        app.member("id", change.id.rawValue)
                        app.member("kind", change.appKind.rawValue)
                        app.member("change", change.kind.rawValue)
                        app.member("consumerKey", ifPresent: change.consumerKey)
                        app.member("consumerSecret", ifPresent: change.newSecret?.revealed)
                        app.array("warnings", of: change.warnings.map { "\($0.element): \($0.problem)" })
                    }
                }
            }
            return json.bytes
        }

        private func text(_ change: AppDeployment.Change) -> String {
            var lines = ["\(change.developerName) \(change.kind.rawValue)"]
            if let key = change.consumerKey { lines.append("  consumer key:    \(key)") }
            if let secret = change.newSecret {
                lines.append("  consumer secret: \(secret.revealed)   (shown this once)")
            }
            lines += change.warnings.map { "  warning: \($0.element): \($0.problem)" }
            return lines.joined(separator: "\n")
        }
    }

    /// `signet app list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the apps of the org.")

        @OptionGroup var place: PlaceOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            let apps: [JSONValue] =
                switch try place.chosen() {
                case .data(let options):
                    try await options.run { data in
                        try await data.database.read { connection in
                            let apps = try AppRecords.all(org: data.org.org.id, on: connection)
                            return try AppFacts.all(apps, org: data.org.org, on: connection).map { facts in
                                JSONWriter.object { facts.write(&$0) }
                            }
                        }
                    }.map { JSONValue.object(try JSONText.object($0)) }
                case .server(let server): try await server.pages("/signet/apps", of: "apps")
                }
            format.output.show(apps) { AppText.line($0) }
        }
    }

    /// `signet app show NAME`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one app as the server reads it.")

        @Argument(help: "The developer name of the app.")
        var name: String
        @Flag(
            help:
                "Show the consumer secret, too, at a server that you are signed in to; the audit trail says that you saw it."
        )
        var secret = false

        @OptionGroup var place: PlaceOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            let facts =
                switch try place.chosen() {
                case .data(let options): try await stored(options)
                case .server(let server) where secret:
                    try await ServerRotation(server: server, name: name).appWithSecret()
                case .server(let server): try await server.app(name)
                }
            format.output.show(facts) { AppText.of($0) }
        }

        /// - Throws: ``CommandFailure`` where the secret is asked for: the operator makes a new secret, and reads none.
        private func stored(_ options: OrgOptions) async throws -> JSONObject {
            let facts = try await AppLookUp.facts(of: name, options) { stored, connection in
                let facts = try AppFacts(stored, on: connection)
                return JSONWriter.object { facts.write(&$0) }
            }
            guard secret else { return facts }
            try ConsumerSecret.require(of: facts)
            throw CommandFailure(
                "--secret is for a server that you signed in to; on its machine a new one is made with: \(options.hint("app rotate \(facts.text("name")) --secret"))"
            )
        }
    }
}

/// Whether an app has a consumer secret to show.
enum ConsumerSecret {
    /// - Throws: ``CommandFailure`` for an app that has none, with the reason.
    static func require(of app: JSONObject) throws {
        let name = app.text("name")
        guard let key = app["consumerKey"]?.string else {
            throw CommandFailure(
                "'\(name)' has no consumer secret, since it has no OAuth settings; once they are deployed it has a consumer key and a secret"
            )
        }
        guard key != CommandLineApp.consumerKey else {
            throw CommandFailure("'\(name)' has no consumer secret: it is part of Signet and a public client")
        }
    }

    /// Says that the secret of an app that came from a package is shown elsewhere.
    static func elsewhere(_ name: String) -> CommandFailure {
        CommandFailure(
            "'\(name)' has its consumer key and secret in the org that made its package, or was deleted meanwhile; the secret is shown there"
        )
    }
}

/// Reads one app of a data directory.
enum AppLookUp {
    /// - Throws: ``CommandFailure`` when there is no app of the name.
    static func facts(
        of name: String,
        _ options: OrgOptions,
        _ write: @escaping @Sendable (AppRecords.Stored, any Connection) throws -> [UInt8]
    ) async throws -> JSONObject {
        let bytes = try await options.run { data in
            try await data.database.read { connection in
                try AppRecords.find(developerName: name, org: data.org.org.id, on: connection)
                    .map { try write($0, connection) }
            }
        }
        guard let bytes else { throw options.noApp(name) }
        return try JSONText.object(bytes)
    }

    /// Says that a server has no such app.
    static func missing(_ name: String) -> CommandFailure {
        CommandFailure("no app is named '\(name)'; see: signet app list")
    }
}
