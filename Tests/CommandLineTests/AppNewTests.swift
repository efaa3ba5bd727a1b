import Foundation
import OAuthTypes
import Testing

@Suite("app new")
struct AppNewTests {
    private func with(_ body: (SignetProgram) throws -> Void) throws {
        let program = try SignetProgram()
        defer { program.remove() }
        _ = try program.initialized()
        try body(program)
    }

    @Test("app-model 1: a folder that app new writes is applied as it is, with what was asked for")
    func applied() throws {
        try with { program in
            let folder = program.data + "/orders"
            let made = try program.run([
                "app", "new", "Orders", "--into", folder, "--callback-url", "https://orders.example/a",
                "--callback-url", "https://orders.example/b", "--scope", "Api", "--label", "Bill & Co",
                "--client-credentials-user", "integration@signet.example", "--jwt-timeout", "15",
            ])
            #expect(made.code == 0, "\(made.errors)")
            #expect(made.output.contains("\(folder)/extlClntAppOauthPolicies/Orders_oauthPlcy.ecaOauthPlcy"))
            #expect(
                made.errors.contains("signet app apply \(folder)")
                    && made.errors.contains("signet app deploy \(folder)")
            )
            #expect(try program.run(["app", "apply", folder, "--data", program.data]).code == 0)
            let shown = try program.run(["app", "show", "Orders", "--data", program.data, "--output", "json"])
            let app = try #require(try shown.json().object)
            #expect(app["label"]?.string == "Bill & Co")
            #expect(
                app["callbackUrls"]?.array?.map(\.string) == ["https://orders.example/a", "https://orders.example/b"]
            )
            #expect(app["tokenFormat"]?.string == "jwt")
        }
    }

    @Test("app-model 5.3: app apply says at once that a run-as user is not API Only, and how to mend that")
    func runAsUser() throws {
        try with { program in
            let folder = program.data + "/orders"
            let new = ["app", "new", "Orders", "--into", folder, "--client-credentials-user", "admin@signet.example"]
            #expect(try program.run(new).code == 0)
            let applied = try program.run(["app", "apply", folder, "--data", program.data])
            #expect(applied.code == 0, "\(applied.errors)")
            #expect(applied.output.contains("warning: clientCredentialsFlowUser: The run-as user is not API Only"))
            #expect(applied.output.contains("give the user the permission API Only User"))
        }
    }

    @Test("app-model 1.1: an app that is a header alone is shown as what it is, without OAuth settings")
    func headerAlone() throws {
        try with { program in
            try program.write(
                "bare/externalClientApps/Bare.eca",
                "<ExternalClientApplication xmlns=\"http://soap.sforce.com/2006/04/metadata\"><contactEmail>a@acme.example</contactEmail><label>Bare</label></ExternalClientApplication>"
            )
            let applied = try program.run(["app", "apply", program.folder + "/bare", "--data", program.data])
            #expect(applied.code == 0, "\(applied.errors)")
            let list = try program.run(["app", "list", "--data", program.data]).output
            #expect(list.contains("Bare\t-\tno OAuth settings\t-\texternal client app\n"), "\(list)")
            let shown = try program.run(["app", "show", "Bare", "--data", program.data]).output
            #expect(shown.contains("no OAuth settings: deploy them") && !shown.contains("opaque"), "\(shown)")
            let secret = try program.run(["app", "show", "Bare", "--secret", "--data", program.data])
            #expect(secret.code == 1 && secret.errors.contains("it has no OAuth settings"), "\(secret.errors)")
        }
    }

    @Test("issue 2.2: app new writes over nothing, and refuses what a deployment would refuse")
    func refused() throws {
        try with { program in
            let folder = program.data + "/orders"
            #expect(try program.run(["app", "new", "Orders", "--into", folder]).code == 0)
            let again = try program.run(["app", "new", "Orders", "--into", folder])
            #expect(again.code == 1 && again.errors.contains("exists already"))
            let other = program.data + "/other"
            for (options, code) in [
                (["--scope", "api"], "INVALID_SCOPE"), (["--callback-url", "ftp://x"], "INVALID_CALLBACK_URL"),
                (["--jwt-timeout", "13"], "13 is not a valid timeout"),
            ] {
                let wrong = try program.run(["app", "new", "Other", "--into", other] + options)
                #expect(wrong.code == 2 && wrong.errors.contains(code), "\(wrong.errors)")
            }
            #expect(!FileManager.default.fileExists(atPath: other))
        }
    }
}
