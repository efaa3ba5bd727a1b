import Foundation

/// Whether files are this user's alone: others who could put a master key in place would know the key.
enum OwnFile {
    /// Requires that what is there of some files and folders belongs to this user or to root, is no link, and that nobody else can
    /// write to it; and nobody else read a file.
    ///
    /// - Parameters:
    ///   - content: what the files hold, for the message.
    ///   - elsewhere: the remedy for a path that is no plain file.
    /// - Throws: ``CommandFailure`` that names the first that is not so, and the remedy.
    static func require(
        _ paths: [String],
        holding content: String = "the master key",
        elsewhere: String = "name another folder with --data"
    ) throws {
        for path in paths {
            guard let found = try? FileManager.default.attributesOfItem(atPath: path) else { continue }
            let kind = found[.type] as? FileAttributeType
            let mode = (found[.posixPermissions] as? NSNumber)?.intValue ?? 0
            let owner = (found[.ownerAccountID] as? NSNumber)?.uint32Value
            guard kind == .typeRegular || kind == .typeDirectory else {
                throw CommandFailure(
                    "\(path) is a link or no plain file; remove it, or \(elsewhere)"
                )
            }
            guard owner == geteuid() || owner == 0 else {
                throw CommandFailure(
                    "\(path) belongs to another user, who could read or replace \(content); take it over with: chown -R \"$(id -u)\" \(ShellWord.quoted(path))"
                )
            }
            let others = kind == .typeDirectory ? 0o022 : 0o077
            guard mode & others == 0 else {
                throw CommandFailure(
                    "\(path) is open to other users, who could read or replace \(content); close it with: chmod go-rwx \(ShellWord.quoted(path))"
                )
            }
        }
    }
}
