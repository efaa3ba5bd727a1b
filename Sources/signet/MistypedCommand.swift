import ArgumentParser
import OAuthTypes

/// A name on the command line that is no command, and the one that was most likely meant.
enum MistypedCommand {
    /// A message of the parser, with the command that was most likely meant after its first line.
    static func adding(to message: String) -> String {
        let typed = Array(CommandLine.arguments.dropFirst())
        guard let suggestion = suggestion(typed, under: SignetCommand.self) else { return message }
        var lines = message.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        lines.insert(suggestion, at: 1)
        return lines.joined(separator: "\n")
    }

    /// The line with the command that was most likely meant; `nil` when all names are known, or none is near.
    ///
    /// - Parameter arguments: what was typed after the name of the program.
    private static func suggestion(_ arguments: [String], under root: any ParsableCommand.Type) -> String? {
        var (command, path) = (root, [root._commandName])
        for argument in arguments {
            let choices = command.configuration.subcommands
            guard !choices.isEmpty, !argument.hasPrefix("-") else { return nil }
            if let next = choices.first(where: { $0._commandName == argument }) {
                command = next
                path.append(argument)
                continue
            }
            return nearest(argument, choices.map { $0._commandName })
                .map { "Did you mean: \((path + [$0]).joined(separator: " "))" }
        }
        return nil
    }

    private static func nearest(_ typed: String, _ names: [String]) -> String? {
        if let longer = names.first(where: { $0.hasPrefix(typed) || typed.hasPrefix($0) }) { return longer }
        return Spelling.closest(to: typed, in: names)
            .flatMap { $0.distance <= 2 && $0.distance < $0.name.count ? $0.name : nil }
    }
}
