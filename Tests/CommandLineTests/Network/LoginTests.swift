import Foundation
import OAuthTypes
import Testing

@Suite("Signing in over the network", .serialized)
struct LoginTests {
    @Test(
        "RFC 8252 section 7.3: signet login works against a fresh server, and commands then say what they say of its data"
    )
    func login() async throws {
        try await ServedOrg.run { served in
            let nobody = try served.signet("app", "list")
            #expect(nobody.code == 1)
            #expect(nobody.errors.contains("nobody is signed in; run: signet login --issuer URL"))
            #expect(nobody.errors.contains("--data DIR"))
            let signedIn = try await served.signIn()
            #expect(signedIn.output == "signed in as \(served.username) at \(served.issuer)\n")
            let who = try #require(try served.signet("whoami", "--output", "json").json().object)
            #expect(who["username"]?.string == served.username && who["issuer"]?.string == served.issuer)
            #expect(who["orgId"]?.string == served.first["orgId"]?.string)
            for command in [["app", "list"], ["app", "show", "Sample"], ["app", "explain", "Sample"]] {
                for output in ["text", "json"] {
                    let remote = try served.program.run(command + ["--output", output])
                    #expect(remote.code == 0, "\(remote.errors)")
                    let local = try served.program.run(command + ["--output", output, "--data", served.program.data])
                    #expect(remote.output == local.output)
                }
            }
            #expect(try served.signet("app", "list").output.contains("SignetCLI\topaque\tenabled\tSignetCLI\texternal"))
            let missing = try served.signet("app", "show", "Nobody")
            #expect(missing.code == 1 && missing.errors.contains("no app is named 'Nobody'; see: signet app list"))
        }
    }

    @Test("issue 3.5: the files of a session are for their owner alone, and one that is open to others is not used")
    func files() async throws {
        try await ServedOrg.run { served in
            try await served.signIn()
            func mode(_ path: String) throws -> Int? {
                (try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber)?.intValue
            }
            #expect(try mode(served.sessionFolder) == 0o700 && mode(served.sessionFolder + "/sessions") == 0o700)
            let file = try served.sessionFile()
            #expect(try mode(file) == 0o600)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
            let refused = try served.signet("app", "list")
            #expect(refused.code == 1 && refused.errors.contains("is open to other users"))
            #expect(!refused.errors.contains("master key"))
        }
    }

    @Test(
        "RFC 6749 section 10.12 and RFC 9207 section 2.4: an answer of another state is passed over, one of another issuer refused"
    )
    func foreignAnswers() async throws {
        try await ServedOrg.run { served in
            let (login, url) = try served.login()
            let person = Person(username: served.username, password: served.password)
            let callback = try await person.callback(url, issuer: served.issuer)
            #expect(callback.hasPrefix("http://127.0.0.1:"))
            var parts = try #require(URLComponents(string: callback))
            let good = try #require(parts.queryItems)
            func address(_ name: String, _ value: String?) throws -> String {
                parts.queryItems = good.compactMap { item in
                    item.name == name ? value.map { URLQueryItem(name: name, value: $0) } : item
                }
                return try #require(parts.string)
            }
            for state in ["other", nil] {
                #expect(try await person.page(address("state", state)).contains("not the answer"))
            }
            #expect(try await person.page(address("iss", "https://other.example")).contains("You are not signed in"))
            let result = login.result()
            #expect(result.code == 1 && result.errors.contains("the answer is not of \(served.issuer)"))
            #expect(try served.signet("session", "list").output.isEmpty)
        }
    }

    @Test("RFC 6749 section 4.1.2.1: a person who denies is not signed in, and the terminal says so")
    func denial() async throws {
        try await ServedOrg.run { served in
            let (login, url) = try served.login()
            let person = Person(username: served.username, password: served.password)
            _ = try await person.authorize(url, issuer: served.issuer, decision: "deny")
            let result = login.result()
            #expect(result.code == 1 && result.errors.contains("the server refused: access_denied"))
        }
    }

