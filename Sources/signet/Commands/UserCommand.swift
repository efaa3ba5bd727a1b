import ArgumentParser
import AuthorizationServer
import OAuthTypes
import Orgs
import Storage
import WebServer

/// `signet user`.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Create, list, change and freeze users, and set their passwords.",
        subcommands: [Create.self, List.self, Set.self, SetPassword.self, Freeze.self]
    )

    /// `signet user list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the users of the org.")

        @OptionGroup var place: PlaceOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            let users: [JSONValue] =
                switch try place.chosen() {
                case .data(let options):
                    try await options.run { data in
                        try await data.database.read { connection in
                            let sets = try PermissionSets.all(org: data.org.org.id, on: connection)
                            return try Users.all(org: data.org.org.id, on: connection).map { account in
                                JSONWriter.object { UserFacts.write(account, sets, &$0) }
                            }
                        }
                    }.map { JSONValue.object(try JSONText.object($0)) }
                case .server(let server): try await server.pages("/signet/users", of: "users")
                }
            format.output.show(users) { UserText.line($0) }
        }
    }

    /// `signet user set-password`.
    struct SetPassword: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set-password",
            abstract:
                "Set a user's password; every session and token of the user ends, and a lock after failed sign-ins."
        )

        @Option(help: "The username.")
        var username: String
        @Flag(help: "Read the password from standard input; otherwise one is made and printed once.")
        var passwordStdin = false

        @OptionGroup var place: PlaceOptions

        func validate() throws {
            if !passwordStdin { try Terminal.requireNothingPiped() }
        }

        func run() async throws {
            let password = try passwordStdin ? Terminal.readSecretLine() : NewPassword.generate()
            try NewPassword.require(password)
            switch try place.chosenForChange() {
            case .data(let options):
                let hash = try NewPassword.hash(password)
                try await options.run { data in
                    let account = try await UserCommand.find(username, data, options)
                    let administration = data.users("user set-password")
                    try await data.database.write { connection in
                        try administration.setPassword(
                            account.user.id,
                            hash: hash,
                            clock: { WallClock.system.now },
                            on: connection
                        )
                    }
                }
            case .server(let server): try await ServerUsers(server: server).setPassword(password, of: username)
            }
            Terminal.print("the password of \(username) is set; its sessions and tokens have ended")
            if !passwordStdin { Terminal.print("password: \(password.revealed)   (shown this once)") }
        }
    }

    /// `signet user freeze`.
    struct Freeze: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Freeze a user: no sign-in and no token works until the user is unfrozen."
        )

        @Option(help: "The username.")
        var username: String
        @Flag(help: "Unfreeze the user.")
        var undo = false

        @OptionGroup var place: PlaceOptions

        func run() async throws {
            let isFrozen = !undo
            switch try place.chosenForChange() {
            case .data(let options):
                try await options.run { data in
                    let account = try await UserCommand.find(username, data, options)
                    let administration = data.users("user freeze")
                    let lost = try await data.database.write { connection in
                        try administration.setFrozen(isFrozen, account.user.id, on: connection)
                        return try LastAdministrator.lost(by: account, on: connection)
                    }
                    let undo = options.hint("user freeze --username \(ShellWord.quoted(username)) --undo")
                    LastAdministrator.warn(lost, undo: undo)
                }
            case .server(let server): try await ServerUsers(server: server).setFrozen(isFrozen, username)
            }
            Terminal.print("\(username) is \(undo ? "no longer frozen" : "frozen")")
        }
    }

    static func find(_ username: String, _ data: OpenedOrg, _ options: OrgOptions) async throws
        -> AccountRecord
    {
        let account = try await data.database.read {
            try Users.account(username: username, org: data.org.org.id, on: $0)
        }
        guard let account else { throw options.noUser(username) }
        return account
    }
}

/// The form that usernames and e-mail addresses must have.
enum EmailForm {
    /// - Throws: `ValidationError` that names the option.
    static func require(_ text: String, _ option: String) throws {
        guard isForm(text) else {
            throw ValidationError(
                "\(option) must have the form of an e-mail address of at most 80 bytes, such as ann@acme.example"
            )
        }
    }

    static func isForm(_ text: String) -> Bool { EmailAddressForm.isMet(by: text) }
}

extension OpenedOrg {
    /// Administration of users by the operator.
    func users(_ command: String) -> UserAdministration {
        UserAdministration(
            org: org.org.id,
            masterKey: masterKey,
            actor: .commandLine(command),
            now: now,
            permissions: nil
        )
    }
}
