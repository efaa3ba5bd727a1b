import Foundation
import OAuthTypes
import Testing

@Suite("Commands")
struct CommandTests {
    private func with(_ body: (SignetProgram) throws -> Void) throws {
        let program = try SignetProgram()
        defer { program.remove() }
        try body(program)
    }

    @Test("issue 2.2: init prints what a script needs, and keeps the directory to its owner")
    func initialize() throws {
        try with { program in
            let facts = try program.initialized()
            #expect(facts["issuer"]?.string == "http://localhost:8080")
            #expect(facts["orgId"]?.string?.hasPrefix("00D") == true)
            #expect(facts["adminUsername"]?.string != nil)
            #expect((facts["adminPassword"]?.string?.count ?? 0) >= 16)
            #expect(facts["integrationUsername"]?.string != nil)
            let app = try #require(facts["app"]?.object)
            #expect(app["consumerKey"]?.string?.hasPrefix("3MVG9") == true)
            #expect(app["consumerSecret"]?.string != nil)
            #expect(app["callbackUrls"]?.array?.isEmpty == false)
            for name in ["master.key", "signet.db"] {
                let attributes = try FileManager.default.attributesOfItem(atPath: program.data + "/" + name)
                #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
            }
        }
    }

    @Test("issue 2.2: init refuses a directory that is one already, and leaves it as it was")
    func initializeTwice() throws {
        try with { program in
            _ = try program.initialized()
            let key = FileManager.default.contents(atPath: program.data + "/master.key")
            let second = try program.run(["init", "--data", program.data, "--base-url", "http://localhost:8080"])
            #expect(second.code == 1)
            #expect(second.errors.contains("is a data directory already"))
            #expect(FileManager.default.contents(atPath: program.data + "/master.key") == key)
        }
    }

    @Test(
        "RFC 8414 section 2: an issuer is an origin, https off this machine",
        arguments: [
            "http://acme.example", "https://acme.example/", "https://acme.example/path", "acme.example",
            "https://a@b.example",
            "https://acme.example?x=1", "https://ACME.example", "",
        ]
    )
    func badIssuer(_ url: String) throws {
        try with { program in
            let result = try program.run(["init", "--data", program.data, "--base-url", url])
            #expect(result.code == 2)
            #expect(!FileManager.default.fileExists(atPath: program.data))
        }
    }

