import Foundation
import OAuthTypes
import Testing

@Suite("Audit")
struct AuditCommandTests {
    private func with(_ body: (SignetProgram) throws -> Void) throws {
        let program = try SignetProgram()
        defer { program.remove() }
        _ = try program.initialized()
        try body(program)
    }

    private func run(_ program: SignetProgram, _ arguments: String...) throws -> SignetProgram.Result {
        let result = try program.run(arguments + ["--data", program.data])
        try #require(result.code == 0, "\(arguments): \(result.errors)")
        return result
    }

    @Test("issue 3, audit: every command that changes something leaves who, what, before and after")
    func changes() throws {
        try with { program in
            _ = try run(program, "org", "set", "--session-timeout", "60")
            _ = try run(program, "profile", "set", "Standard User", "--session-timeout", "30")
            _ = try run(program, "permission-set", "create", "Clerks", "--permission", "ApiEnabled")
            _ = try run(program, "user", "create", "--username", "ann@acme.example", "--profile", "Standard User")
            let password = try run(program, "user", "set-password", "--username", "ann@acme.example").output
            _ = try run(program, "user", "freeze", "--username", "ann@acme.example")
            _ = try run(program, "keys", "rotate")
            _ = try run(program, "keys", "revoke", "--all")
            _ = try run(program, "app", "rotate", "Sample", "--secret")
            _ = try run(program, "app", "delete", "Sample")
            let text = try run(program, "audit", "list", "--limit", "1000").output
            for (command, what) in [
                ("init", "created Org 'Signet Developer Org'"),
                ("init", "created ExternalClientApplication 'Sample'"),
                ("org set", "updated Org 'Signet Developer Org'\n      sessionTimeoutMinutes: 120 → 60"),
                ("profile set", "updated Profile 'Standard User'\n      sessionTimeoutMinutes: – → 30"),
                ("permission-set create", "created PermissionSet 'Clerks'"),
                ("user create", "created User 'ann@acme.example'"),
                ("user set-password", "passwordSet User 'ann@acme.example'"),
                ("user freeze", "frozen User 'ann@acme.example'\n      isFrozen: false → true"),
                ("keys rotate", "created SigningKey"), ("keys revoke", "keysRevoked SigningKey"),
                ("app rotate", "credentialsRotated ExternalClientApplication 'Sample'"),
                ("app delete", "deleted ExternalClientApplication 'Sample'"),
            ] {
                #expect(text.contains("(signet \(command))  \(what)"), "\(command): \(what)\n\(text)")
            }
            let secret = password.split(separator: "password: ").last?.prefix { $0 != " " } ?? ""
            #expect(secret.count == 20 && !text.contains(secret))
            #expect(text.contains("\(NSUserName())@"))
        }
    }

    @Test("issue 3, audit: the list is narrowed by time, by who did it and by what was done to what")
    func filters() throws {
        try with { program in
            _ = try run(program, "user", "create", "--username", "ann@acme.example", "--profile", "Standard User")
            _ = try run(program, "user", "freeze", "--username", "ann@acme.example")
            func count(_ filter: String...) throws -> Int {
                let result = try program.run(
                    ["audit", "list", "--output", "json", "--limit", "1000", "--data", program.data] + filter
                )
                return try #require(try result.json().array, "\(result.errors)").count
            }
            let all = try count()
            #expect(try count("--subject", "ann@acme.example") == 2)
            #expect(try count("--subject", "ann@acme.example", "--action", "frozen") == 1)
            #expect(try count("--subject", "Profile") == 3)
            #expect(try count("--actor", NSUserName()) + count("--actor", "server") == all)
            #expect(try count("--actor", "nobody@acme.example") == 0)
            #expect(try count("--since", "2100-01-01") == 0 && count("--since", "2020-01-01T00:00:00Z") == all)
            #expect(try count("--until", "2020-01-01") == 0)
            #expect(try count("--limit", "1") == 1)
            for (option, value) in [("--since", "yesterday"), ("--action", "destroyed"), ("--limit", "0")] {
                let refused = try program.run(["audit", "list", "--data", program.data, option, value])
                #expect(refused.code == 2 && !refused.errors.isEmpty, "\(option) \(value)")
            }
        }
    }

