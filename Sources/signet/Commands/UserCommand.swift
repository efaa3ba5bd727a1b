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
        abstract: "Create, list, freeze users and set their passwords.",
        subcommands: [Create.self, List.self, SetPassword.self, Freeze.self]
    )

    /// `signet user create`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a user.",
            discussion:
                "A password is made and printed once; with --password-stdin it is read from standard input in place of that. It is never an argument. A user for APIs alone has none."
        )

        @Option(help: "The username, in the form of an e-mail address.")
        var username: String
        @Option(help: "The profile: System Administrator, Standard User or Minimum Access.")
        var profile: String
        @Option(name: .customLong("permission-set"), help: "A permission set by its API name; may be repeated.")
        var permissionSets: [String] = []
        @Flag(
            name: .customLong("api-only"),
            help: "Mark the user as API Only: it never signs in at a browser."
        )
        var isAPIOnly = false
        @Flag(help: "Read the password from standard input.")
        var passwordStdin = false
        @Option(help: "The e-mail address (default: the username).")
        var email: String?
        @Option(help: "The first name.")
        var firstName = ""
        @Option(help: "The last name (default: the username).")
        var lastName: String?

        @OptionGroup var options: OrgOptions
        @OptionGroup var format: OutputOptions

        func validate() throws {
            try EmailForm.require(username, "--username")
            if let email { try EmailForm.require(email, "--email") }
            for (option, text) in [("--first-name", firstName), ("--last-name", lastName ?? "")] {
                try ShownText.require(text, option)
            }
            if !passwordStdin { try Terminal.requireNothingPiped() }
        }

        func run() async throws {
            let isMade = !passwordStdin && !isAPIOnly
            let password = try passwordStdin ? Terminal.readSecretLine() : isMade ? NewPassword.generate() : nil
            let hash = try password.map { try NewPassword.hash($0) }
            let user = try await options.run { data in
                do {
                    return try await data.database.write { try create(data, hash, on: $0) }
                } catch let violation as ConstraintViolation where violation.kind == .unique {
                    throw UsernameTaken.failure(username)
                }
            }
            switch format.output {
            case .json:
                Terminal.print(
                    JSONWriter.object { json in
                        json.member("id", user.id.rawValue)
                        json.member("username", user.username)
                        if isMade { json.member("password", ifPresent: password?.revealed) }
                    }
                )
            case .text:
                Terminal.print("created \(user.username) (\(user.id.rawValue))")
                if isMade, let password { Terminal.print("password: \(password.revealed)   (shown this once)") }
            }
        }

        private func create(_ data: OpenedOrg, _ hash: PasswordHash?, on connection: any Connection) throws -> User {
            let org = data.org.org.id
            let profiles = try Profiles.all(org: org, on: connection)
            guard let found = profiles.first(where: { $0.name == profile }) else {
                throw CommandFailure(
                    "no profile is named '\(profile)'; there are: \(profiles.map(\.name).joined(separator: ", "))"
                )
            }
            let sets = try PermissionSets.all(org: org, on: connection)
            let chosen = try permissionSets.map { name in
                guard let set = sets.first(where: { $0.name == name }) else {
                    throw CommandFailure(
                        sets.isEmpty
                            ? "no permission set is named '\(name)', and there is none; make one with: \(options.hint("permission-set create"))"
                            : "no permission set is named '\(name)'; there are: \(sets.map(\.name).joined(separator: ", "))"
                    )
                }
                return set
            }
            var randomness = SystemRandomNumberGenerator()
            let user = User(
                id: UserID.make(prefix: User.idPrefix, now: data.now, using: &randomness),
                org: org,
                username: username,
                email: email ?? username,
                firstName: firstName,
                lastName: lastName ?? username,
                nickname: String(username.prefix { $0 != "@" }),
                profile: found.id,
                permissionSets: chosen.map(\.id),
                isAPIOnly: isAPIOnly,
                createdAt: data.now,
                updatedAt: data.now,
                passwordChangedAt: hash == nil ? nil : data.now
            )
            try Users.insert(user, passwordHash: hash?.encoded, by: .commandLine("user create"), on: connection)
            return user
        }
    }

    /// `signet user list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the users of the org.")

        @OptionGroup var options: OrgOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            let accounts = try await options.run { data in
                try await data.database.read { try Users.all(org: data.org.org.id, on: $0) }
            }
            switch format.output {
            case .json:
                var json = JSONWriter()
                json.array { array in
                    for account in accounts {
                        array.object { user in
                            user.member("id", account.user.id.rawValue)
                            user.member("username", account.user.username)
                            user.member("profile", account.profile.name)
                            user.member("isActive", account.user.isActive)
                            user.member("isFrozen", account.user.isFrozen)
                            user.member("isApiOnly", account.isAPIOnly)
                        }
                    }
                }
                Terminal.print(json.bytes)
            case .text:
                for account in accounts {
                    let state = account.user.isFrozen ? "frozen" : account.user.isActive ? "active" : "inactive"
                    let kind = account.isAPIOnly ? "API only" : "-"
                    Terminal.print("\(account.user.username)\t\(account.profile.name)\t\(state)\t\(kind)")
                }
            }
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

        @OptionGroup var options: OrgOptions

        func validate() throws {
            if !passwordStdin { try Terminal.requireNothingPiped() }
        }

        func run() async throws {
            let password = try passwordStdin ? Terminal.readSecretLine() : NewPassword.generate()
            let hash = try NewPassword.hash(password)
            try await options.run { data in
                let account = try await UserCommand.find(username, data, options)
                let named = SignInAccount(username: username, org: data.org.org.id, masterKey: data.masterKey)
                try await data.database.write { connection in
                    try Users.setPassword(
                        account.user.id,
                        hash: hash.encoded,
                        by: .commandLine("user set-password"),
                        clock: { WallClock.system.now },
                        on: connection
                    )
                    try named.unlock(account.user, by: .commandLine("user set-password"), now: data.now, on: connection)
                }
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

        @OptionGroup var options: OrgOptions

        func run() async throws {
            try await options.run { data in
                let account = try await UserCommand.find(username, data, options)
                try await data.database.write { connection in
                    try Users.setFrozen(
                        account.user.id,
                        !undo,
                        by: .commandLine("user freeze"),
                        now: data.now,
                        on: connection
                    )
                }
            }
            Terminal.print("\(username) is \(undo ? "no longer frozen" : "frozen")")
        }
    }

    fileprivate static func find(_ username: String, _ data: OpenedOrg, _ options: OrgOptions) async throws
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

    static func isForm(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        let isPlain =
            text.utf8.count <= 80 && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
            && PlainText.isPlain(text)
        return isPlain && !text.contains(where: \.isWhitespace) && parts.count == 2 && !parts[0].isEmpty
            && isDomain(parts[1])
    }

    private static func isDomain(_ text: Substring) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2 && labels.allSatisfy { !$0.isEmpty }
    }
}

/// The form of texts that people read on pages.
enum ShownText {
    /// - Throws: `ValidationError` that names the option.
    static func require(_ text: String, _ option: String) throws {
        guard PlainText.isPlain(text) else {
            throw ValidationError(
                "\(option) has a character that is not seen and changes how the rest is read; remove control characters and the marks of text direction"
            )
        }
    }
}

/// Makes and hashes passwords.
enum NewPassword {
    static func generate() -> Secret {
        var randomness = SystemRandomNumberGenerator()
        return Secret(RandomText.bytes(20, of: .base62, using: &randomness))
    }

    static func hash(_ password: Secret) throws -> PasswordHash {
        guard password.count >= 8, password.count <= 1_024 else {
            throw CommandFailure("a password has 8 characters at least and 1024 bytes at most")
        }
        var randomness = SystemRandomNumberGenerator()
        return try PasswordHash(hashing: password, using: &randomness)
    }
}
