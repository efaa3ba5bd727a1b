import ArgumentParser
import OAuthTypes

/// A name on the command line that is no command, and the one that was most likely meant.
enum MistypedCommand {
    /// A message of the parser, with the command that was most likely meant after its first line.
    ///
    /// - Parameter arguments: what was typed after the name of the program.
    static func adding(to message: String, _ arguments: [String]) -> String {
        guard let suggestion = suggestion(TypedCommand(arguments)) else { return message }
        var lines = message.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        lines.insert(suggestion, at: 1)
        return lines.joined(separator: "\n")
    }

    /// The line with the command that was most likely meant; `nil` when all names are known, or none is near.
    private static func suggestion(_ typed: TypedCommand) -> String? {
        let choices = typed.type.configuration.subcommands
        guard !choices.isEmpty, let name = typed.rest.first, !name.hasPrefix("-") else { return nil }
        return nearest(name, choices.map { $0._commandName }).map { "Did you mean: \(typed.name) \($0)" }
    }

    private static func nearest(_ typed: String, _ names: [String]) -> String? {
        if let longer = names.first(where: { $0.hasPrefix(typed) || typed.hasPrefix($0) }) { return longer }
        return Spelling.closest(to: typed, in: names)
            .flatMap { $0.distance <= 2 && $0.distance < $0.name.count ? $0.name : nil }
    }
}
