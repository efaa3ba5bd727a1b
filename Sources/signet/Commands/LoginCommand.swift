import ArgumentParser
import Foundation
import OAuthTypes
import SignetVerifier
import WebServer

/// `signet login`.
struct LoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Sign in to a server by the browser; commands then speak to it.",
        discussion: """
            The session is kept in ${XDG_CONFIG_HOME:-~/.config}/signet, for you alone. What has the options --issuer and --as then works \
            there, as most of app and all of user and package do; all other commands work on a data directory. Nothing has to be registered: every org has the app SignetCLI, which its admin may switch off.
            """
    )

    @Option(help: ArgumentHelp("The server: the address of your org.", valueName: "url"))
    var issuer: String
    @Option(name: .customLong("as"), help: ArgumentHelp("The username to fill in.", valueName: "username"))
    var username: String?
    @Flag(name: .customLong("no-browser"), help: "Print the address in place of opening a browser.")
    var isWithoutBrowser = false
    @Option(
        help: ArgumentHelp(
            "A file with certificates to trust beside those of the system, also later in this session.",
            valueName: "file"
        )
    )
    var caFile: String?
    @OptionGroup var format: OutputOptions

    func validate() throws {
        do {
            _ = try IssuerURL(issuer)
        } catch {
            throw ValidationError("--issuer: \(error)")
        }
    }

    func run() async throws {
        let session = try await SignInFlow(
            issuer: issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer,
            caFile: caFile.map { URL(fileURLWithPath: $0).standardizedFileURL.path },
            username: username,
            opensBrowser: !isWithoutBrowser
        ).run()
        let store = SessionStore.own
        let lock = try store.lock(session.name)
        try store.save(session)
        try store.setCurrent(session)
        _ = consume lock
        switch format.output {
        case .json: Terminal.print(JSONWriter.object { session.write(&$0) })
        case .text: Terminal.print("signed in as \(session.shown)")
        }
    }
}

/// `signet logout`.
struct LogoutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout",
        abstract: "End the session at the server and forget it here."
    )

    @OptionGroup var options: SessionOptions
    @Flag(help: "End every session of yours on this machine.")
    var all = false

    func validate() throws {
        guard !all || !options.isNamed else { throw ValidationError("--all goes without --issuer and --as") }
    }

    func run() async throws {
        let store = SessionStore.own
        let sessions = all ? try store.all() : [try options.session(in: store)]
        var untold: [String] = []
        for session in sessions {
            let lock = try store.lock(session.name)
            // It may have been renewed since it was read.
            let present = (try? store.load(session.name)) ?? session
            let problem = await Self.revoke(present)
            store.remove(present)
            _ = consume lock
            Terminal.print("signed out \(session.shown)")
            if let problem { untold.append("\(session.shown): \(problem)") }
        }
        guard untold.isEmpty else {
            throw CommandFailure(
                "forgotten here, but the server could not be told, where the session goes on until an admin ends it or it expires:\n"
                    + untold.joined(separator: "\n")
            )
        }
    }

    /// Ends the authorization of a session with all its tokens (RFC 7009).
    ///
    /// - Returns: why the server does not know of it; `nil` if it does.
    private static func revoke(_ session: Session) async -> String? {
        do {
            let answer = try await WebClient(caFile: session.caFile)
                .post(session.revocationEndpoint, form: [("token", session.refreshToken.revealed)])
            // A token that is not known any more needs no end.
            let isGone = (try? answer.object())?["error"]?.string == "invalid_token"
            return answer.isGood || isGone ? nil : OAuthAnswer.problem(answer)
        } catch {
            return "\(error)"
        }
    }
}

/// `signet whoami`.
struct WhoAmICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whoami",
        abstract: "Ask the server whom commands act as, and whether the session still holds."
    )

    @OptionGroup var options: SessionOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
        let store = SessionStore.own
        let session = try options.session(in: store)
        let server = SignedInServer(store: store, session: session)
        let person = try await server.identity()
        switch format.output {
        case .json:
            Terminal.print(
                JSONWriter.object { json in
                    session.write(&json)
                    json.member("displayName", person.text("display_name"))
                    json.member("email", person.text("email"))
                }
            )
        case .text:
            Terminal.print(
                """
                \(session.username) (\(person.text("display_name").printable), \(session.user))
                  server:    \(session.issuer)
                  org:       \(session.org)
                  signed in: \(session.signedInAt.rfc3339)
                """
            )
        }
    }
}
