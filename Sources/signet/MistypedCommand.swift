import ArgumentParser

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
        let ranked = names.map { name in
            (name: name, distance: name.hasPrefix(typed) || typed.hasPrefix(name) ? 1 : distance(typed, name))
        }
        return ranked.filter { $0.distance <= 2 && $0.distance < $0.name.count }.min { $0.distance < $1.distance }?.name
    }

    /// How many letters have to be put in, taken out or replaced (Levenshtein).
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in 1..<row.count {
                let replaced = diagonal + (letter == right[column - 1] ? 0 : 1)
                diagonal = row[column]
                row[column] = min(replaced, row[column] + 1, row[column - 1] + 1)
            }
        }
        return row[right.count]
    }
}