    @Test("issue 2.2: an unknown configuration key or variable stops the start and is named")
    func unknownConfiguration() throws {
        try with { program in
            _ = try program.initialized()
            try program.write("data/signet.json", #"{"prot": 1}"#)
            let file = try program.run(["serve", "--data", program.data])
            #expect(file.code == 1)
            #expect(file.errors.contains("'prot'"))
            try FileManager.default.removeItem(atPath: program.data + "/signet.json")
            let variable = try program.run(["serve", "--data", program.data], environment: ["SIGNET_PROT": "1"])
            #expect(variable.code == 1)
            #expect(variable.errors.contains("SIGNET_PROT"))
        }
    }

    @Test("issue 2.2: plain HTTP on an address that others reach must be asked for by name")
    func plainHTTP() throws {
        try with { program in
            _ = try program.initialized()
            let result = try program.run(["serve", "--data", program.data, "--host", "0.0.0.0"])
            #expect(result.code == 1)
            #expect(result.errors.contains("--insecure-plain-http"))
        }
    }

    @Test(
        "RFC 7239 section 8.1: a proxy is trusted by address or network; anything else stops the start and is named",
        arguments: ["proxy.example", "10.0.0.1/8", "10.0.0.0/8,all"]
    )
    func trustedProxies(_ list: String) throws {
        try with { program in
            _ = try program.initialized()
            let option = try program.run(["serve", "--data", program.data, "--trusted-proxy", list])
            #expect(option.code == 1)
            #expect(option.errors.contains("of trusted-proxy is no address or network"))
            let variable = try program.run(
                ["serve", "--data", program.data],
                environment: ["SIGNET_TRUSTED_PROXY": list]
            )
            #expect(variable.code == 1)
            #expect(variable.errors == option.errors)
        }
    }

    @Test("RFC 9700 section 4.11: what lies in a metadata folder and is no file of it is told and not read")
    func specialFiles() throws {
        try with { program in
            _ = try program.initialized()
            try folder(program)
            let path = program.folder + "/app/externalClientApps/Other.eca"
            func refusal() throws -> String {
                let result = try program.run(["app", "apply", program.folder + "/app", "--data", program.data])
                try FileManager.default.removeItem(atPath: path)
                #expect(result.code == 1)
                return result.errors
            }
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/zero")
            #expect(try refusal().contains("Other.eca is a symbolic link"))
            #expect(mkfifo(path, 0o600) == 0)
            #expect(try refusal().contains("Other.eca is a pipe"))
            try Data(repeating: 0x20, count: 1_048_577).write(to: URL(fileURLWithPath: path))
            #expect(try refusal().contains("larger than 1048576 bytes"))
        }
    }

    @Test("app-model 1.11: a folder of metadata makes an app; a second time it is updated and keeps its consumer")
    func apply() throws {
        try with { program in
            _ = try program.initialized()
            try folder(program)
            let first = try program.run([
                "app", "apply", program.folder + "/app", "--data", program.data, "--output", "json",
            ])
            try #require(first.code == 0, "\(first.errors)")
            let made = try #require(try first.json().array?.first?.object)
            #expect(made["change"]?.string == "created")
            #expect(made["consumerSecret"]?.string != nil)
            let second = try program.run([
                "app", "apply", program.folder + "/app", "--data", program.data, "--output", "json",
            ])
            let updated = try #require(try second.json().array?.first?.object)
            #expect(updated["change"]?.string == "updated")
            #expect(updated["consumerKey"]?.string == made["consumerKey"]?.string)
            #expect(updated["consumerSecret"] == nil)
            let shown = try program.run(["app", "show", "Orders", "--data", program.data, "--output", "json"]).json()
            #expect(shown.object?["tokenFormat"]?.string == "jwt")
        }
    }

    @Test(
        "app-model 11.6: a mistake is an error that names file and element, and nothing is kept",
        arguments: [
            ("<label>Orders OAuth</label>", "<labell>x</labell>", "labell"),
            ("Api, RefreshToken", "api", "commaSeparatedOauthScopes"),
            (
                "<externalClientApplication>Orders</externalClientApplication>",
                "<externalClientApplication>Order</externalClientApplication>", "Order"
            ),
            ("<label>Orders OAuth</label>", "<label>a</label><label>b</label>", "label"),
            ("<label>Orders OAuth</label>", "<!DOCTYPE x [<!ENTITY e 'x'>]>", "Orders_oauth"),
        ]
    )
    func mistakes(part: String, mistake: String, named: String) throws {
        try with { program in
            _ = try program.initialized()
            try folder(program, replacing: part, with: mistake)
            let result = try program.run(["app", "apply", program.folder + "/app", "--data", program.data])
            #expect(result.code == 1)
            #expect(result.errors.contains(named))
            #expect(try program.run(["app", "show", "Orders", "--data", program.data]).code == 1)
        }
    }

    @Test("issue 2.2: a user is made with a password from standard input, which no argument or output shows")
    func users() throws {
        try with { program in
            _ = try program.initialized()
            let made = try program.run(
                [
                    "user", "create", "--data", program.data, "--username", "ann@acme.example", "--profile",
                    "Standard User", "--password-stdin",
                ],
                input: "correct horse\n"
            )
            #expect(made.code == 0)
            #expect(!made.output.contains("correct horse"))
            let twice = try program.run(
                [
                    "user", "create", "--data", program.data, "--username", "ANN@acme.example", "--profile",
                    "Standard User", "--api-only",
                ]
            )
            #expect(twice.code == 1)
            #expect(twice.errors.contains("taken"))
            let list = try program.run(["user", "list", "--data", program.data, "--output", "json"]).json()
            #expect(list.array?.count == 3)
            #expect(
                try program.run(["user", "freeze", "--data", program.data, "--username", "ann@acme.example"]).code == 0
            )
        }
    }

