import ArgumentParser

@main
struct SignetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signet",
        abstract:
            "A self-hosted OAuth 2.0 and OpenID Connect authorization server whose external client apps issue JWT access tokens.",
        discussion: """
            First steps:
              signet init --data ./data --base-url http://localhost:8080
              signet serve --data ./data
            From another machine:
              signet login --issuer https://acme.example
              signet app list
            """,
        version: "0.1.0",
        subcommands: [
            InitCommand.self, ServeCommand.self, AppCommand.self, UserCommand.self, OrgCommand.self,
            ProfileCommand.self, AuditCommand.self,
            PermissionSetCommand.self, TokenCommand.self, KeysCommand.self, DevCertCommand.self, DoctorCommand.self,
            BackupCommand.self, PackageCommand.self, LoginCommand.self, LogoutCommand.self, WhoAmICommand.self,
            SessionCommand.self,
        ]
    )

    /// Runs the command and ends with a code that scripts can rely on: 0 done, 1 refused or failed, 2 called wrongly.
    static func main() async {
        ArgumentPrivacy.hidePasswords()
        do {
            var command = try parseAsRoot()
            do {
                if var asynchronous = command as? any AsyncParsableCommand {
                    try await asynchronous.run()
                } else {
                    try command.run()
                }
            } catch let error as ValidationError {
                Terminal.error("\(error.message)\nUsage: \(usageString(for: type(of: command)))")
                exit(withError: ExitCode(2))
            }
        } catch let failure as CommandFailure {
            Terminal.error(failure.description)
            exit(withError: ExitCode(1))
        } catch {
            let code = exitCode(for: error)
            guard code == .validationFailure else {
                if code == .success || error is ExitCode { exit(withError: error) }
                Terminal.error(message(for: error))
                exit(withError: ExitCode(1))
            }
            let text = fullMessage(for: error)
            let message = text.hasPrefix("Error: ") ? String(text.dropFirst(7)) : text
            let typed = Array(CommandLine.arguments.dropFirst())
            Terminal.error(MisplacedOption.explaining(MistypedCommand.adding(to: message, typed), typed))
            exit(withError: ExitCode(2))
        }
    }
}

/// A failure whose text says what is wrong and what to do.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String
    /// Whether the same may succeed a moment later: the server could not be reached, or has no answer for now.
    let mayPass: Bool

    init(_ description: String) { self.init(description, mayPass: false) }

    init(_ description: String, mayPass: Bool) {
        (self.description, self.mayPass) = (description, mayPass)
    }
}
