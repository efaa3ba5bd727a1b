import Foundation
import OAuthTypes

/// The sessions of a person on this machine: a folder that nobody else may enter, with a file for each and the name of the one that
/// commands use where none is named.
struct SessionStore: Sendable {
    let folder: String

    /// The folder of the person who runs the command (XDG Base Directory Specification).
    static var own: SessionStore {
        let environment = ProcessInfo.processInfo.environment
        let given = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let base = given ?? (environment["HOME"] ?? NSHomeDirectory()) + "/.config"
        return SessionStore(folder: base + "/signet")
    }

    private var sessions: String { folder + "/sessions" }
    private var currentPath: String { folder + "/current-session" }
    private func path(_ name: String) -> String { "\(sessions)/\(name).json" }

    // MARK: Reading

    /// All sessions, by issuer and username.
    ///
    /// - Throws: ``CommandFailure`` for a file that is open to others, or damaged.
    func all() throws -> [Session] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: sessions)) ?? []
        return try files.filter { $0.hasSuffix(".json") }.map { try load(String($0.dropLast(".json".count))) }
            .sorted { ($0.issuer, $0.username) < ($1.issuer, $1.username) }
    }

    /// - Throws: ``CommandFailure`` for a session that is gone, and for a file that is open to others, or damaged.
    func load(_ name: String) throws -> Session {
        let path = path(name)
        guard FileManager.default.fileExists(atPath: path) else {
            throw CommandFailure("the session has ended meanwhile: sign in again with signet login --issuer URL")
        }
        try OwnFile.require(
            [folder, sessions, path],
            holding: "the tokens of a session",
            elsewhere: "sign in again: signet login --issuer URL"
        )
        guard let session = Session(try FileContents.read(path, "the session")) else {
            throw CommandFailure("the session \(path) is damaged: remove it and sign in again")
        }
        return session
    }

    /// The name of the session that commands use where none is named.
    var current: String? {
        FileManager.default.contents(atPath: currentPath).map {
            String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    /// The session that a command would use where none is named, or one of several; `nil` where nobody is signed in, or nobody can tell.
    var likely: Session? {
        guard let all = try? all() else { return nil }
        let current = current
        return all.first { $0.name == current } ?? all.first
    }

    // MARK: Writing

    /// Keeps a session, in the place of one of the same issuer and user. The caller has its lock.
    func save(_ session: Session) throws {
        try PrivateFile.write(session.bytes, to: path(session.name))
    }

    func setCurrent(_ session: Session) throws {
        try PrivateFile.write(Array((session.name + "\n").utf8), to: currentPath)
    }

    /// Forgets a session. Its lock file stays, for whoever waits at it.
    func remove(_ session: Session) {
        unlink(path(session.name))
        if current == session.name { unlink(currentPath) }
    }

    /// Keeps other commands from a session for as long as the lock is held: a refresh token that changes with its use can be used once.
    func lock(_ name: String) throws -> SessionLock {
        try PrivateFolder.make(sessions)
        // What was made with a wider mode, or by hand, is closed.
        for folder in [folder, sessions] { chmod(folder, 0o700) }
        return try SessionLock(path: "\(sessions)/\(name).lock")
    }
}

/// A lock of one session among the commands of one person.
struct SessionLock: ~Copyable {
    private let file: Int32

    /// Waits until nobody else has it.
    fileprivate init(path: String) throws {
        file = open(path, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw CommandFailure("\(path) cannot be written: \(FileProblem.words(errno))") }
        while flock(file, LOCK_EX) != 0 {
            guard errno == EINTR else {
                throw CommandFailure("\(path) cannot be locked: \(FileProblem.words(errno))")
            }
        }
    }

    deinit { close(file) }
}
