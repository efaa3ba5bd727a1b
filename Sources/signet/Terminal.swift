import ArgumentParser
import OAuthTypes
import Orgs

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where commands write to.
enum Terminal {
    /// Writes facts for people to standard output. Texts of somebody else's are among them, so what would move the cursor, turn the direction
    /// of reading or hide a part is shown as what it is.
    ///
    /// - Returns: whether all of it was written.
    @discardableResult
    static func print(_ text: String) -> Bool {
        write(Array((PlainText.shown(text) + "\n").utf8), to: STDOUT_FILENO)
    }

    /// Writes bytes of JSON to standard output.
    ///
    /// - Returns: whether all of it was written.
    @discardableResult
    static func print(_ json: [UInt8]) -> Bool {
        write(json + [0x0A], to: STDOUT_FILENO)
    }

    /// Writes what went wrong to standard error.
    static func error(_ text: String) {
        write(Array("signet: \(PlainText.shown(text))\n".utf8), to: STDERR_FILENO)
    }

    /// Writes what is going on to standard error.
    static func progress(_ text: String) {
        write(Array((PlainText.shown(text) + "\n").utf8), to: STDERR_FILENO)
    }

    @discardableResult
    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 else { return false }
            rest = rest.dropFirst(written)
        }
        return true
    }

    /// Reads one line from standard input; nothing at its end.
    static func readSecretLine() throws -> Secret {
        guard let line = readLine(strippingNewline: true), !line.isEmpty else {
            throw CommandFailure("nothing was read from standard input; pipe the password in as one line")
        }
        return Secret(line)
    }

    /// Refuses to pass over something that was piped in: it was most likely meant as the password.
    ///
    /// - Throws: `ValidationError` when standard input is a pipe or a file with bytes in it.
    static func requireNothingPiped() throws {
        guard isatty(STDIN_FILENO) == 0 else { return }
        // What is piped may come a moment after this program; a pipe that stays empty is not waited for longer.
        var descriptor = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        var waiting: Int32 = 0
        guard poll(&descriptor, 1, 100) > 0, ioctl(STDIN_FILENO, UInt(FIONREAD), &waiting) == 0, waiting > 0 else {
            return
        }
        throw ValidationError(
            "something is piped in and would be passed over: add --password-stdin if it is the password, or close it with </dev/null"
        )
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