    @Test("issue 2.2: token verify ends with 0, 1 or 2")
    func verifyCodes() throws {
        try with { program in
            try program.write("jwks.json", #"{"keys":[]}"#)
            let token = "e30.e30.AAAA"
            #expect(
                try program.run([
                    "token", "verify", token, "--jwks", program.folder + "/jwks.json", "--issuer", "https://a.example",
                ]).code == 1
            )
            #expect(try program.run(["token", "verify", token]).code == 2)
            #expect(
                try program.run([
                    "token", "verify", token, "--jwks", program.folder + "/none", "--issuer", "https://a.example",
                ]).code == 2
            )
            let inspected = try program.run(["token", "inspect", token])
            #expect(inspected.output.contains("NOT VERIFIED"))
            let opaque = "00D000000000001!AQ4AQFzX.opaque"
            let looked = try program.run(["token", "inspect", opaque])
            #expect(looked.code == 1 && looked.errors.contains("/services/oauth2/introspect"))
            let asked = try program.run(["token", "verify", opaque, "--issuer", "https://a.example"])
            #expect(asked.code == 1 && asked.output.contains("refused: this is an opaque access token"))
        }
    }

    @Test("issue 2.2: doctor finds nothing wrong with a new directory, and says what is wrong with a damaged one")
    func doctor() throws {
        try with { program in
            _ = try program.initialized()
            #expect(try program.run(["doctor", "--data", program.data]).code == 0)
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o644],
                ofItemAtPath: program.data + "/master.key"
            )
            let open = try program.run(["doctor", "--data", program.data])
            #expect(open.code == 1)
            #expect(open.output.contains("chmod 600"))
            try Data(Base64URL.encode([UInt8](repeating: 7, count: 32)).utf8).write(
                to: URL(fileURLWithPath: program.data + "/master.key")
            )
            let foreign = try program.run(["doctor", "--data", program.data])
            #expect(foreign.code == 1)
            #expect(foreign.output.contains("put back the master.key"))
        }
    }

    @Test("issue 2.6: a backup is a database of its own, and never takes the place of a file")
    func backup() throws {
        try with { program in
            _ = try program.initialized()
            let copy = program.folder + "/copy.db"
            #expect(try program.run(["backup", copy, "--data", program.data]).code == 0)
            #expect(try program.run(["backup", copy, "--data", program.data]).code == 1)
            #expect((FileManager.default.contents(atPath: copy)?.count ?? 0) > 0)
        }
    }

    @Test("tokens 8: revoking all JWTs drops the access-token keys at once and keeps the ID-token keys")
    func revokeAll() throws {
        try with { program in
            _ = try program.initialized()
            func kids(_ purpose: String) throws -> Set<String> {
                let keys =
                    try program.run(["keys", "list", "--data", program.data, "--output", "json"]).json().array ?? []
                return Set(
                    keys.compactMap { $0.object?["purpose"]?.string == purpose ? $0.object?["kid"]?.string : nil }
                )
            }
            let (before, idKeys) = (try kids("accessToken"), try kids("idToken"))
            #expect(try program.run(["keys", "revoke", "--data", program.data]).code == 2)
            #expect(try program.run(["keys", "revoke", "--all", "--data", program.data]).code == 0)
            #expect(try kids("accessToken").isDisjoint(with: before))
            #expect(try kids("accessToken").count == 1)
            #expect(try kids("idToken") == idKeys)
        }
    }

    private func folder(_ program: SignetProgram, replacing part: String = "", with mistake: String = "") throws {
        let namespace = #"xmlns="http://soap.sforce.com/2006/04/metadata""#
        try program.write(
            "app/externalClientApps/Orders.eca-meta.xml",
            "<ExternalClientApplication \(namespace)><contactEmail>a@b.example</contactEmail><label>Orders</label></ExternalClientApplication>"
        )
        try program.write(
            "app/extlClntAppGlobalOauthSets/Orders_glbloauth.ecaGlblOauth-meta.xml",
            "<ExtlClntAppGlobalOauthSettings \(namespace)><callbackUrl>https://orders.example/cb</callbackUrl><externalClientApplication>Orders</externalClientApplication><isNamedUserJwtEnabled>True</isNamedUserJwtEnabled></ExtlClntAppGlobalOauthSettings>"
        )
        var settings =
            "<ExtlClntAppOauthSettings \(namespace)><commaSeparatedOauthScopes>Api, RefreshToken</commaSeparatedOauthScopes><externalClientApplication>Orders</externalClientApplication><label>Orders OAuth</label></ExtlClntAppOauthSettings>"
        if !part.isEmpty {
            settings =
                mistake.hasPrefix("<!DOCTYPE")
                ? mistake + settings : settings.replacingOccurrences(of: part, with: mistake)
        }
        try program.write("app/extlClntAppOauthSettings/Orders_oauth.ecaOauth-meta.xml", settings)
    }
}
