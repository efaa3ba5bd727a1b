import Foundation
import OAuthTypes
import Testing

@Suite("Apps over the network", .serialized)
struct RemoteAppTests {
    /// The folder of a new app, and its path.
    private func folder(_ served: ServedOrg, _ name: String) throws -> String {
        let folder = served.program.folder + "/" + name
        let made = try served.signet("app", "new", name, "--into", folder)
        try #require(made.code == 0, "\(made.errors)")
        return folder
    }

    @Test(
        "app-model 11: a folder is deployed over the network with its progress, in the name of the user, and retrieved as it is"
    )
    func deployAndRetrieve() async throws {
        try await ServedOrg.run { served in
            try await served.signIn()
            let folder = try folder(served, "Orders")
            let check = try served.signet("app", "deploy", folder, "--check-only")
            #expect(check.code == 0, "\(check.errors)")
            #expect(check.output.contains("could be deployed; nothing was stored"))
            #expect(try served.signet("app", "show", "Orders").code == 1)
            let deployed = try served.signet("app", "deploy", folder)
            #expect(deployed.code == 0, "\(deployed.errors)")
            #expect(deployed.errors.contains("As \(served.username) at \(served.issuer)"))
            #expect(deployed.errors.contains("components deployed"))
            #expect(deployed.output.contains("created ExternalClientApplication Orders"))
            #expect(deployed.output.contains("key and secret of Orders: signet app show Orders --secret\n"))
            #expect(!deployed.output.contains("package.xml") && !deployed.errors.contains("0 of 0"))
            #expect(!check.output.contains("--secret"), "what was not stored has no secret")
            let same = try served.signet("app", "deploy", folder).output
            #expect(same.contains("of them unchanged") && !same.contains("ExternalClientApplication"), "\(same)")
            #expect(try served.signet("app", "show", "Orders").output.contains("Orders"))
            let json = try served.signet("app", "deploy", folder, "--output", "json").json().object
            #expect(json?["status"]?.string == "Succeeded" && json?["success"] == .bool(true))
            let user = try #require(try served.signet("whoami", "--output", "json").json().object?["userId"]?.string)
            let trail = try served.local("audit", "export").output
            #expect(trail.contains("Orders") && trail.contains("\\\"kind\\\":\\\"user\\\",\\\"id\\\":\\\"\(user)"))

            let copy = served.program.folder + "/copy"
            let retrieved = try served.signet("app", "retrieve", copy, "--app", "orders")
            #expect(retrieved.code == 0, "\(retrieved.errors)")
            #expect(retrieved.output.contains(copy + "/externalClientApps/Orders.eca"))
            #expect(retrieved.output.contains(copy + "/package.xml"))
            let mode = try FileManager.default.attributesOfItem(atPath: copy + "/package.xml")[.posixPermissions]
            #expect((mode as? NSNumber)?.intValue == 0o600)
            #expect(!retrieved.output.contains("Sample"))
            let again = try served.signet("app", "retrieve", copy)
            #expect(again.code == 1 && again.errors.contains("--overwrite"))
            let all = try served.signet("app", "retrieve", copy, "--overwrite")
            #expect(all.output.contains("Sample.eca") && !all.output.contains("SignetCLI"))
            #expect(all.errors.contains("SignetCLI is part of every org and left out"))
            // What was retrieved can be deployed.
            let back = try served.signet("app", "deploy", copy, "--check-only")
            #expect(back.code == 0, "\(back.errors)")
            let missing = try served.signet("app", "retrieve", copy + "2", "--app", "Nobody")
            #expect(missing.code == 1 && missing.errors.contains("no app is named 'Nobody'"))
        }
    }

