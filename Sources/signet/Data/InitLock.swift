import Foundation

/// Marks a folder as one that `signet init` is making, from its first step to its last, and keeps a second `signet init` out.
///
/// The mark outlives a crash; the lock on it does not. So whoever finds the mark without the lock knows that nobody saw what
/// the folder holds, and may go on.
struct InitLock: ~Copyable {
    private let directory: DataDirectory
    private let file: Int32

    /// Takes a folder that is new, or whose init was interrupted.
    ///
    /// - Throws: ``CommandFailure`` for a folder that is a data directory, has a database without its key, or is being made.
    init(_ directory: DataDirectory, baseURL: String, isInPostgres: Bool) throws {
        let wasBegun = directory.isUnfinished
        if !wasBegun {
            if directory.hasMasterKey { throw Self.isThere(directory) }
            if directory.hasDatabaseFile { throw directory.missingKey }
        }
        guard isInPostgres || !directory.isBegunInPostgres else {
            throw CommandFailure(
                "the making of \(directory.path) was begun with a PostgreSQL database: name it again with --database"
            )
        }
        try PrivateFolder.make(directory.path)
        try OwnFile.require([directory.path, directory.unfinishedPath, directory.masterKeyPath])
        let file = open(directory.unfinishedPath, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else {
            throw CommandFailure("\(directory.path) cannot be written to: \(FileProblem.words(errno))")
        }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            throw CommandFailure("another signet init is at work in \(directory.path); wait for it")
        }
        // Between the look and the lock another init may have come to its end.
        guard directory.isUnfinished, wasBegun || !directory.hasMasterKey else {
            if !wasBegun { unlink(directory.unfinishedPath) }
            close(file)
            throw Self.isThere(directory)
        }
        ftruncate(file, 0)
        let begun = baseURL + "\n" + (isInPostgres ? "postgres\n" : "")
        _ = Array(begun.utf8).withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
        self.directory = directory
        self.file = file
    }

    /// Says that the folder is ready and that what was made was shown.
    consuming func finish() {
        unlink(directory.unfinishedPath)
    }

    /// Leaves a folder that was new as it was found, when nothing was stored under its key.
    consuming func abandon() {
        unlink(directory.masterKeyPath)
        unlink(directory.unfinishedPath)
    }

    deinit { close(file) }

    private static func isThere(_ directory: DataDirectory) -> CommandFailure {
        let data = ShellWord.quoted(directory.path)
        return CommandFailure(
            """
            \(directory.path) is a data directory already, and stays as it is.
            - Start its server:              signet serve --data \(data)
            - Set the admin's password anew: signet user set-password --data \(data) --username \(Founding.adminUsername)
            - Give an app a new secret:      signet app rotate \(SampleApp.name) --secret --data \(data)
            - Or name a new folder with --data.
            """
        )
    }
}
