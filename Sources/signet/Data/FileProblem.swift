import Foundation

/// Says in the system's words what is the matter with a file, for messages that name the file and the remedy themselves.
enum FileProblem {
    /// The reason of an error that Foundation threw: its own description is a dump of types and codes.
    static func reason(_ error: any Error) -> String {
        let error = error as NSError
        let inner = error.userInfo[NSUnderlyingErrorKey] as? NSError ?? error
        return inner.domain == NSPOSIXErrorDomain ? words(Int32(inner.code)) : error.localizedDescription
    }

    /// Why a file cannot be read; nothing if it can.
    static func unreadable(_ path: String) -> String? {
        var isDirectory = ObjCBool(false)
        if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue {
            return words(EISDIR)
        }
        return access(path, R_OK) == 0 ? nil : words(errno)
    }

    /// The words of an error number.
    static func words(_ code: Int32) -> String { String(cString: strerror(code)) }
}

/// Reads whole files.
enum FileContents {
    /// - Throws: ``CommandFailure`` that names the file, what it is for, and the reason.
    static func read(_ path: String, _ what: String) throws -> [UInt8] {
        if let reason = FileProblem.unreadable(path) {
            throw CommandFailure("\(what) \(path) cannot be read: \(reason)")
        }
        guard let contents = FileManager.default.contents(atPath: path) else {
            throw CommandFailure("\(what) \(path) cannot be read: \(FileProblem.words(errno))")
        }
        return Array(contents)
    }
}

/// Writes a file that nobody but its owner may read, as a whole or not at all: a crash leaves no half of it.
enum PrivateFile {
    /// - Throws: ``CommandFailure`` that names the file and the reason.
    static func write(_ bytes: [UInt8], to path: String) throws {
        let new = path + ".new"
        // Whatever stands there, a link included, is not written through.
        unlink(new)
        let file = open(new, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure(path) }
        defer { close(file) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
            guard written > 0 else { throw failure(path) }
            rest = rest.dropFirst(written)
        }
        guard fsync(file) == 0, rename(new, path) == 0 else { throw failure(path) }
        syncFolder(of: path)
    }

    /// A name in a folder is durable only when the folder is.
    private static func syncFolder(of path: String) {
        let folder = open((path as NSString).deletingLastPathComponent, O_RDONLY | O_DIRECTORY)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    private static func failure(_ path: String) -> CommandFailure {
        CommandFailure("\(path) cannot be written: \(FileProblem.words(errno)); check the folder and its permissions")
    }
}

/// Makes folders that nobody but their owner may enter.
enum PrivateFolder {
    /// Makes a folder and those above it that are missing.
    ///
    /// - Throws: ``CommandFailure`` that names the folder and the reason.
    static func make(_ path: String) throws {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += part
            guard mkdir(made, 0o700) == 0 || errno == EEXIST else { throw failure(path) }
            made += "/"
        }
        var isDirectory = ObjCBool(false)
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue else {
            errno = ENOTDIR
            throw failure(path)
        }
    }

    private static func failure(_ path: String) -> CommandFailure {
        CommandFailure(
            "the folder \(path) cannot be made: \(FileProblem.words(errno)); name one below a folder that you can write to"
        )
    }
}

/// A text as one word of a shell, for commands that a person copies.
enum ShellWord {
    /// The word, quoted where it must be.
    static func quoted(_ text: String) -> String {
        let plain = text.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                || "_-./:@%+=,".utf8.contains($0)
        }
        return plain && !text.isEmpty ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }
}
