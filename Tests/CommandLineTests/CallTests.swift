import Foundation
import OAuthTypes
import Testing

@Suite("Calls")
struct CallTests {
    private func with(_ body: (SignetProgram) throws -> Void) throws {
        let program = try SignetProgram()
        defer { program.remove() }
        try body(program)
    }

    @Test("issue 2.2: a wrong call prints the usage of its own command, also when it is found out late")
    func usage() throws {
        try with { program in
            let late = try program.run(["token", "verify", "e30.e30.AAAA"])
            #expect(late.code == 2)
            #expect(late.errors.contains("Usage: signet token verify"))
            let scope = try program.run([
                "token", "verify", "e30.e30.AAAA", "--issuer", "https://a.example", "--scope", "\u{e9}",
            ])
            #expect(scope.code == 2)
            #expect(scope.errors.contains("--scope"))
        }
    }

    @Test("issue 2.2: a password that is piped in without --password-stdin is not passed over in silence")
    func pipedPassword() throws {
        try with { program in
            _ = try program.initialized()
            let user = ["--username", "ann@acme.example", "--data", program.data]
            for command in [["user", "create", "--profile", "Standard User"], ["user", "set-password"]] {
                let piped = try program.run(command + user, input: "correct horse\n")
                #expect(piped.code == 2)
                #expect(piped.errors.contains("--password-stdin"))
            }
            #expect(try program.run(["user", "list", "--data", program.data]).output.contains("ann@") == false)
        }
    }

    @Test(
        "issue 2.2: an e-mail address is checked",
        arguments: ["nomail", "a@b", "a@b.", "a b@c.example", "@c.example", "a@@c.example"]
    )
    func emails(_ email: String) throws {
        try with { program in
            let result = try program.run([
                "user", "create", "--username", "ann@acme.example", "--profile", "Standard User", "--email", email,
                "--data", program.data,
            ])
            #expect(result.code == 2)
            #expect(result.errors.contains("--email"))
        }
    }

    @Test(
        "issue 2.2: a name that is no command ends with 2 and names the nearest one",
        arguments: [("ap list", "signet app"), ("app lst", "signet app list"), ("kyes", "signet keys")]
    )
    func mistyped(_ typed: String, _ meant: String) throws {
        try with { program in
            let result = try program.run(typed.split(separator: " ").map(String.init))
            #expect(result.code == 2)
            #expect(result.errors.split(separator: "\n").contains("Did you mean: \(meant)"))
        }
    }

    @Test("issue 2.2: what is out of range on the command line is misuse, and ends with 2")
    func outOfRange() throws {
        try with { program in
            let port = try program.run(["serve", "--data", program.data, "--port", "99999"])
            #expect(port.code == 2 && port.errors.contains("--port must be from 0 to 65535"))
            let name = try program.run(["dev-cert", "no name", "--into", program.data + "-certs"])
            #expect(name.code == 2 && name.errors.contains("'no name' is no host name"))
        }
    }

    @Test("issue 2.2: a command that another one names has the options that led to the data")
    func hints() throws {
        try with { program in
            _ = try program.initialized()
            let none = try program.run(["app", "show", "Nope", "--data", program.data, "--org", "localhost"])
            #expect(none.code == 1)
            #expect(none.errors.contains("see: signet app list --data \(program.data) --org localhost"))
        }
    }

    @Test("issue 2.2: a folder without metadata is told once, with the one to name")
    func wrongFolder() throws {
        try with { program in
            _ = try program.initialized()
            let wrong = try program.run(["app", "apply", program.data, "--data", program.data])
            #expect(wrong.code == 1)
            #expect(wrong.errors.contains("name the folder that holds externalClientApps/"))
            #expect(wrong.errors.split(separator: "\n").count == 1)
        }
    }

    @Test("issue 2.2: an issuer that cannot be reached is named with the reason in words")
    func unreachable() throws {
        try with { program in
            // Port 1 of this machine: nothing listens there.
            let closed = try program.run(["token", "verify", "e30.e30.AAAA", "--issuer", "http://127.0.0.1:1"])
            #expect(closed.code == 1)
            #expect(closed.output.contains("http://127.0.0.1:1/.well-known/openid-configuration cannot be reached"))
            #expect(closed.output.contains("nothing listens there"))
            #expect(!closed.output.contains("NIO"))
        }
    }
}

@Suite("token revoke")
struct TokenRevokeTests {
    @Test("security 1.8: an operator ends the tokens of a user, an app or the org, which the audit trail records")
    func revoked() throws {
        let program = try SignetProgram()
        defer { program.remove() }
        _ = try program.initialized()
        for holder in [["--user", "admin@signet.example"], ["--app", "Sample"], ["--all"]] {
            let result = try program.run(["token", "revoke"] + holder + ["--data", program.data])
            #expect(result.code == 0 && result.output.contains("has ended"), "\(result.errors)")
        }
        let audit = try program.run(["audit", "list", "--action", "tokensRevoked", "--data", program.data])
        #expect(audit.output.split(separator: "\n").count { $0.contains("tokensRevoked") } == 3, "\(audit.output)")
        let none = try program.run(["token", "revoke", "--app", "Nope", "--data", program.data])
        #expect(none.code == 1 && none.errors.contains("no app is named 'Nope'"))
        #expect(try program.run(["token", "revoke", "--data", program.data]).code == 2)
        #expect(try program.run(["token", "revoke", "--all", "--app", "Sample", "--data", program.data]).code == 2)
    }
}
