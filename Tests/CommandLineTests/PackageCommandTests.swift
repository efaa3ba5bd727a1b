import OAuthTypes
import Testing

@Suite("Commands for packages")
struct PackageCommandTests {
    private static let namespace = #"xmlns="http://soap.sforce.com/2006/04/metadata""#

    /// Two servers: the first one's app is packaged, the second one is to install it.
    private func with(_ body: (SignetProgram, SignetProgram) throws -> Void) throws {
        let (maker, user) = (try SignetProgram(), try SignetProgram())
        defer {
            maker.remove()
            user.remove()
        }
        _ = (try maker.initialized(), try user.initialized())
        try write(maker, scopes: "Api, RefreshToken")
        #expect(try signet(maker, ["app", "apply", maker.folder + "/app"]).code == 0)
        try body(maker, user)
    }

    private func signet(_ program: SignetProgram, _ arguments: [String]) throws -> SignetProgram.Result {
        try program.run(arguments + ["--data", program.data])
    }

    private func write(_ program: SignetProgram, scopes: String) throws {
        try program.write(
            "app/externalClientApps/Orders.eca",
            "<ExternalClientApplication \(Self.namespace)><contactEmail>a@b.example</contactEmail><distributionState>Packaged</distributionState><label>Orders</label></ExternalClientApplication>"
        )
        try program.write(
            "app/extlClntAppGlobalOauthSets/Orders_g.ecaGlblOauth",
            global("https://maker.example/cb")
        )
        try program.write(
            "app/extlClntAppOauthSettings/Orders_o.ecaOauth",
            "<ExtlClntAppOauthSettings \(Self.namespace)><commaSeparatedOauthScopes>\(scopes)</commaSeparatedOauthScopes><externalClientApplication>Orders</externalClientApplication></ExtlClntAppOauthSettings>"
        )
        try program.write(
            "defaults.xml",
            "<ExtlClntAppOauthConfigurablePolicies \(Self.namespace)><externalClientApplication>Orders</externalClientApplication><sessionTimeoutInMinutes>45</sessionTimeoutInMinutes></ExtlClntAppOauthConfigurablePolicies>"
        )
    }

    private func global(_ callback: String) -> String {
        "<ExtlClntAppGlobalOauthSettings \(Self.namespace)><callbackUrl>\(callback)</callbackUrl><externalClientApplication>Orders</externalClientApplication></ExtlClntAppGlobalOauthSettings>"
    }

