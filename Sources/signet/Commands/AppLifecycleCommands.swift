import ArgumentParser
import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import WebServer

/// The commands that do something to an app as a whole.
extension AppCommand {
    /// `signet app delete NAME`.
    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete an app; every token, grant and consent of it ends.",
            discussion:
                "An external client app that was a connected app becomes that connected app again, with its old settings and its consumer key."
        )

        @Argument(help: "The developer name of the app.")
        var name: String
        @OptionGroup var options: OrgOptions

        func run() async throws {
            let name = name
            let deletion = try await AppChange.run(name, "app delete", options) { lifecycle, app, connection in
                try lifecycle.delete(app, on: connection)
            }
            switch deletion {
            case .deleted: Terminal.print("\(name) deleted")
            case .connectedAppReactivated: Terminal.print("\(name) deleted; the connected app \(name) is usable again")
            }
        }
    }

    /// `signet app block NAME`.
    struct Block: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Block a connected app: its sessions end and new ones are refused."
        )

        @Argument(help: "The developer name of the app.")
        var name: String
        @OptionGroup var options: OrgOptions

        func run() async throws {
            let name = name
            try await AppChange.run(name, "app block", options) { try $0.block($1, on: $2) }
            Terminal.print("\(name) blocked")
        }
    }

    /// `signet app unblock NAME`.
    struct Unblock: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lift the block of a connected app; its users sign in again."
        )

        @Argument(help: "The developer name of the app.")
        var name: String
        @OptionGroup var options: OrgOptions

        func run() async throws {
            let name = name
            try await AppChange.run(name, "app unblock", options) { try $0.unblock($1, on: $2) }
            Terminal.print("\(name) unblocked")
        }
    }

    /// `signet app install NAME`.
    struct Install: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Install a connected app in the org, for all whom its policies permit."
        )

        @Argument(help: "The developer name of the app.")
        var name: String
        @OptionGroup var options: OrgOptions

        func run() async throws {
            let name = name
            try await AppChange.run(name, "app install", options) { try $0.setInstalled(true, $1, on: $2) }
            Terminal.print("\(name) installed")
        }
    }

    /// `signet app uninstall NAME`.
    struct Uninstall: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Uninstall a connected app: only those use it who did before, or who may approve uninstalled apps."
        )

        @Argument(help: "The developer name of the app.")
        var name: String
        @OptionGroup var options: OrgOptions

        func run() async throws {
            let name = name
            try await AppChange.run(name, "app uninstall", options) { try $0.setInstalled(false, $1, on: $2) }
            Terminal.print("\(name) uninstalled")
        }
    }

    /// `signet app set NAME`.
    struct ChangeSettings: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set",
            abstract: "Change what an app has that its metadata has no element for.",
            discussion: """
                With standard answers on, introspection gives this app "token_type": "Bearer" in place of the original's "access_token", and \
                userinfo gives its tokens "updated_at" as a number (RFC 7662, OpenID Connect Core) in place of the original's text.
                """
        )

        @Argument(help: "The developer name of the app.")
        var name: String
        @Option(
            help: "Whether the app gets the standards' forms where the original's are known to break standard clients."
        )
        var standardAnswers: Switch
        @OptionGroup var options: OrgOptions

        func run() async throws {
            let (name, isOn) = (name, standardAnswers.isOn)
            try await AppChange.run(name, "app set", options) { try $0.setStandardAnswers(isOn, $1, on: $2) }
            Terminal.print("\(name): standard answers are \(standardAnswers.rawValue)")
        }
    }

    /// `signet app migrate NAME`.
    struct Migrate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Migrate a connected app to an external client app, which keeps its consumer key and secret.",
            discussion:
                "No client notices: tokens, refresh tokens and consents go on. The connected app is read-only from then on, and usable again when the external client app is deleted."
        )

        @Argument(help: "The developer name of the app.")
        var name: String
        @OptionGroup var options: OrgOptions

        func run() async throws {
            let name = name
            do {
                try await AppChange.run(name, "app migrate", options) { try $0.migrate($1, on: $2) }
            } catch let errors as MetadataErrors {
                throw CommandFailure("nothing was changed:\n" + errors.description)
            }
            Terminal.print("\(name) is an external client app now; the connected app is read-only")
        }
    }
}

/// One change of one app by the operator.
private enum AppChange {
    @discardableResult
    static func run<Result: Sendable>(
        _ name: String,
        _ command: String,
        _ options: OrgOptions,
        _ change: @escaping @Sendable (AppLifecycle, AppRecords.Stored, any Connection) throws -> Result
    ) async throws -> Result {
        try await options.run { data in
            let lifecycle = AppLifecycle(org: data.org.org, actor: .commandLine(command)) { WallClock.system.now }
            do {
                return try await data.database.write { connection in
                    // What is read of the app here must be what is written over.
                    try AuditTrail.serialize(lifecycle.org.id, on: connection)
                    guard
                        let app = try AppRecords.find(developerName: name, org: lifecycle.org.id, on: connection)
                    else { throw options.noApp(name) }
                    return try change(lifecycle, app, connection)
                }
            } catch let refusal as AppLifecycle.Refusal {
                throw CommandFailure(refusal.description)
            }
        }
    }
}
