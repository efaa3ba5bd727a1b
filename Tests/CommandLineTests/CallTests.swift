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

    @Test(
        "issue 3.5: a command that works on data alone, or at a server alone, says which of the two and what to call instead",
        arguments: [
            (
                "keys list --issuer http://localhost:1",
                "signet keys list works on the data of a server and has no --issuer: run it on the machine of that server, with --data DIR"
            ),
            (
                "app apply app --issuer=http://localhost:1",
                "signet app apply works on the data of a server and has no --issuer: run it on the machine of that server, with --data DIR; at a server that you signed in to: signet app deploy FOLDER"
            ),
            (
                "permission-set create A --as ann@acme.example",
                "signet permission-set create works on the data of a server and has no --as: run it on the machine of that server, with --data DIR; at a server that you signed in to: signet app deploy FOLDER, with permissionsets/NAME.permissionset in the folder"
            ),
            (
                "app deploy app --data data",
                "signet app deploy works at a server that you signed in to and has no --data: name that server with --issuer URL; on the data of a server: signet app apply FOLDER --data DIR"
            ),
            (
                "whoami --org acme",
                "signet whoami works at a server that you signed in to and has no --org: name that server with --issuer URL"
            ),
            ("token inspect --data data e30.e30.AAAA", "Unknown option '--data'"),
        ]
    )
    func otherPlace(_ typed: String, _ first: String) throws {
        try with { program in
            let result = try program.run(typed.split(separator: " ").map(String.init))
            let lines = result.errors.split(separator: "\n").map(String.init)
            #expect(result.code == 2 && lines.first == "signet: \(first)", "\(result.errors)")
            let command = typed.split(separator: " ").prefix { !$0.hasPrefix("--") }.prefix(2).joined(separator: " ")
            #expect(lines.contains { $0.hasPrefix("Usage: signet \(command)") }, "\(result.errors)")
        }
    }

    @Test(
        "issue 2.2: an option of a neighbouring command is answered with the one that was meant",
        arguments: [
            (
                "user set --username a@b.example --permission-set A",
                "--add-permission-set NAME, --remove-permission-set NAME"
            ),
            ("user set --username a@b.example --freeze", "signet user freeze --username USERNAME"),
            ("user set --username a@b.example --password x", "signet user set-password --username USERNAME"),
            ("user create --username a@b.example --profile P --add-permission-set A", "--permission-set NAME"),
            ("user freeze --username a@b.example --active off", "signet user set --username USERNAME --active off"),
        ]
    )
    func neighbour(_ typed: String, _ remedy: String) throws {
        try with { program in
            let result = try program.run(typed.split(separator: " ").map(String.init))
            #expect(result.code == 2 && result.errors.split(separator: "\n")[1].contains(remedy), "\(result.errors)")
        }
    }

    @Test("issue 2.2: an option without its value, and a change that names nothing, say what there is to give")
    func values() throws {
        try with { program in
            let active = try program.run(["user", "set", "--username", "a@b.example", "--active"])
            #expect(active.code == 2 && active.errors.contains("on or off"), "\(active.errors)")
            let user = try program.run(["user", "set", "--username", "a@b.example"])
            #expect(user.code == 2 && user.errors.contains("--remove-permission-set NAME or --active on|off"))
            let org = try program.run(["org", "set"])
            #expect(
                org.errors.hasPrefix(
                    "signet: name a setting to change: --api, --connected-app-creation, --cors-origin, --credential-overlap, --jwt-audience, --name, --oauth-cors, --require-pkce, --rest-secrets, --session-timeout, --state, --trusted-ip-range\n"
                ),
                "\(org.errors)"
            )
            let label = try program.run(["permission-set", "create", "A", "--permission", "manage users"])
            #expect(label.code == 2 && label.errors.contains("give its API name: ManageUsers"), "\(label.errors)")
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

    @Test("issue 2.2: of a large folder that has more than metadata ten files are named, and the folder that was meant")
    func largeFolder() throws {
        try with { program in
            _ = try program.initialized()
            try program.write("project/force-app/externalClientApps/Orders.eca", "<broken")
            for number in 100..<400 { try program.write("project/lib/\(number).js", "") }
            let project = program.folder + "/project"
            for command in ["apply", "simulate"] {
                let result = try program.run(["app", command, project, "--data", program.data])
                let lines = result.errors.split(separator: "\n").map(String.init)
                #expect(result.code == 1 && lines.count == 13, "\(result.errors)")
                #expect(lines.first == "signet: 300 files of \(project) stand where no metadata does:")
                #expect(lines[1] == "  lib/100.js" && lines[10] == "  lib/109.js" && lines[11] == "  and 290 more")
                #expect(lines.last?.hasSuffix(" alone: \(project)/force-app") == true, "\(result.errors)")
            }
            // A few strangers are told with all else that is wrong.
            let few = program.folder + "/few"
            try program.write("few/externalClientApps/Orders.eca", "<broken")
            for number in 0..<10 { try program.write("few/\(number).js", "") }
            let result = try program.run(["app", "apply", few, "--data", program.data])
            #expect(
                result.errors.contains("externalClientApps/Orders.eca") && result.errors.contains("9.js: UNKNOWN_TYPE")
            )
        }
    }

    @Test("issue 2.2: a package that is not there is named with the reason and what to name")
    func missingPackage() throws {
        try with { program in
            _ = try program.initialized()
            for command in [["package", "install"], ["package", "upgrade"], ["package", "inspect"]] {
                let none = try program.run(command + ["nope.zip", "--data", program.data])
                #expect(
                    none.code == 1
                        && none.errors
                            == "signet: the package nope.zip cannot be read: No such file or directory; name a file that signet package create wrote\n",
                    "\(none.errors)"
                )
            }
        }
    }

    @Test("app-model 7.3: the secret of an app that has none, or has none yet, is not promised")
    func noSecret() throws {
        try with { program in
            _ = try program.initialized()
            try program.write(
                "bare/externalClientApps/Bare.eca",
                "<ExternalClientApplication xmlns=\"http://soap.sforce.com/2006/04/metadata\"><contactEmail>a@b.example</contactEmail><distributionState>Local</distributionState><label>Bare</label></ExternalClientApplication>"
            )
            let applied = try program.run(["app", "apply", program.folder + "/bare", "--data", program.data])
            #expect(applied.code == 0, "\(applied.errors)")
            for (name, text) in [
                ("SignetCLI", "'SignetCLI' has no consumer secret: it is part of Signet and a public client"),
                ("Bare", "'Bare' has no consumer secret, since it has no OAuth settings"),
                ("Sample", "a new one is made with: signet app rotate Sample --secret --data \(program.data)"),
                ("Nope", "no app is named 'Nope'"),
            ] {
                let refused = try program.run(["app", "show", name, "--secret", "--data", program.data])
                #expect(refused.code == 1 && refused.errors.contains(text), "\(refused.errors)")
            }
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
