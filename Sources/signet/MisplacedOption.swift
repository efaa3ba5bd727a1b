import ArgumentParser
import ClientApps

/// An option of other commands on the command line, and what to call in the place of what was.
enum MisplacedOption {
    /// A message of the parser, which names an option that it does not know, with what it is an option of.
    ///
    /// - Parameter arguments: what was typed after the name of the program.
    static func explaining(_ message: String, _ arguments: [String]) -> String {
        let typed = TypedCommand(arguments)
        let options = typed.unknownOptions
        var lines = message.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if let place = options.lazy.compactMap({ place(of: $0, typed) }).first {
            lines[0] = place
        } else if let remedy = options.lazy.compactMap({ remedies[typed.name]?[$0] }).first {
            lines.insert(remedy, at: 1)
        }
        return lines.joined(separator: "\n")
    }

    // MARK: Data, or a server

    /// Where a command works that has options of the other place alone.
    private static func place(of option: String, _ typed: TypedCommand) -> String? {
        let other = counterparts[typed.name]
        if ["--issuer", "--as"].contains(option), typed.options.contains("--data") {
            return
                "\(typed.name) works on the data of a server and has no \(option): run it on the machine of that server, with --data DIR"
                + (other.map { "; at a server that you signed in to: \($0)" } ?? "")
        }
        if ["--data", "--database", "--org"].contains(option), typed.options.isSuperset(of: ["--issuer", "--as"]) {
            return
                "\(typed.name) works at a server that you signed in to and has no \(option): name that server with --issuer URL"
                + (other.map { "; on the data of a server: \($0)" } ?? "")
        }
        return nil
    }

    /// What does at the other place what a command does at its own.
    private static let counterparts = [
        "signet app apply": "signet app deploy FOLDER",
        "signet app simulate": "signet app deploy FOLDER --check-only",
        "signet app deploy": "signet app apply FOLDER --data DIR",
        "signet permission-set create": deployment(.permissionSet),
        "signet profile set": deployment(.profile),
        "signet token revoke": "signet app usage NAME --revoke",
    ]

    private static func deployment(_ type: MetadataType) -> String {
        "signet app deploy FOLDER, with \(type.path(of: "NAME")) in the folder"
    }

    // MARK: Options of a neighbour

    private static let remedies: [String: [String: String]] = [
        "signet user set": [
            "--permission-set": "Permission sets: --add-permission-set NAME, --remove-permission-set NAME",
            "--freeze": freeze, "--frozen": freeze, "--unfreeze": freeze, "--undo": freeze,
            "--password": password, "--password-stdin": password,
        ],
        "signet user create": [
            "--add-permission-set": "Permission sets: --permission-set NAME",
            "--password": "To choose the password: --password-stdin, with the password on standard input",
        ],
        "signet user freeze": ["--active": "To deactivate a user: signet user set --username USERNAME --active off"],
    ]

    private static let freeze = "To freeze a user: signet user freeze --username USERNAME; to unfreeze, with --undo"
    private static let password = "To set a password: signet user set-password --username USERNAME"
}
