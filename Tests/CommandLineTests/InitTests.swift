import Foundation
import OAuthTypes
import Testing

@Suite("Init")
struct InitTests {
    private func with(_ body: (SignetProgram) throws -> Void) throws {
        let program = try SignetProgram()
        defer { program.remove() }
        try body(program)
    }

    private func initialize(_ program: SignetProgram, url: String = "http://localhost:8080") throws
        -> SignetProgram.Result
    {
        try program.run(["init", "--data", program.data, "--base-url", url, "--output", "json"])
    }

    @Test(
        "issue 2.2: an init that was interrupted before the org is finished by running it again; until then all else says so"
    )
    func interruptedBeforeOrg() throws {
        try with { program in
            try program.write("data/init.unfinished", "http://localhost:8080")
            for command in [["serve"], ["doctor"], ["user", "list"]] {
                let refused = try program.run(command + ["--data", program.data])
                #expect(refused.code == 1)
                #expect(
                    refused.errors.contains("signet init --data \(program.data) --base-url http://localhost:8080")
                )
            }
            #expect(try initialize(program).code == 0)
            #expect(!FileManager.default.fileExists(atPath: program.data + "/init.unfinished"))
            #expect(try program.run(["doctor", "--data", program.data]).code == 0)
        }
    }

    @Test(
        "issue 2.2: an init that was interrupted before it showed the password sets a new one and a new secret, in the same org"
    )
    func interruptedBeforeAnswer() throws {
        try with { program in
            let first = try program.initialized()
            try program.write("data/init.unfinished", "http://localhost:8080")
            #expect(try initialize(program, url: "http://localhost:9000").errors.contains("http://localhost:8080"))
            let result = try initialize(program)
            try #require(result.code == 0, "\(result.errors)")
            let second = try #require(try result.json().object)
            #expect(second["orgId"]?.string == first["orgId"]?.string)
            #expect(second["adminPassword"]?.string != first["adminPassword"]?.string)
            #expect(second["app"]?.object?["consumerKey"]?.string == first["app"]?.object?["consumerKey"]?.string)
            #expect(second["app"]?.object?["consumerSecret"]?.string != first["app"]?.object?["consumerSecret"]?.string)
            #expect(try program.run(["doctor", "--data", program.data]).code == 0)
        }
    }

    @Test("issue 2.2: an init that was begun with PostgreSQL is not finished with a file beside it")
    func interruptedInPostgres() throws {
        try with { program in
            try program.write("data/init.unfinished", "http://localhost:8080\npostgres\n")
            let refused = try initialize(program)
            #expect(refused.code == 1)
            #expect(refused.errors.contains("--database"))
            #expect(!FileManager.default.fileExists(atPath: program.data + "/master.key"))
            #expect(try program.run(["doctor", "--data", program.data]).errors.contains("--database POSTGRES-URL"))
        }
    }

    @Test("issue 2.2: init takes over no org of another master key, and leaves its password alone")
    func foreignOrg() throws {
        try with { program in
            _ = try program.initialized()
            try program.write("other/init.unfinished", "http://localhost:8080")
            #expect(try program.run(["backup", program.folder + "/other/signet.db", "--data", program.data]).code == 0)
            let result = try program.run([
                "init", "--data", program.folder + "/other", "--base-url", "http://localhost:8080",
            ])
            #expect(result.code == 1)
            #expect(result.errors.contains("another data directory"))
        }
    }

    @Test("issue 2.2: a second init names the commands that start the server and make a new password and secret")
    func secondInit() throws {
        try with { program in
            _ = try program.initialized()
            let again = try initialize(program)
            #expect(again.code == 1)
            for command in ["signet serve", "signet user set-password", "signet app rotate"] {
                #expect(again.errors.contains(command))
            }
            let secret = try program.run([
                "app", "rotate", "Sample", "--secret", "--data", program.data, "--output", "json",
            ])
            #expect(try secret.json().object?["consumerSecret"]?.string != nil)
            #expect(try program.run(["app", "rotate", "None", "--secret", "--data", program.data]).code == 1)
        }
    }

    @Test("issue 2.2: a missing, a damaged, a foreign master key and a missing database are told apart")
    func masterKeys() throws {
        try with { program in
            let key = program.data + "/master.key"
            let absent = try program.run(["serve", "--data", program.data])
            #expect(absent.errors.contains("there is no data directory"))
            _ = try program.initialized()
            let right = try #require(FileManager.default.contents(atPath: key))
            try program.write("data/master.key", "AAAA")
            #expect(try program.run(["serve", "--data", program.data]).errors.contains("is damaged"))
            try program.write("data/master.key", Base64URL.encode([UInt8](repeating: 7, count: 32)))
            let foreign = try program.run(["serve", "--data", program.data])
            #expect(foreign.code == 1)
            #expect(foreign.errors.contains("does not open the keys"))
            try FileManager.default.removeItem(atPath: key)
            let missing = try program.run(["serve", "--data", program.data])
            #expect(missing.errors.contains("put it back from a backup"))
            #expect(!missing.errors.contains("signet init"))
            #expect(try initialize(program).errors.contains("put it back from a backup"))
            try program.write("data/master.key", String(decoding: right, as: UTF8.self))
            try FileManager.default.removeItem(atPath: program.data + "/signet.db")
            #expect(try program.run(["serve", "--data", program.data]).errors.contains("SIGNET_DATABASE"))
        }
    }

    @Test("issue 2.2: a database file that is none, and a folder that cannot be made, are named with the reason")
    func files() throws {
        try with { program in
            _ = try program.initialized()
            for end in ["-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: program.data + "/signet.db" + end)
            }
            try program.write("data/signet.db", String(repeating: "no database ", count: 100))
            let damaged = try program.run(["user", "list", "--data", program.data])
            #expect(damaged.errors.contains("is no SQLite database"))
            let below = try program.run([
                "init", "--data", program.data + "/signet.db/x", "--base-url", "http://localhost:8080",
            ])
            #expect(below.code == 1)
            #expect(below.errors.contains("Not a directory"))
            #expect(!below.errors.contains("NSCocoa"))
        }
    }
}
