import Foundation

/// Reads files of a folder that somebody else may have filled: nothing but files that lie in it, and never more of one than asked.
enum RegularFile {
    /// - Parameter limit: how many bytes are read at most.
    /// - Throws: ``CommandFailure`` that names the file, what it is, or the reason.
    static func read(_ path: String, limit: Int) throws -> [UInt8] {
        let type: FileAttributeType?
        do {
            type = try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        } catch {
            throw CommandFailure("the file \(path) cannot be read: \(FileProblem.reason(error))")
        }
        guard type == .typeRegular else {
            throw CommandFailure(
                "\(path) is \(words(type)), which is not read; put the file itself there, or move it away"
            )
        }
        // Should it be exchanged in between, a link is still not followed and a pipe not waited for.
        let file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { throw unreadable(path) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < limit {
            let count = Foundation.read(file, &chunk, min(chunk.count, limit - bytes.count))
            guard count >= 0 else { throw unreadable(path) }
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return bytes
    }

    private static func unreadable(_ path: String) -> CommandFailure {
        CommandFailure("the file \(path) cannot be read: \(FileProblem.words(errno))")
    }

    private static func words(_ type: FileAttributeType?) -> String {
        switch type {
        case .typeSymbolicLink: "a symbolic link"
        case .typeCharacterSpecial, .typeBlockSpecial: "a device"
        case .typeSocket: "a socket"
        default: "a pipe or another special file"
        }
    }
}
