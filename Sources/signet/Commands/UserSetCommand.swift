import ArgumentParser
import AuthorizationServer
import OAuthTypes
import Orgs
import Storage
import WebServer

extension UserCommand {
    /// `signet user set`.
    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change what a user may do; what is not named stays.",
            discussion: """
                A running server sees the change within a second. Users are not deleted, since the audit trail names them: --active off ends \
                every session and token of the user for good, and lets nobody sign in as them.
                """
        )

        @Option(help: "The username.")
        var username: String
        @Option(help: "Another profile, by its name.")
        var profile: String?
        @Option(
            name: .customLong("add-permission-set"),
            help: "A permission set that the user is to have, by its API name; may be repeated."
        )
        var added: [String] = []
        @Option(
            name: .customLong("remove-permission-set"),
            help: "A permission set that the user is to have no more; may be repeated."
        )
        var removed: [String] = []
        @Option(help: "Whether anybody may sign in as, or act for, the user: on or off.")
        var active: Switch?

        @OptionGroup var place: PlaceOptions
        @OptionGroup var format: OutputOptions

        private var change: UserChange {
            UserChange(
                profile: profile,
                addedPermissionSets: added,
                removedPermissionSets: removed,
                isActive: active?.isOn
            )
        }

        func validate() throws {
            guard !change.isEmpty else {
                throw ValidationError(
                    "name what to change: --profile NAME, --add-permission-set NAME, --remove-permission-set NAME or --active on|off"
                )
            }
            guard Swift.Set(added).isDisjoint(with: removed) else {
                throw ValidationError("--add-permission-set and --remove-permission-set name the same one")
            }
        }

        func run() async throws {
            let user =
                switch try place.chosenForChange() {
                case .data(let options): try await changed(options)
                case .server(let server): try await ServerUsers(server: server).change(change, of: username)
                }
            format.output.show(user) { UserText.line($0) }
        }

        private func changed(_ options: OrgOptions) async throws -> JSONObject {
            let change = change
            let bytes = try await options.run { data in
                let before = try await UserCommand.find(username, data, options)
                let administration = data.users("user set")
                let (bytes, lost) = try await data.database.write { connection in
                    do {
                        let account = try administration.change(
                            before.user.id,
                            change,
                            clock: { WallClock.system.now },
                            on: connection
                        )
                        let sets = try PermissionSets.all(org: data.org.org.id, on: connection)
                        let bytes = JSONWriter.object { UserFacts.write(account, sets, &$0) }
                        return (bytes, try LastAdministrator.lost(by: before, on: connection))
                    } catch let refusal as UserRefusal {
                        throw CommandFailure(refusal.description)
                    }
                }
                LastAdministrator.warn(lost, undo: options.hint("user set" + undoing(before)))
                return bytes
            }
            return try JSONText.object(bytes)
        }

        /// The options that take back what was taken from a user.
        private func undoing(_ before: AccountRecord) -> String {
            var options = ["--username", username]
            if active == .off { options += ["--active", "on"] }
            if profile != nil { options += ["--profile", before.profile.name] }
            for name in removed { options += ["--add-permission-set", name] }
            return options.map { " " + ShellWord.quoted($0) }.joined()
        }
    }
}

/// The facts of a user as people read them, from their JSON.
enum UserText {
    /// One line of a list.
    static func line(_ user: JSONObject) -> String {
        let state = user.flag("isFrozen") ? "frozen" : user.flag("isActive") ? "active" : "inactive"
        return [
            user.text("username"), user.text("profile"), state, user.flag("isApiOnly") ? "API only" : "-",
            ListText.of(user.texts("permissionSets"), empty: "-"),
        ].joined(separator: "\t")
    }
}
