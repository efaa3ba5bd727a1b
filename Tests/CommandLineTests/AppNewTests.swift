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