    @Test(
        "app-model 11.5: who loses the server while it deploys is told the id of the deployment, that it goes on, and how to ask for its end"
    )
    func lostServer() async throws {
        try await ServedOrg.run { served in
            try await served.signIn()
            let folder = try folder(served, "Orders")
            let id = "0Af000000000001AAA"
            try LocalPort.answeringOnce(#"{"id":"\#(id)"}"#) { port in
                try served.moveSession(to: "http://localhost:\(port)")
                let lost = try served.signet("app", "deploy", folder)
                #expect(lost.code == 1)
                let expected = [
                    "The deployment is \(id)\n", "the deployment \(id) and goes on with it", "cannot be reached",
                    "Ask for it with: signet app deploy --report \(id)\n",
                ]
                for text in expected { #expect(lost.errors.contains(text), "\(lost.errors)") }
            }
        }
    }

    @Test("app-model 11.4: a deployment that fails names each file, what is wrong and the remedy, and stores nothing")
    func failure() async throws {
        try await ServedOrg.run { served in
            try await served.signIn()
            let folder = try folder(served, "Orders")
            try served.program.write(
                "Orders/extlClntAppOauthSettings/Orders.ecaOauth",
                "<ExtlClntAppOauthSettings xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n<commaSeparatedOauthScopes>api</commaSeparatedOauthScopes>\n<externalClientApplication>Orders</externalClientApplication></ExtlClntAppOauthSettings>"
            )
            for file in try FileManager.default.contentsOfDirectory(atPath: folder + "/extlClntAppOauthSettings")
            where file != "Orders.ecaOauth" {
                try FileManager.default.removeItem(atPath: folder + "/extlClntAppOauthSettings/" + file)
            }
            let failed = try served.signet("app", "deploy", folder)
            #expect(failed.code == 1)
            #expect(failed.errors.contains("nothing was stored"))
            #expect(failed.errors.contains("extlClntAppOauthSettings/Orders.ecaOauth"))
            #expect(failed.errors.contains("Api"), "the remedy names the scopes there are: \(failed.errors)")
            #expect(try served.signet("app", "show", "Orders").code == 1)
            let noFolder = try served.signet("app", "deploy", folder + "/none")
            #expect(noFolder.code == 1 && noFolder.errors.contains("is not a folder"))
        }
    }

    @Test(
        "app-model 11.4: a refusal names the file, the line, the element, the rule and the remedy over the network as on the machine"
    )
    func sameText() async throws {
        try await ServedOrg.run { served in
            try await served.signIn()
            let namespace = "xmlns=\"http://soap.sforce.com/2006/04/metadata\""
            let folder = served.program.folder + "/wrong"
            try served.program.write(
                "wrong/externalClientApps/Wrong.eca-meta.xml",
                "<ExternalClientApplication \(namespace)>\n<contactEmail>a@b.example</contactEmail>\n<distributionState>Lokal</distributionState>\n<label>W</label></ExternalClientApplication>"
            )
            try served.program.write(
                "wrong/extlClntAppOauthSettings/Wrong_o.ecaOauth",
                "<ExtlClntAppOauthSettings \(namespace)>\n<commaSeparatedOauthScopes>api</commaSeparatedOauthScopes>\n<externalClientApplication>Wrong</externalClientApplication></ExtlClntAppOauthSettings>"
            )
            let applied = try served.local("app", "apply", folder)
            let deployed = try served.signet("app", "deploy", folder)
            #expect(applied.code == 1 && deployed.code == 1)
            let told = applied.errors.split(separator: "\n").dropFirst().map(String.init)
            #expect(told.count == 3, "\(applied.errors)")
            let remote = deployed.errors.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            for line in told { #expect(remote.contains(line), "\(line)\n\(deployed.errors)") }
            #expect(
                told.contains {
                    $0.hasPrefix("externalClientApps/Wrong.eca-meta.xml:3: ") && $0.contains(": distributionState: ")
                        && $0.contains("'Lokal' is not a valid value for the enum 'ExtlClntAppDistState'")
                },
                "\(applied.errors)"
            )
            #expect(
                told.contains {
                    $0.hasPrefix("extlClntAppOauthSettings/Wrong_o.ecaOauth:2: ")
                        && $0.contains(": commaSeparatedOauthScopes: 'api' is not a valid OAuth scope.")
                },
                "\(applied.errors)"
            )
        }
    }

    @Test(
        "app-model 11.4: where an earlier deployment stands is told by its id: how it ended, or that nobody knows of it"
    )
    func report() async throws {
        try await ServedOrg.run { served in
            try await served.signIn()
            let folder = try folder(served, "Orders")
            func id(_ result: SignetProgram.Result) throws -> String {
                let line = result.errors.split(separator: "\n").first { $0.hasPrefix("The deployment is ") }
                return String(try #require(line, "\(result.errors)").dropFirst("The deployment is ".count))
            }
            let deployed = try served.signet("app", "deploy", folder)
            let good = try id(deployed)
            let again = try served.signet("app", "deploy", "--report", good)
            #expect(again.code == 0 && again.output == deployed.output, "\(again.errors)")
            let json = try served.signet("app", "deploy", "--report", good, "--output", "json").json().object
            #expect(json?["id"]?.string == good && json?["status"]?.string == "Succeeded")
            try served.program.write("Orders/externalClientApps/Orders.eca", "<broken")
            for file in try FileManager.default.contentsOfDirectory(atPath: folder + "/externalClientApps")
            where file != "Orders.eca" {
                try FileManager.default.removeItem(atPath: folder + "/externalClientApps/" + file)
            }
            let failed = try served.signet("app", "deploy", folder)
            let bad = try served.signet("app", "deploy", "--report", try id(failed))
            #expect(bad.code == 1 && bad.errors.contains("ended as Failed"), "\(bad.errors)")
            #expect(bad.errors.contains("externalClientApps/Orders.eca:1: "), "\(bad.errors)")
            let unknown = try served.signet("app", "deploy", "--report", "0Af000000000001AAA")
            #expect(
                unknown.code == 1
                    && unknown.errors.contains("no deployment of the org has the id '0Af000000000001AAA'"),
                "\(unknown.errors)"
            )
            for call in [[], [folder, "--report", good], ["--report", good, "--check-only"]] {
                #expect(try served.program.run(["app", "deploy"] + call).code == 2)
            }
        }
    }

