import ArgumentParser
import AuthorizationServer
import OAuthTypes
import Orgs
import Storage
import WebServer

extension UserCommand {
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

        @OptionGroup var place: PlaceOptions
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
            if let password { try NewPassword.require(password) }
            let made =
                switch try place.chosenForChange() {
                case .data(let options): try await created(password, options)
                case .server(let server): try await ServerUsers(server: server).create(new, password)
                }
            switch format.output {
            case .json:
                Terminal.print(
                    JSONWriter.object { json in
                        json.member("id", made.text("id"))
                        json.member("username", made.text("username"))
                        if isMade { json.member("password", ifPresent: password?.revealed) }
                    }
                )
            case .text:
                Terminal.print("created \(made.text("username")) (\(made.text("id")))")
                if isMade, let password { Terminal.print("password: \(password.revealed)   (shown this once)") }
            }
        }

        private var new: UserAdministration.NewUser {
            UserAdministration.NewUser(
                username: username,
                email: email,
                firstName: firstName,
                lastName: lastName,
                profile: profile,
                permissionSets: permissionSets,
                isAPIOnly: isAPIOnly
            )
        }

        private func created(_ password: Secret?, _ options: OrgOptions) async throws -> JSONObject {
            let hash = try password.map { try NewPassword.hash($0) }
            let new = new
            let user = try await options.run { data in
                let administration = data.users("user create")
                do {
                    return try await data.database.write { try administration.create(new, hash: hash, on: $0) }
                } catch let violation as ConstraintViolation where violation.kind == .unique {
                    throw UsernameTaken.failure(username)
                } catch let refusal as UserRefusal {
                    guard case .noPermissionSet(_, there: []) = refusal else {
                        throw CommandFailure(refusal.description)
                    }
                    let remedy = options.hint("permission-set create")
                    throw CommandFailure("\(refusal.description); make one with: \(remedy)")
                }
            }
            return try JSONText.object(
                JSONWriter.object { json in
                    json.member("id", user.id.rawValue)
                    json.member("username", user.username)
                }
            )
        }
    }
}
