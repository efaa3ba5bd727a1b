import ArgumentParser
import Foundation
import OAuthTypes

/// The options that name a session.
struct SessionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The server that you signed in to; needed where you are signed in to several.",
            valueName: "url"
        )
    )
    var issuer: String?
    @Option(name: .customLong("as"), help: ArgumentHelp("The user that you signed in as.", valueName: "username"))
    var username: String?

    var isNamed: Bool { issuer != nil || username != nil }

    /// These options as they were given, for a command that is told to go on with the same server.
    var repeated: String {
        (issuer.map { " --issuer \(ShellWord.quoted($0))" } ?? "")
            + (username.map { " --as \(ShellWord.quoted($0))" } ?? "")
    }

    /// The session that is meant: the named one, else the current one, else the only one.
    ///
    /// - Throws: ``CommandFailure`` when nobody is signed in, or several are.
    func session(in store: SessionStore) throws -> Session {
        let all = try store.all()
        let matches = all.filter { session in
            (issuer.map { session.issuer == $0 || session.issuer + "/" == $0 } ?? true)
                && (username.map { session.username.lowercased() == $0.lowercased() } ?? true)
        }
        let current = store.current
        if let only = matches.count == 1 ? matches.first : matches.first(where: { $0.name == current }) { return only }
        guard matches.isEmpty else {
            throw CommandFailure(
                "several users are signed in: \(matches.map(\.shown).joined(separator: ", ")). Say which with --issuer and --as, or once with: signet session use"
            )
        }
        throw nobody(all)
    }

    private func nobody(_ all: [Session]) -> CommandFailure {
        let url = issuer.map(ShellWord.quoted) ?? "URL"
        let whom = username.map { "'\($0)' is not signed in" } ?? "nobody is signed in"
        let there = issuer.map { " to \($0)" } ?? ""
        guard !isNamed else {
            let others = all.isEmpty ? "" : "; signed in: \(all.map(\.shown).joined(separator: ", "))"
            return CommandFailure("\(whom)\(there); run: signet login --issuer \(url)\(others)")
        }
        return CommandFailure("nobody is signed in; run: signet login --issuer URL")
    }
}

/// Where a command works: on the data directory of a server of this machine, or at a server that somebody signed in to.
///
/// `--data` and `SIGNET_DATA` (or a database) mean the data; `--issuer` and `--as` a session. Without any of them it is whichever of the two
/// there is, the data in its customary place or a session; where there are both, nothing is guessed.
struct PlaceOptions: ParsableArguments {
    @OptionGroup var local: OrgOptions
    @OptionGroup var remote: SessionOptions

    enum Place {
        case data(OrgOptions)
        case server(SignedInServer)
    }

    /// - Throws: `ValidationError` for options of both, ``CommandFailure`` when there is neither or nobody says which.
    func chosen() throws -> Place {
        let data = local.options
        guard !data.isGiven || !remote.isNamed else {
            throw ValidationError(
                "--issuer and --as are for a server that you signed in to, --data and --database for one of this machine: give one of the two"
            )
        }
        if data.isGiven || data.isInEnvironment && !remote.isNamed { return .data(local) }
        let store = SessionStore.own
        let isDataHere = !remote.isNamed && DataDirectory(path: DataOptions.customary).hasMasterKey
        let isSignedIn = try !store.all().isEmpty
        guard isSignedIn || !isDataHere else { return .data(local) }
        guard local.org == nil else {
            throw ValidationError(
                "--org goes with --data; a session is of one org: sign in at the address of the other one"
            )
        }
        let session: Session
        do {
            session = try remote.session(in: store)
        } catch let failure as CommandFailure where !isSignedIn && !remote.isNamed {
            throw CommandFailure(
                "\(failure.description)\nFor a server of this machine, name its data directory: --data DIR"
            )
        }
        guard !isDataHere else {
            throw CommandFailure(
                "it is not clear where: say --data \(DataOptions.customary) for the server of this folder, or --issuer \(ShellWord.quoted(session.issuer)) for the one that you are signed in to"
            )
        }
        return .server(SignedInServer(store: store, session: session))
    }

    /// A place for a change; which server it is, is said on standard error.
    func chosenForChange() throws -> Place {
        let place = try chosen()
        if case .server(let server) = place { server.announce() }
        return place
    }
}
