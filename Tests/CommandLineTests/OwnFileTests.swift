import Foundation
import Testing

@testable import signet

@Suite("Files of one owner")
struct OwnFileTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "/signet-own-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test("security 1.20: a folder that others can write to, a key that others can read, and a link are refused")
    func refusals() throws {
        try withFolder { folder in
            let key = folder + "/master.key"
            try Data().write(to: URL(filePath: key))
            chmod(key, 0o600)
            try OwnFile.require([folder, key, folder + "/missing"])
            chmod(key, 0o640)
            #expect(throws: CommandFailure.self) { try OwnFile.require([key]) }
            chmod(key, 0o600)
            chmod(folder, 0o777)
            #expect(throws: CommandFailure.self) { try OwnFile.require([folder]) }
            chmod(folder, 0o755)
            try OwnFile.require([folder])
            symlink(key, folder + "/link")
            #expect(throws: CommandFailure.self) { try OwnFile.require([folder + "/link"]) }
        }
    }

    @Test("security 1.20: a private file is not written through a link that stands in its way")
    func links() throws {
        try withFolder { folder in
            let (victim, key) = (folder + "/victim", folder + "/master.key")
            try Data("untouched".utf8).write(to: URL(filePath: victim))
            symlink(victim, key + ".new")
            try PrivateFile.write(Array("secret".utf8), to: key)
            #expect(FileManager.default.contents(atPath: victim) == Data("untouched".utf8))
            #expect(FileManager.default.contents(atPath: key) == Data("secret".utf8))
            try OwnFile.require([key])
        }
    }

    @Test(
        "security 1.20: the password of a database URL is found, wherever it ends",
        arguments: [
            ("postgres://u:p@host/db", "p"), ("postgres://u:p:q@r@host:5432/db", "p:q@r"), ("postgres://host/db", nil),
            ("postgres://u@host/a:b@c", nil), ("--port", nil), ("--database=postgres://u:secret@h", "secret"),
        ] as [(String, String?)]
    )
    func passwords(argument: String, password: String?) {
        let bytes = Array(argument.utf8)
        let found = ArgumentPrivacy.passwordRange(bytes).map { String(decoding: bytes[$0], as: UTF8.self) }
        #expect(found == password)
    }
}
