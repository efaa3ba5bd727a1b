import ArgumentParser
import OAuthTypes

/// `signet session`.
struct SessionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session",
        abstract: "List the sessions of signet login on this machine, and choose the one that commands use.",
        subcommands: [List.self, Use.self]
    )

    /// `signet session list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the sessions on this machine; the servers are not asked."
        )

        @OptionGroup var format: OutputOptions

        func run() async throws {
            let store = SessionStore.own
            let sessions = try store.all()
            let current = sessions.count == 1 ? sessions.first?.name : store.current
            switch format.output {
            case .json:
                var json = JSONWriter()
                json.array { array in
                    for session in sessions {
                        array.object { object in
                            session.write(&object)
                            object.member("isCurrent", session.name == current)
                        }
                    }
                }
                Terminal.print(json.bytes)
            case .text:
                if sessions.isEmpty { Terminal.progress("nobody is signed in; run: signet login --issuer URL") }
                for session in sessions {
                    let mark = session.name == current ? "current" : "-"
                    Terminal.print("\(session.issuer)\t\(session.username)\t\(session.signedInAt.rfc3339)\t\(mark)")
                }
            }
        }
    }

    /// `signet session use`.
    struct Use: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a session the one that commands use.")

        @OptionGroup var options: SessionOptions

        func validate() throws {
            guard options.isNamed else { throw ValidationError("name the session with --issuer, --as or both") }
        }

        func run() async throws {
            let store = SessionStore.own
            let session = try options.session(in: store)
            try store.setCurrent(session)
            Terminal.print("commands act as \(session.shown)")
        }
    }
}
