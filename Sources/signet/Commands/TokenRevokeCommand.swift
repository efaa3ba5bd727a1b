import ArgumentParser
import OAuthTypes
import Orgs
import Storage
import WebServer

extension TokenCommand {
    /// `signet token revoke`.
    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "End all that was issued to a user, for an app or in the org: tokens, codes and browser sessions.",
            discussion: """
                What users allowed stays, so that they get new tokens by signing in. External systems that check a JWT by themselves \
                take it until it expires; to cut that off as well, drop the keys with signet keys revoke.
                """
        )

        @Option(help: ArgumentHelp("The user whose tokens end.", valueName: "username"))
        var user: String?
        @Option(help: ArgumentHelp("The app whose tokens end.", valueName: "name"))
        var app: String?
        @Flag(name: .customLong("all"), help: "Say that all tokens of the org are meant.")
        var isAll = false

        @OptionGroup var options: OrgOptions

        func validate() throws {
            guard [user != nil, app != nil, isAll].count(where: { $0 }) == 1 else {
                throw ValidationError("give one of --user, --app and --all")
            }
        }

        func run() async throws {
            try await options.run { data in
                try await data.database.write { connection in
                    try TokenCutOff.revoke(
                        try holder(data, on: connection),
                        by: .commandLine("token revoke"),
                        clock: { WallClock.system.now },
                        on: connection
                    )
                }
            }
            Terminal.print(
                "what was issued \(user.map { "to \($0)" } ?? app.map { "for \($0)" } ?? "in the org") has ended"
            )
        }

        private func holder(_ data: OpenedOrg, on connection: any Connection) throws -> TokenCutOff.Holder {
            let org = data.org.org
            if let user {
                guard let account = try Users.account(username: user, org: org.id, on: connection) else {
                    throw options.noUser(user)
                }
                return .user(account.user)
            }
            guard let app else { return .org(org) }
            guard let found = try AppRecords.find(developerName: app, org: org.id, on: connection) else {
                throw options.noApp(app)
            }
            return .app(found)
        }
    }
}
