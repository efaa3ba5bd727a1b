import ArgumentParser

/// The command that was typed, as far as its names are known.
struct TypedCommand {
    let type: any ParsableCommand.Type
    /// Its names, from that of the program on.
    let path: [String]
    /// What was typed after them.
    let rest: [String]

    /// - Parameter arguments: what was typed after the name of the program.
    init(_ arguments: [String], under root: any ParsableCommand.Type = SignetCommand.self) {
        var (type, path, rest) = (root, [root._commandName], arguments[...])
        while let name = rest.first,
            let next = type.configuration.subcommands.first(where: { $0._commandName == name })
        {
            (type, rest) = (next, rest.dropFirst())
            path.append(name)
        }
        (self.type, self.path, self.rest) = (type, path, Array(rest))
    }

    /// The command as it is typed, such as `signet app list`.
    var name: String { path.joined(separator: " ") }

    /// The long options that were typed and that the command does not have.
    var unknownOptions: [String] {
        let own = options
        return rest.compactMap { Self.option($0[...]) }.filter { !own.contains($0) }
    }

    /// The long options of the command, as its help lists them: the parser does not tell them otherwise.
    var options: Set<String> {
        let lines = SignetCommand.helpMessage(for: type, columns: 1_000).split(separator: "\n")
        return Set(lines.compactMap { Self.option($0.drop { $0 == " " }) })
    }

    /// The option at the beginning of a text, without its value.
    private static func option(_ text: Substring) -> String? {
        guard text.hasPrefix("--") else { return nil }
        return String(text.prefix { $0 == "-" || $0.isLetter || $0.isNumber })
    }
}
