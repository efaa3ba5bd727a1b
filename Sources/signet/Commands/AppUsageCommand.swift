import ArgumentParser
import NIOHTTP1
import OAuthTypes

extension AppCommand {
    /// `signet app usage [NAME]`.
    struct Usage: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Say who has refresh tokens of which external client app at the server that you are signed in to, and end them."
        )

        @Argument(help: "The developer name of an app; without it all apps are listed.")
        var name: String?
        @Option(help: "Only this user, by the username.")
        var username: String?
        @Flag(help: "End the tokens of the app, or those of --username alone.")
        var revoke = false
        @OptionGroup var options: ServerOptions
        @OptionGroup var format: OutputOptions

        private static let base = "/apps/oauth/usage"

        func validate() throws {
            guard name != nil || username == nil && !revoke else {
                throw ValidationError("--username and --revoke go with the name of an app")
            }
        }

        func run() async throws {
            let server = try revoke ? options.serverForChange() : options.server()
            let apps = try await server.pages(Self.base, of: "apps")
            guard let name else {
                let counted = try await counted(apps.compactMap(\.object), server)
                return format.output.show(counted.map { JSONValue.object($0) }) { app in
                    let last = app["lastUsedAt"]?.string.map { "last \($0)" } ?? "no use yet"
                    return [
                        app.text("developerName"), app.text("accessTokenFormat"), "\(app.number("userCount")) users",
                        "\(app.number("tokenCount")) tokens", "refreshed \(app.number("useCount")) times", last,
                    ].joined(separator: "\t")
                }
            }
            let app = apps.compactMap(\.object).first { $0.text("developerName").lowercased() == name.lowercased() }
            guard let app else {
                throw CommandFailure("no app with a consumer is named '\(name)'; see: signet app usage")
            }
            let path = "\(Self.base)/\(app.text("identifier"))"
            let users = try await self.users(of: path, server)
            guard revoke else {
                return format.output.show(users) { user in
                    "\(user.text("username"))\t\(user.number("tokenCount")) tokens\trefreshed \(user.number("useCount")) times\tfirst \(user.text("initialConnectionAt"))\tlast \(user.text("lastUsedAt"))"
                }
            }
            let user = username.map { _ in "/\(users.first?.object?.text("userIdentifier") ?? "")" } ?? ""
            _ = try await server.send(.DELETE, "\(path)\(user)/tokens")
            Terminal.print(
                "the tokens of \(app.text("developerName"))\(username.map { " and \($0)" } ?? "") have ended"
            )
        }

        /// The apps with the sums of what their users have, which the resource of apps does not say.
        private func counted(_ apps: [JSONObject], _ server: SignedInServer) async throws -> [JSONObject] {
            var all: [JSONObject] = []
            for app in apps {
                let users = try await server.pages("\(Self.base)/\(app.text("identifier"))/users", of: "users")
                    .compactMap(\.object)
                // The times are all in one form, in which the later one is the greater text.
                let last = users.map { $0.text("lastUsedAt") }.max()
                all.append(
                    try JSONText.adding(to: app) { json in
                        json.member("userCount", users.count)
                        json.member("tokenCount", users.reduce(0) { $0 + $1.number("tokenCount") })
                        json.member("useCount", users.reduce(0) { $0 + $1.number("useCount") })
                        json.member("lastUsedAt", ifPresent: last)
                    }
                )
            }
            return all
        }

        private func users(of path: String, _ server: SignedInServer) async throws -> [JSONValue] {
            let users = try await server.pages("\(path)/users", of: "users")
            guard let username else { return users }
            let chosen = users.filter { $0.object?.text("username").lowercased() == username.lowercased() }
            guard !chosen.isEmpty else {
                throw CommandFailure(
                    "'\(username)' has no refresh token of this app; see: signet app usage \(name ?? "")"
                )
            }
            return chosen
        }
    }
}