    @Test(
        "app-model 6: a package goes from one server to another: made, trusted, approved, installed, upgraded, uninstalled"
    )
    func life() throws {
        try with { maker, user in
            let file = maker.folder + "/orders-1.zip"
            let made = try signet(
                maker,
                [
                    "package", "create", "Orders", "--version", "1.0.0", "--out", file, "--defaults",
                    maker.folder + "/defaults.xml",
                ]
            )
            #expect(made.code == 0, "\(made.errors)")
            let key = try signet(maker, ["package", "key", "--output", "json"]).json().object?["fingerprint"]?.string
            let fingerprint = try #require(key)
            #expect(made.output.contains(fingerprint))
            try user.write("global.xml", global("https://user.example/cb"))
            let install = ["package", "install", file, "--global", user.folder + "/global.xml"]

            let unknown = try signet(user, install + ["--yes"])
            #expect(unknown.code == 1 && unknown.errors.contains("signet package trust"))
            #expect(try signet(user, ["package", "inspect", file]).output.contains("not trusted by this org"))
            let wrong = try signet(user, ["package", "trust", file, "--fingerprint", "SHA256:other"])
            #expect(wrong.code == 1 && wrong.errors.contains(fingerprint))
            #expect(try signet(user, ["package", "trust", file, "--fingerprint", fingerprint]).code == 0)

            let shown = try signet(user, install)
            #expect(shown.code == 1 && shown.errors.contains("--yes"))
            #expect(shown.output.contains("commaSeparatedOauthScopes: - -> Api, RefreshToken"))
            #expect(shown.output.contains("callbackUrl: - -> https://user.example/cb"))
            #expect(try signet(user, ["app", "show", "Orders"]).code == 1)
            let installed = try signet(user, install + ["--yes", "--output", "json"])
            #expect(installed.code == 0, "\(installed.errors)")
            let facts = try #require(try installed.json().object)
            #expect(facts["isDone"] == .bool(true) && facts["consumerSecret"]?.string?.utf8.count == 64)
            #expect(
                try signet(user, ["app", "explain", "Orders"]).output.contains("sessionTimeoutInMinutes: 45 minutes")
            )
            #expect(try signet(user, ["package", "list"]).output.contains("installed\tOrders\t1.0.0"))

            try write(maker, scopes: "Api, RefreshToken, Web")
            #expect(try signet(maker, ["app", "apply", maker.folder + "/app"]).code == 0)
            let second = maker.folder + "/orders-2.zip"
            let create = ["package", "create", "Orders", "--out", second, "--version"]
            #expect(try signet(maker, create + ["1.0.0"]).errors.contains("is not above 1.0.0"))
            #expect(try signet(maker, create + ["1.1.0"]).code == 0)
            #expect(try signet(maker, create + ["1.2.0"]).errors.contains("cannot be written"))
            #expect(try signet(maker, ["package", "list"]).output.contains("1.2.0") == false)
            let upgraded = try signet(user, ["package", "upgrade", second, "--yes"])
            #expect(upgraded.code == 0 && upgraded.output.contains("upgrade 1.0.0 -> 1.1.0"))
            #expect(try signet(user, ["package", "upgrade", file, "--yes"]).errors.contains("--allow-downgrade"))
            #expect(try signet(user, ["app", "delete", "Orders"]).errors.contains("signet package uninstall Orders"))
            #expect(try signet(user, ["package", "uninstall", "Orders"]).code == 0)
            #expect(try signet(user, ["app", "show", "Orders"]).code == 1)
            #expect(try signet(user, ["package", "distrust", fingerprint]).code == 0)
            #expect(try signet(user, install + ["--yes"]).errors.contains("does not trust"))
        }
    }

    @Test("app-model 6: a file that is no package, and an app that is not Packaged, are refused with the remedy")
    func refusals() throws {
        try with { maker, _ in
            try maker.write("no.zip", "PK no archive")
            #expect(try signet(maker, ["package", "inspect", maker.folder + "/no.zip"]).code == 1)
            let local = try signet(
                maker,
                ["package", "create", "Sample", "--version", "1.0.0", "--out", maker.folder + "/sample.zip"]
            )
            #expect(local.code == 1 && local.errors.contains("distributionState is not Packaged"))
            #expect(
                try signet(maker, ["package", "create", "Orders", "--version", "1", "--out", "x"]).code == 2
            )
        }
    }

    @Test(
        "security class 13: what an admin reads before approving a package has no controls of the terminal, no turned text and no lines of the maker's"
    )
    func hostileTexts() throws {
        try with { maker, user in
            try maker.write(
                "app/extlClntAppOauthSettings/Orders_o.ecaOauth",
                "<ExtlClntAppOauthSettings \(Self.namespace)><commaSeparatedOauthScopes>Api</commaSeparatedOauthScopes><customAttributes><formula>a\u{9B}2Kb\u{202E}c</formula><key>k</key></customAttributes><externalClientApplication>Orders</externalClientApplication></ExtlClntAppOauthSettings>"
            )
            try maker.write(
                "app/externalClientApps/Orders.eca",
                "<ExternalClientApplication \(Self.namespace)><contactEmail>a@b.example</contactEmail><description>x\n  signature: good</description><distributionState>Packaged</distributionState><label>Orders</label></ExternalClientApplication>"
            )
            #expect(try signet(maker, ["app", "apply", maker.folder + "/app"]).code == 0)
            let file = maker.folder + "/hostile.zip"
            let create = ["package", "create", "Orders", "--version", "1.0.0", "--out", file]
            #expect(try signet(maker, create).code == 0)
            let inspected = try signet(user, ["package", "inspect", file]).output
            let key = try signet(maker, ["package", "key"]).output.prefix { $0 != " " }
            #expect(try signet(user, ["package", "trust", file, "--fingerprint", String(key)]).code == 0)
            try user.write("global.xml", global("https://user.example/cb"))
            let install = ["package", "install", file, "--global", user.folder + "/global.xml"]
            let planned = try signet(user, install).output
            for output in [inspected, planned] {
                #expect(output.contains("a\\u{9b}2Kb\\u{202e}c"))
                #expect(!output.unicodeScalars.contains("\u{9B}") && !output.unicodeScalars.contains("\u{202E}"))
                #expect(!output.contains("\n  signature: good\n"))
            }
        }
    }
}
