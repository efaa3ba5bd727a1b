import OAuthTypes
import Testing

@Suite("Explaining an app, and simulating a change")
struct ExplainTests {
    /// A data directory with its sample app, and the program.
    private func with(_ body: (SignetProgram, ([String]) throws -> SignetProgram.Result) throws -> Void) throws {
        let program = try SignetProgram()
        defer { program.remove() }
        _ = try program.initialized()
        try body(program) { try program.run($0 + ["--data", program.data]) }
    }

    private func policies(_ fields: [String: String]) -> String {
        let body = fields.merging(["externalClientApplication": "Sample"]) { given, _ in given }
            .sorted { $0.key < $1.key }.map { "<\($0.key)>\($0.value)</\($0.key)>" }.joined()
        return
            "<ExtlClntAppOauthConfigurablePolicies xmlns=\"http://soap.sforce.com/2006/04/metadata\">\(body)</ExtlClntAppOauthConfigurablePolicies>"
    }

    private static let file = "change/extlClntAppOauthPolicies/Sample_oauthPlcy.ecaOauthPlcy"

    @Test("app-model 0: app explain says of each value who decided it and which permission changes it")
    func explain() throws {
        try with { _, signet in
            let json = try #require(try signet(["app", "explain", "sample", "--output", "json"]).json().object)
            let values = (json["values"]?.array ?? []).compactMap(\.object)
            let timeout = try #require(values.first { $0["element"]?.string == "namedUserJwtTimeout" })
            #expect(timeout["value"]?.string == "30 minutes" && timeout["origin"]?.string == "adminPolicy")
            let owner = timeout["mayChange"]?.array?.first?.object
            #expect(owner?["owner"]?.string == "admin")
            #expect(
                owner?["permission"]?.string
                    == "View all External Client Apps, view their settings, and edit their policies (ExternalClientAppAdmin)"
            )
            let text = try signet(["app", "explain", "Sample"]).output
            #expect(
                text.contains(
                    "isNamedUserJwtEnabled: true\n    the developer's setting; may be changed by the developer"
                )
            )
            #expect(text.contains("the developer: Create, edit, and delete External Client Apps"))
            #expect(try signet(["org", "set", "--require-pkce", "on"]).code == 0)
            let pkce = try signet(["app", "explain", "Sample"]).output
            #expect(
                pkce.contains("isPkceRequired: true\n    the org's setting; may be changed by the admin of the org")
            )
            let missing = try signet(["app", "explain", "Nobody"])
            #expect(missing.code == 1 && missing.errors.contains("signet app list"))
        }
    }

    @Test("app-model 8.2: app explain says how long JWT access tokens live where nobody has set it")
    func lifetime() throws {
        try with { program, signet in
            #expect(try program.run(["app", "new", "Plain", "--into", program.folder + "/plain"]).code == 0)
            #expect(try signet(["app", "apply", program.folder + "/plain"]).code == 0)
            #expect(try signet(["org", "set", "--session-timeout", "45"]).code == 0)
            let text = try signet(["app", "explain", "Plain"]).output
            #expect(
                text.contains(
                    "namedUserJwtTimeout: the session timeout of the user: that of the profile, else 45 minutes of the org\n    the default"
                )
            )
        }
    }

    @Test("app-model 12: a switch of two steps that is half done is a warning that names who must act")
    func twoSteps() throws {
        try with { program, signet in
            try program.write(Self.file, policies(["isClientCredentialsFlowEnabled": "false"]))
            #expect(try signet(["app", "apply", program.folder + "/change"]).code == 0)
            let text = try signet(["app", "explain", "Sample"]).output
            #expect(
                text.contains(
                    "warning (admin): isClientCredentialsFlowEnabled: Developer flag on, admin flag off: the admin must"
                )
            )
        }
    }

    @Test("app-model 12: app simulate ends with 0 or 1, says why, and stores nothing")
    func simulate() throws {
        try with { program, signet in
            let before = try signet(["app", "show", "Sample", "--output", "json"]).output
            try program.write(Self.file, policies(["isClientCredentialsFlowEnabled": "false"]))
            let folder = program.folder + "/change"
            let refused = try signet(["app", "simulate", folder])
            #expect(refused.code == 1)
            #expect(refused.output.contains("refused: client credentials flow: The admin's flag would be off."))
            let json = try #require(try signet(["app", "simulate", folder, "--output", "json"]).json().object)
            #expect(json["refused"]?.integer == 1)
            let app = try #require(json["apps"]?.array?.first?.object)
            #expect(app["name"]?.string == "Sample" && app["change"]?.string == "updated")
            let refusal = try #require(app["refusals"]?.array?.first?.object)
            #expect(refusal["subject"]?.string == "clientCredentialsFlow")
            #expect(refusal["element"]?.string == "isClientCredentialsFlowEnabled")
            try program.write(Self.file, policies(["namedUserJwtTimeout": "16"]))
            let invalid = try signet(["app", "simulate", folder])
            #expect(invalid.code == 1 && invalid.errors.contains("nothing would be applied"))
            #expect(try signet(["app", "show", "Sample", "--output", "json"]).output == before)
            try program.write(
                "same/externalClientApps/Sample.eca",
                "<ExternalClientApplication xmlns=\"http://soap.sforce.com/2006/04/metadata\"><label>Sample app</label></ExternalClientApplication>"
            )
            let allowed = try signet(["app", "simulate", program.folder + "/same"])
            #expect(allowed.code == 0)
            #expect(allowed.output.contains("nothing that is allowed today would be refused"))
        }
    }
}