    @Test("issue 3.5: the address that a browser of another machine ends at may be pasted")
    func pasted() async throws {
        try await ServedOrg.run { served in
            let (login, url) = try served.login()
            let person = Person(username: served.username, password: served.password)
            login.type("what?")
            _ = try login.line(with: "This is not the address")
            login.type(try await person.callback(url, issuer: served.issuer))
            #expect(login.result().output.contains("signed in as"))
        }
    }

    @Test("RFC 9700 section 4.14.2: commands at the same time renew a session once, and none loses its refresh token")
    func renewalAtOnce() async throws {
        try await ServedOrg.run { served in
            try await served.signIn()
            let file = try served.sessionFile()
            func session() throws -> JSONObject {
                try JSONScanner.object(Array(#require(FileManager.default.contents(atPath: file))))
            }
            let before = try session()
            // As it is when the access token has ended.
            let text = String(decoding: try #require(FileManager.default.contents(atPath: file)), as: UTF8.self)
            try Data(text.replacing(#/"expiresAt":\d+/#, with: "\"expiresAt\":1").utf8)
                .write(to: URL(fileURLWithPath: file))
            let commands = try (0..<5).map { _ in try RunningProgram(served.program.process(["app", "list"])) }
            for command in commands {
                let result = command.result()
                #expect(result.code == 0, "\(result.errors)")
            }
            let after = try session()
            #expect(after["refreshToken"] != before["refreshToken"] && after["accessToken"] != before["accessToken"])
            // A token that was used twice would have ended all of them.
            #expect(try served.signet("whoami").code == 0)
            let usage = try #require(try? served.local("audit", "list", "--output", "json").output)
            #expect(!usage.contains(after["refreshToken"]?.string ?? "-"))
        }
    }

    @Test("RFC 7009: signet logout ends the session at the server, also for who has kept a copy of its file")
    func logout() async throws {
        try await ServedOrg.run { served in
            try await served.signIn()
            let file = try served.sessionFile()
            let copy = try #require(FileManager.default.contents(atPath: file))
            #expect(try served.signet("logout").output == "signed out \(served.username) at \(served.issuer)\n")
            #expect(!FileManager.default.fileExists(atPath: file))
            #expect(try served.signet("whoami").errors.contains("nobody is signed in"))
            try served.program.write(
                String(file.dropFirst(served.program.folder.count + 1)),
                String(decoding: copy, as: UTF8.self)
            )
            let ended = try served.signet("whoami")
            #expect(ended.code == 1)
            #expect(ended.errors.contains("has ended (invalid_grant"))
            #expect(ended.errors.contains("sign in again: signet login --issuer \(served.issuer)"))
        }
    }

    @Test("issue 3.5: one person may be several users, each session by its server and user")
    func severalUsers() async throws {
        try await ServedOrg.run { served in
            let password = try served.makeUser("ann@acme.example")
            try await served.signIn()
            try await served.signIn("ann@acme.example", password)
            #expect(try served.signet("whoami").output.contains("ann@acme.example"))
            #expect(try served.signet("whoami", "--as", served.username).output.contains(served.username))
            let list = try #require(try served.signet("session", "list", "--output", "json").json().array)
            #expect(list.count == 2)
            #expect(list.filter { $0.object?["isCurrent"] == .bool(true) }.count == 1)
            #expect(try served.signet("session", "use", "--as", served.username).code == 0)
            #expect(try served.signet("whoami").output.contains(served.username))
            // Which permissions count is the server's to say, by who is signed in.
            let refused = try served.signet("app", "list", "--as", "ann@acme.example")
            #expect(refused.code == 1 && refused.errors.contains("View all External Client Apps"))
            let unknown = try served.signet("whoami", "--issuer", "https://other.example")
            #expect(unknown.code == 1 && unknown.errors.contains("signet login --issuer https://other.example"))
            #expect(try served.signet("logout", "--all").output.split(separator: "\n").count == 2)
            #expect(try served.signet("whoami").code == 1)
        }
    }

    @Test("issue 3.5: whether a command works on data or at a server is never in doubt")
    func places() async throws {
        try await ServedOrg.run { served in
            try await served.signIn()
            let both = try served.signet("app", "list", "--data", served.program.data, "--issuer", served.issuer)
            #expect(both.code == 2 && both.errors.contains("give one of the two"))
            let org = try served.signet("app", "list", "--org", "Acme")
            #expect(org.code == 2 && org.errors.contains("--org goes with --data"))
            let none = served.program.folder + "/none"
            let variable = try served.program.run(["app", "list"], environment: ["SIGNET_DATA": none])
            #expect(variable.code == 1 && variable.errors.contains("there is no data directory \(none)"))
            let named = try served.program.run(
                ["app", "list", "--issuer", served.issuer],
                environment: ["SIGNET_DATA": none]
            )
            #expect(named.code == 0, "\(named.errors)")
            // In a folder with a data directory in its customary place.
            let data = served.program.folder + "/here/.signet/data"
            #expect(try served.signet("init", "--data", data, "--base-url", "http://localhost:8080").code == 0)
            let unclear = try served.program.run(["app", "list"], directory: served.program.folder + "/here")
            #expect(unclear.code == 1 && unclear.errors.contains("it is not clear where"))
            #expect(
                unclear.errors.contains("--data .signet/data") && unclear.errors.contains("--issuer \(served.issuer)")
            )
            // What works on data alone says so, or says which data it took.
            let elsewhere = try served.program.run(["keys", "list"], directory: served.program.folder)
            #expect(
                elsewhere.code == 1 && elsewhere.errors.contains("on its machine alone: run it there, with --data DIR")
            )
            #expect(elsewhere.errors.contains("signed in as \(served.username) at \(served.issuer)"))
            let here = try served.program.run(["keys", "list"], directory: served.program.folder + "/here")
            #expect(here.code == 0 && here.errors == "On the data of .signet/data, not at \(served.issuer)\n")
            let taken = try served.program.run(["app", "list"], environment: ["SIGNET_DATA": served.program.data])
            #expect(
                taken.code == 0 && taken.errors == "On the data of \(served.program.data), not at \(served.issuer)\n"
            )
            #expect(try served.local("keys", "list").errors.isEmpty)
            #expect(try served.signet("logout").code == 0)
            let alone = try served.program.run(["app", "list"], directory: served.program.folder + "/here")
            #expect(alone.code == 0 && alone.errors.isEmpty)
            let empty = try served.signet("session", "list")
            #expect(empty.code == 0 && empty.output.isEmpty && empty.errors.contains("nobody is signed in"))
        }
    }

    @Test(
        "app-model 1.6: the admin sees the app of the command line and switches it off; its settings are not the org's to change"
    )
    func blocking() async throws {
        try await ServedOrg.run { served in
            try await served.signIn()
            for command in [
                ["app", "delete", "SignetCLI"], ["app", "rotate", "SignetCLI", "--key"],
                ["app", "rotate", "SignetCLI", "--secret"], ["app", "rotate", "SignetCLI", "--staged"],
            ] {
                let refused = try served.program.run(command + ["--data", served.program.data])
                #expect(refused.code == 1 && refused.errors.contains("part of Signet"), "\(command) \(refused.errors)")
            }
            func apply(_ path: String, _ type: String, _ fields: String) throws -> SignetProgram.Result {
                try served.program.write(
                    "change/" + path,
                    "<\(type) xmlns=\"http://soap.sforce.com/2006/04/metadata\">\(fields)</\(type)>"
                )
                defer { try? FileManager.default.removeItem(atPath: served.program.folder + "/change") }
                return try served.local("app", "apply", served.program.folder + "/change")
            }
            let settings = try apply(
                "extlClntAppGlobalOauthSets/x.ecaGlblOauth",
                "ExtlClntAppGlobalOauthSettings",
                "<callbackUrl>https://evil.example/</callbackUrl><externalClientApplication>SignetCLI</externalClientApplication>"
            )
            #expect(settings.code == 1 && settings.errors.contains("is part of Signet"))
            let state = try apply(
                "externalClientApps/Mine.eca",
                "ExternalClientApplication",
                "<distributionState>AutoInstalled</distributionState><label>Mine</label>"
            )
            #expect(state.code == 1 && state.errors.contains("is for internal use"))
            let policy = "<externalClientApplication>SignetCLI</externalClientApplication>"
            let on = try apply(
                "extlClntAppPolicies/x.ecaPlcy",
                "ExtlClntAppConfigurablePolicies",
                "\(policy)<isEnabled>true</isEnabled>"
            )
            #expect(on.code == 0, "\(on.errors)")
            try await served.update(
                "ExtlClntAppConfigurablePolicies",
                "<fullName>x</fullName>\(policy)<isEnabled>false</isEnabled>"
            )
            #expect(try served.local("app", "list").output.contains("SignetCLI\topaque\tdisabled"))
            let refused = try served.signet("app", "list")
            #expect(refused.code == 1)
            #expect(
                refused.errors.contains("app_blocked") && refused.errors.contains("is kept for when it is let in again")
            )
        }
    }

    @Test(
        "issue 3.5: the certificate of a server is checked, with a file of one's own authority or the system's in SSL_CERT_FILE"
    )
    func certificates() async throws {
        let program = try SignetProgram()
        defer { program.remove() }
        let port = try LocalPort.free()
        let issuer = "https://localhost:\(port)"
        _ = try program.initialized(at: issuer)
        let tls = program.folder + "/tls"
        #expect(try program.run(["dev-cert", "localhost", "--into", tls]).code == 0)
        let server = try RunningProgram(
            program.process([
                "serve", "--data", program.data, "--port", "\(port)", "--log-format", "json", "--tls-cert",
                tls + "/server.pem", "--tls-key",
                tls + "/server-key.pem",
            ])
        )
        defer { server.stop() }
        _ = try server.line(with: "\"message\":\"serving\"")
        let login = ["login", "--issuer", issuer, "--no-browser"]
        let untrusted = try program.run(login)
        #expect(untrusted.code == 1 && untrusted.errors.contains("is not one that this machine trusts"))
        let trusting = [
            program.process(login + ["--ca-file", tls + "/ca.pem"]),
            program.process(login, environment: ["SSL_CERT_FILE": tls + "/ca.pem"]),
        ]
        for process in trusting {
            let running = try RunningProgram(process)
            #expect(try running.line(with: "/services/oauth2/authorize?").hasPrefix(issuer))
            running.stop()
        }
        let noFile = try program.run(login + ["--ca-file", tls + "/none.pem"])
        #expect(noFile.code == 1 && noFile.errors.contains("none.pem of --ca-file cannot be read: No such file"))
    }

    @Test("RFC 8414 section 3: an address at which there is no issuer is answered with the one to give")
    func noIssuer() async throws {
        try await ServedOrg.run { served in
            let path = try served.signet("login", "--issuer", served.issuer + "/acme")
            #expect(path.code == 1, "\(path.output)")
            #expect(
                path.errors
                    == "signet: \(served.issuer)/acme/.well-known/openid-configuration answered 404: the address of an org has no path; give --issuer \(served.issuer)\n"
            )
        }
        try LocalPort.answeringOnce("{}", status: "404 Not Found") { port in
            let program = try SignetProgram()
            defer { program.remove() }
            let issuer = "http://localhost:\(port)"
            let other = try program.run(["login", "--issuer", issuer])
            #expect(
                other.code == 1 && other.errors.contains("answered 404: no signet server has an org at this address")
            )
        }
    }

    @Test(
        "RFC 8414 section 2: an issuer that is no https address, nor one of this machine, is a wrong call",
        arguments: ["http://acme.example", "acme.example", "https://acme.example?x=1", "https://a@acme.example"]
    )
    func wrongIssuer(_ issuer: String) throws {
        let program = try SignetProgram()
        defer { program.remove() }
        let result = try program.run(["login", "--issuer", issuer])
        #expect(result.code == 2 && result.errors.contains("--issuer"))
        #expect(issuer != "acme.example" || result.errors.contains("such as https://acme.example"))
    }
}