    @Test("issue 3, audit: an export holds each entry as the chain covers it, and goes on after a number")
    func export() throws {
        try with { program in
            func lines(_ arguments: String...) throws -> [JSONObject] {
                try program.run(["audit", "export", "--data", program.data] + arguments).output
                    .split(separator: "\n").map { try JSONScanner.object(Array($0.utf8)) }
            }
            let all = try lines()
            #expect(all.map { $0["sequence"]?.integer } == (1...Int64(all.count)).map { $0 })
            var last = [UInt8](repeating: 0, count: 32)
            for line in all {
                let entry = try #require(line["entry"]?.string)
                last = try sha256(last + Array(entry.utf8), in: program)
                #expect(line["hash"]?.string == Base64URL.encode(last))
            }
            let rest = try lines("--after", "\(all.count - 1)")
            #expect(rest.count == 1 && rest.first?["hash"]?.string == Base64URL.encode(last))
        }
    }

    @Test("issue 3, audit: verify says where the chain has a gap, and ends with 1")
    func verify() throws {
        try with { program in
            #expect(try run(program, "audit", "verify").output.contains("entries, none missing or changed"))
            for (statement, problem) in [
                (
                    "UPDATE audit_entries SET content = replace(content, 'Sample', 'Other') WHERE sequence = 8",
                    "entry 8 is not"
                ),
                ("DELETE FROM audit_entries WHERE sequence = 3", "entry 3 is missing"),
            ] {
                try sqlite(statement, program)
                let broken = try program.run(["audit", "verify", "--data", program.data])
                #expect(broken.code == 1 && broken.output.contains("BROKEN: \(problem)"), "\(broken.output)")
                let json = try program.run(["audit", "verify", "--data", program.data, "--output", "json"])
                #expect(try json.code == 1 && json.json().array?.first?.object?["isWhole"] == .bool(false))
            }
        }
    }

    @Test("issue 3, audit: an entry as long as the documents that were deployed hides nothing that comes after it")
    func longEntries() throws {
        try with { program in
            let description = String(repeating: "d", count: 70_000)
            try program.write(
                "app/externalClientApps/Long.eca",
                "<ExternalClientApplication xmlns=\"http://soap.sforce.com/2006/04/metadata\"><contactEmail>a@b.example</contactEmail><description>\(description)</description><label>Long</label></ExternalClientApplication>"
            )
            _ = try run(program, "app", "apply", program.folder + "/app")
            _ = try run(program, "org", "set", "--session-timeout", "45")
            let list = try run(program, "audit", "list").output
            #expect(list.contains(description) && list.contains("sessionTimeoutMinutes"))
            let lines = try run(program, "audit", "export").output.split(separator: "\n")
            #expect(
                lines.contains { $0.contains(description) } && lines.last?.contains("sessionTimeoutMinutes") == true
            )
            #expect(
                try run(program, "audit", "verify").output.contains("\(lines.count) entries, none missing or changed")
            )
        }
    }

    /// By another implementation than the one under test.
    private func sha256(_ bytes: [UInt8], in program: SignetProgram) throws -> [UInt8] {
        let file = program.folder + "/hashed"
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        let script =
            "import hashlib,sys; sys.stdout.buffer.write(hashlib.sha256(open(sys.argv[1],'rb').read()).digest())"
        return Array(try python([script, file]))
    }

    private func sqlite(_ statement: String, _ program: SignetProgram) throws {
        let script = "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()"
        _ = try python([script, program.data + "/signet.db", statement])
    }

    private func python(_ arguments: [String]) throws -> Data {
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c"] + arguments
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return data
    }
}
