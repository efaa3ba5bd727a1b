import ArgumentParser
import OAuthTypes

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where commands write to.
enum Terminal {
    /// Writes facts to standard output.
    static func print(_ text: String) {
        write(Array((text + "\n").utf8), to: STDOUT_FILENO)
    }

    /// Writes bytes of JSON to standard output.
    static func print(_ json: [UInt8]) {
        write(json + [0x0A], to: STDOUT_FILENO)
    }

    /// Writes what went wrong to standard error.
    static func error(_ text: String) {
        write(Array("signet: \(text)\n".utf8), to: STDERR_FILENO)
    }

    /// Writes what is going on to standard error.
    static func progress(_ text: String) {
        write(Array((text + "\n").utf8), to: STDERR_FILENO)
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }

    /// Reads one line from standard input; nothing at its end.
    static func readSecretLine() throws -> Secret {
        guard let line = readLine(strippingNewline: true), !line.isEmpty else {
            throw CommandFailure("nothing was read from standard input; pipe the password in as one line")
        }
        return Secret(line)
    }
}

/// How a command prints its facts.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
}

/// The option that every command with facts to print has.
struct OutputOptions: ParsableArguments {
    @Option(help: "How to print: text for people, json for scripts.")
    var output = OutputFormat.text
}