    @Test("app-model 11.4: of a deployment that is under way the report says how far it is, and ends well")
    func reportUnderWay() async throws {
        try await ServedOrg.run { served in
            try await served.signIn()
            let id = "0Af000000000001AAA"
            let answer =
                #"{"deployResult":{"id":"\#(id)","done":false,"status":"InProgress","numberComponentsTotal":7,"numberComponentsDeployed":3}}"#
            try LocalPort.answeringOnce(answer) { port in
                try served.moveSession(to: "http://localhost:\(port)")
                let report = try served.signet("app", "deploy", "--report", id, "--issuer", served.issuer)
                #expect(report.code == 0, "\(report.errors)")
                #expect(
                    report.output
                        == "\(id) InProgress: 3 of 7 components deployed\nask again with: signet app deploy --report \(id) --issuer \(served.issuer)\n"
                )
            }
        }
    }

    @Test(
        "app-model 1.6: of the app of the command line the policies are retrieved, which are what can be deployed, and nothing else"
    )
    func commandLineApp() async throws {
        try await ServedOrg.run { served in
            try await served.signIn()
            let folder = served.program.folder + "/cli"
            let retrieved = try served.signet("app", "retrieve", folder, "--app", "signetcli")
            #expect(retrieved.code == 0, "\(retrieved.errors)")
            #expect(retrieved.errors.contains("Of SignetCLI the policies alone: its settings come with each release"))
            let files = retrieved.output.split(separator: "\n").map { $0.dropFirst(folder.count + 1) }.sorted()
            #expect(
                files == [
                    "extlClntAppOauthPolicies/SignetCLI_oauthPlcy.ecaOauthPlcy",
                    "extlClntAppPolicies/SignetCLI_defaultPolicy.ecaPlcy", "package.xml",
                ]
            )
            let back = try served.signet("app", "deploy", folder)
            #expect(back.code == 0 && back.output.contains("2 of them unchanged"), "\(back.errors)")
            // Beside another app, of which everything is retrieved.
            let both = try served.signet("app", "retrieve", folder + "2", "--app", "SignetCLI", "--app", "Sample")
            #expect(both.output.contains("/externalClientApps/Sample.eca"), "\(both.errors)")
            #expect(!both.output.contains("SignetCLI.eca") && both.output.contains("SignetCLI_defaultPolicy.ecaPlcy"))
        }
    }

    @Test("app-model 4.2: who lacks the permissions of an action is refused by the server, whatever the command")
    func permissions() async throws {
        try await ServedOrg.run { served in
            let password = try served.makeUser("ann@acme.example")
            try await served.signIn("ann@acme.example", password)
            let folder = try folder(served, "Orders")
            for (command, permission) in [
                (["app", "deploy", folder], "Modify Metadata"), (["app", "retrieve", folder + "2"], "Modify Metadata"),
                (["app", "usage"], "View all External Client Apps"),
                (["app", "show", "Sample"], "edit their policies"),
                (["app", "explain", "Sample"], "edit their policies"),
                (["app", "rotate", "Sample", "--staged"], "edit their policies"), (["user", "list"], "Manage Users"),
                (["user", "create", "--username", "x@acme.example", "--profile", "Standard User"], "Manage Users"),
                (["user", "freeze", "--username", "ann@acme.example"], "Manage Users"),
                (["package", "list"], "View all External Client Apps"),
                (["package", "key"], "Create, edit, and delete External Client Apps"),
                (["package", "uninstall", "Sample"], "Download AppExchange Packages"),
            ] {
                let refused = try served.program.run(command)
                #expect(refused.code == 1, "\(command)")
                #expect(refused.errors.contains(permission), "\(command): \(refused.errors)")
            }
        }
    }

    @Test("app-model 7.3: pairs are staged, applied, discarded and replaced over the network as on the data")
    func rotation() async throws {
        try await ServedOrg.run { served in
            try await served.signIn()
            let off = try served.signet("app", "rotate", "Sample", "--staged")
            #expect(off.code == 1 && off.errors.contains("not currently enabled"))
            #expect(try served.local("org", "set", "--rest-secrets", "on").code == 0)
            func rotate(_ options: String...) throws -> JSONObject {
                let result = try served.program.run(["app", "rotate", "Sample"] + options + ["--output", "json"])
                try #require(result.code == 0, "\(result.errors)")
                return try #require(try result.json().object)
            }
            func key() throws -> String? {
                try served.signet("app", "show", "Sample", "--output", "json").json().object?["consumerKey"]?.string
            }
            let before = try key()
            let staged = try rotate("--staged")
            #expect(staged["consumerSecret"]?.string?.count == 64)
            #expect(staged["expiresAt"]?.string?.hasSuffix("Z") == true)
            #expect(
                try served.signet("app", "rotate", "Sample", "--staged").errors.contains("has a staged pair already")
            )
            let applied = try rotate("--apply", "--overlap-days", "3")
            #expect(applied["consumerKey"] == staged["consumerKey"] && applied["oldConsumerKey"]?.string == before)
            #expect(applied["oldExpiresAt"]?.string?.hasSuffix("Z") == true)
            #expect(try rotate("--discard")["discardedConsumerKeys"]?.array?.map(\.string) == [before])
            #expect(try served.signet("app", "rotate", "Sample", "--discard").errors.contains("no such pair"))
            #expect(try served.signet("app", "rotate", "Sample", "--apply").errors.contains("no such pair"))
            let secret = try rotate("--secret")
            #expect(secret["consumerKey"] == applied["consumerKey"] && secret["consumerSecret"]?.string?.count == 64)
            let both = try rotate("--key", "--secret")
            #expect(both["consumerKey"] != secret["consumerKey"] && both["consumerSecret"] != nil)
            #expect(try rotate("--key")["consumerSecret"] == nil)
            let text = try served.signet("app", "rotate", "Sample", "--staged")
            #expect(
                text.output.contains("signet app rotate Sample --apply") && text.output.contains("(shown this once)")
            )
            #expect(text.errors.contains("As \(served.username)"))
            let own = try served.signet("app", "rotate", "SignetCLI", "--secret")
            #expect(own.code == 1, "\(own.output)")
        }
    }

    @Test(
        "app-model 1.1 and 11.2: a source project deploys unchanged, named by its package directory or as a whole",
        arguments: ["order-agent", "nightly-sync"]
    )
    func sourceProject(name: String) async throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let project = tests.deletingLastPathComponent().path + "/Projects/\(name)"
        try await ServedOrg.run { served in
            try await served.signIn()
            #expect(try served.local("org", "set", "--connected-app-creation", "on").code == 0)
            let checked = try served.signet("app", "deploy", project, "--check-only")
            #expect(checked.code == 0, "\(checked.errors)")
            let deployed = try served.signet("app", "deploy", project + "/force-app")
            #expect(deployed.code == 0, "\(deployed.errors)")
            #expect(deployed.output.contains("created ExternalClientApplication"), "\(deployed.output)")
            let again = try served.signet("app", "deploy", project)
            #expect(again.code == 0, "\(again.errors)")
            #expect(again.output.contains("of them unchanged"), "\(again.output)")
            #expect(!again.output.contains("  created") && !again.output.contains("  changed"), "\(again.output)")
        }
    }

    @Test(
        "app-model 11.2: a project file that names no package directories is refused by its name, and files outside of them are passed over"
    )
    func projectFile() async throws {
        try await ServedOrg.run { served in
            try await served.signIn()
            let project = served.program.folder + "/project"
            let made = try served.signet("app", "new", "Orders", "--into", project + "/apps/main")
            try #require(made.code == 0, "\(made.errors)")
            try "[]".write(toFile: project + "/notes.txt", atomically: true, encoding: .utf8)
            for text in ["", "[]", "{}", #"{"packageDirectories":[]}"#, #"{"packageDirectories":[{"default":true}]}"#] {
                try text.write(toFile: project + "/sfdx-project.json", atomically: true, encoding: .utf8)
                let refused = try served.signet("app", "deploy", project)
                #expect(refused.code == 1 && refused.errors.contains("sfdx-project.json"), "\(refused.errors)")
            }
            let directories = #"{"packageDirectories":[{"path":"other"},{"path":"./apps/","default":true}]}"#
            try directories.write(toFile: project + "/sfdx-project.json", atomically: true, encoding: .utf8)
            let deployed = try served.signet("app", "deploy", project)
            #expect(deployed.code == 0 && deployed.output.contains("created ExternalClientApplication Orders"))
        }
    }

    @Test("app-model 1.10: an operator lets REST show secrets only where external client apps are not switched off")
    func secretsWhileAppsAreOff() async throws {
        try await ServedOrg.run { served in
            try await served.signIn()
            let folder = served.program.folder + "/switches"
            try FileManager.default.createDirectory(atPath: folder + "/settings", withIntermediateDirectories: true)
            func deploy(_ isOn: Bool) throws {
                try """
                <ExternalClientAppSettings xmlns="http://soap.sforce.com/2006/04/metadata">\
                <enableExternalClientApps>\(isOn)</enableExternalClientApps></ExternalClientAppSettings>
                """.write(toFile: folder + "/settings/ExternalClientApp.settings", atomically: true, encoding: .utf8)
                let deployed = try served.signet("app", "deploy", folder)
                #expect(deployed.code == 0, "\(deployed.errors)")
            }
            try deploy(false)
            let refused = try served.local("org", "set", "--rest-secrets", "on")
            #expect(refused.code == 1 && refused.errors.contains("enableExternalClientApps"), "\(refused.errors)")
            let org = try served.local("org", "show", "--output", "json").json().object
            #expect(org?["isRestSecretAccessEnabled"] == .bool(false))
            try deploy(true)
            #expect(try served.local("org", "set", "--rest-secrets", "on").code == 0)
        }
    }

    @Test(
        "app-model 7.3: who may see the secret of a deployed app sees it over the network, where the org lets REST show it"
    )
    func secret() async throws {
        try await ServedOrg.run { served in
            let clerk = try served.makeUser("dev@acme.example", permissions: ["ExternalClientAppDeveloper"])
            try await served.signIn("dev@acme.example", clerk)
            try await served.signIn()
            let show = ["app", "show", "Sample", "--secret", "--as"]
            let off = try served.program.run(show + [served.username])
            #expect(off.code == 1 && off.errors.contains("not currently enabled"))
            #expect(try served.local("org", "set", "--rest-secrets", "on").code == 0)
            let own = try served.signet("app", "show", "SignetCLI", "--secret", "--as", served.username)
            #expect(own.code == 1 && own.errors.contains("it is part of Signet and a public client"), "\(own.errors)")
            let lacking = try served.program.run(show + ["dev@acme.example"])
            #expect(lacking.code == 1 && lacking.errors.contains("View Client Secret"))
            let secret = try #require(served.first["app"]?.object?["consumerSecret"]?.string)
            var shown = try served.program.run(show + [served.username])
            #expect(shown.output.contains("  consumer secret:     \(secret)\n"), "\(shown.errors)")
            shown = try served.program.run(show + [served.username, "--output", "json"])
            #expect(try shown.json().object?["consumerSecret"]?.string == secret)
            #expect(
                try served.signet("app", "show", "Sample", "--as", served.username).output.contains(secret) == false
            )
            let trail = try served.local("audit", "export").output
            #expect(trail.contains("credentialsViewed") && !trail.contains(secret))
        }
    }

    @Test("app-model 7.4: who uses which app is told, and ended, over the network")
    func usage() async throws {
        try await ServedOrg.run { served in
            let password = try served.makeUser("ann@acme.example")
            try await served.signIn("ann@acme.example", password)
            try await served.signIn()
            let apps = try served.signet("app", "usage").output
            #expect(apps.contains("SignetCLI\tOpaque\t2 users\t2 tokens\trefreshed "), "\(apps)")
            #expect(apps.contains("Sample\tJWT\t0 users\t0 tokens\trefreshed 0 times\tno use yet"), "\(apps)")
            let users = try served.signet("app", "usage", "SignetCLI", "--output", "json").json().array
            #expect(
                users?.compactMap { $0.object?["username"]?.string }.sorted() == [served.username, "ann@acme.example"]
            )
            let revoked = try served.signet(
                "app",
                "usage",
                "SignetCLI",
                "--username",
                "ann@acme.example",
                "--revoke"
            )
            #expect(revoked.code == 0, "\(revoked.errors)")
            #expect(try served.signet("whoami", "--as", "ann@acme.example").errors.contains("sign in again"))
            #expect(try served.signet("whoami", "--as", served.username).code == 0)
            let nobody = try served.signet("app", "usage", "SignetCLI", "--username", "ann@acme.example", "--revoke")
            #expect(nobody.code == 1 && nobody.errors.contains("has no refresh token of this app"))
            #expect(try served.signet("app", "usage", "--revoke").code == 2)
        }
    }
}
