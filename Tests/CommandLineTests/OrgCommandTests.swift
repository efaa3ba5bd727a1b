import Foundation
import OAuthTypes
import Testing

@Suite("Orgs by command")
struct OrgCommandTests {
    private func with(_ body: (SignetProgram) throws -> Void) throws {
        let program = try SignetProgram()
        defer { program.remove() }
        _ = try program.initialized()
        try body(program)
    }

    private func run(_ program: SignetProgram, _ arguments: String...) throws -> SignetProgram.Result {
        try program.run(arguments + ["--data", program.data])
    }

    private func create(_ program: SignetProgram, _ arguments: String...) throws -> JSONObject {
        let made = try program.run(["org", "create"] + arguments + ["--data", program.data, "--output", "json"])
        try #require(made.code == 0, "\(made.errors)")
        return try #require(try made.json().object)
    }

    @Test("app-model 0: a new org has an issuer, an admin with a password shown once, and keys of its own")
    func create() throws {
        try with { program in
            let made = try create(program, "Globex", "--my-domain", "globex.localhost", "--edition", "Enterprise")
            #expect(made["issuer"]?.string == "http://globex.localhost:8080")
            #expect(made["adminUsername"]?.string == "admin@globex.localhost")
            #expect(made["adminPassword"]?.string?.utf8.count == 20)
            let listed = try run(program, "org", "list", "--output", "json").json().array?.compactMap(\.object) ?? []
            #expect(
                listed.compactMap { $0["issuer"]?.string } == ["http://localhost:8080", "http://globex.localhost:8080"]
            )
            #expect(listed.last?["edition"]?.string == "Enterprise" && listed.last?["id"] == made["orgId"])
            let text = try run(program, "org", "list").output
            #expect(text.contains("Globex\tEnterprise\thttp://globex.localhost:8080\tactive"))
            let own = try run(program, "keys", "list", "--org", "Globex", "--output", "json").json().array ?? []
            let others = try run(program, "keys", "list", "--org", "localhost", "--output", "json").json().array ?? []
            #expect(own.count == 2 && own.allSatisfy { $0.object?["state"]?.string == "active" })
            #expect(Set(own.map { "\($0)" }).isDisjoint(with: others.map { "\($0)" }))
            let users = try run(program, "user", "list", "--org", "globex.localhost").output
            #expect(users.contains("admin@globex.localhost\tSystem Administrator\tactive"))
            #expect(!users.contains("signet.example"))
            let trail = try run(program, "audit", "list", "--org", "Globex").output
            #expect(trail.contains("(signet org create)  created Org 'Globex'"))
            #expect(!trail.contains(made["adminPassword"]?.string ?? "-"))
            #expect(try run(program, "doctor").code == 0)
        }
    }

    @Test("app-model 0: with several orgs a command says that --org is missing, and takes an id, a host or a name")
    func choice() throws {
        try with { program in
            #expect(try run(program, "org", "show").code == 0)
            let made = try create(program, "Globex", "--my-domain", "globex.localhost")
            let id = try #require(made["orgId"]?.string)
            for command in [
                ["org", "show"], ["org", "set", "--name", "X"], ["user", "list"], ["app", "list"], ["keys", "list"],
                ["profile", "list"], ["permission-set", "list"], ["audit", "list"], ["audit", "export"],
                ["user", "freeze", "--username", "admin@globex.localhost"], ["app", "delete", "Sample"],
            ] {
                let refused = try program.run(command + ["--data", program.data])
                #expect(refused.code == 1 && refused.errors.contains("--org"), "\(command): \(refused.errors)")
                #expect(refused.errors.contains("Globex (\(id.prefix(15)), globex.localhost)"), "\(refused.errors)")
            }
            for name in [
                id, String(id.prefix(15)), "globex.localhost", "globex.localhost:8080", "http://globex.localhost:8080",
                "Globex",
            ] {
                let shown = try run(program, "org", "show", "--org", name, "--output", "json")
                #expect(try shown.json().object?["id"]?.string == id, "\(name): \(shown.errors)")
            }
            let unknown = try run(program, "org", "show", "--org", "Initech")
            #expect(unknown.code == 1 && unknown.errors.contains("no org is 'Initech'"))
            _ = try create(program, "Globex", "--my-domain", "globex2.localhost")
            let ambiguous = try run(program, "org", "show", "--org", "Globex")
            #expect(ambiguous.code == 1 && ambiguous.errors.contains("several orgs are named 'Globex'"))
            let verified = try run(program, "audit", "verify")
            #expect(verified.code == 0 && verified.output.split(separator: "\n").count == 3)
        }
    }

    @Test("app-model 0: what is of another org is not there: users, apps, profiles")
    func isolation() throws {
        try with { program in
            _ = try create(program, "Globex", "--my-domain", "globex.localhost")
            for command in [
                ["user", "freeze", "--username", "admin@signet.example"],
                ["user", "set-password", "--username", "admin@signet.example"], ["app", "show", "Sample"],
                ["app", "delete", "Sample"], ["app", "rotate", "Sample", "--secret"],
            ] {
                let refused = try program.run(command + ["--org", "Globex", "--data", program.data])
                #expect(refused.code == 1, "\(command): \(refused.output)")
            }
            let taken = try run(
                program,
                "user",
                "create",
                "--username",
                "ADMIN@signet.example",
                "--profile",
                "Standard User",
                "--org",
                "Globex"
            )
            #expect(taken.code == 1 && taken.errors.contains("of all orgs of the server"), "\(taken.errors)")
        }
    }

    @Test(
        "app-model 0: a host that is taken, is none or cannot be reached without TLS is refused with the remedy",
        arguments: [
            (["--my-domain", "globex.example"], "name under localhost"),
            (["--my-domain", "localhost"], "is that of the org"),
            (["--my-domain", "127.0.0.1"], "is that of the org"),
            (["--my-domain", "http://globex.localhost"], "--my-domain must be"),
            (["--my-domain", "globex.localhost:9090"], "--my-domain must be"),
            (["--my-domain", "Globex.localhost"], "--my-domain must be"),
            (["--my-domain", "globex.localhost", "--edition", "Personal"], "no edition is named 'Personal'"),
            (["--my-domain", "globex.localhost", "--admin", "admin@signet.example"], "is taken"),
            (["--my-domain", "globex.localhost", "--admin", "admin"], "--admin must have the form"),
            (["--my-domain", String(repeating: "g", count: 80) + ".localhost"], "name the admin with --admin"),
            ([], "--my-domain"),
        ]
    )
    func refusals(_ arguments: [String], _ problem: String) throws {
        try with { program in
            let refused = try program.run(["org", "create", "Globex"] + arguments + ["--data", program.data])
            #expect(refused.code != 0 && refused.errors.contains(problem), "\(refused.errors)")
            #expect(try run(program, "org", "list").output.split(separator: "\n").count == 1)
        }
    }

    @Test("flows 1.1: the login host is no host of an org and has no scheme, port or path")
    func loginHost() throws {
        try with { program in
            for (host, problem) in [
                ("localhost", "is the host of the org"), ("login.example", "name under localhost"),
                ("login.localhost:8080", "login-host must be"), ("https://login.localhost", "login-host must be"),
            ] {
                let refused = try run(program, "serve", "--port", "0", "--login-host", host)
                #expect(refused.code == 1 && refused.errors.contains(problem), "\(host): \(refused.errors)")
                let variable = try program.run(
                    ["serve", "--port", "0", "--data", program.data],
                    environment: ["SIGNET_LOGIN_HOST": host]
                )
                #expect(variable.code == 1 && variable.errors.contains(problem))
                try program.write("data/signet.json", #"{"login-host": "\#(host)", "port": 0}"#)
                let file = try run(program, "serve")
                #expect(file.code == 1 && file.errors.contains(problem))
                try program.write("data/signet.json", "{}")
            }
        }
    }
}
