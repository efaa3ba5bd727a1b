import Foundation
import OAuthTypes
import Testing

@Suite("Settings of the org")
struct SettingsTests {
    private func with(_ body: (SignetProgram) throws -> Void) throws {
        let program = try SignetProgram()
        defer { program.remove() }
        _ = try program.initialized()
        try body(program)
    }

    private func org(_ program: SignetProgram) throws -> JSONObject {
        try #require(try program.run(["org", "show", "--data", program.data, "--output", "json"]).json().object)
    }

    @Test("app-model 4: what the org model has can be set and is kept; what is not named stays")
    func set() throws {
        try with { program in
            let set = try program.run([
                "org", "set", "--data", program.data, "--oauth-cors", "on", "--cors-origin", "https://a.example",
                "--cors-origin", "http://localhost:3000", "--jwt-audience", "https://login.salesforce.com",
                "--require-pkce", "on", "--session-timeout", "15", "--trusted-ip-range", "192.0.2.1-192.0.2.9",
                "--state", "locked",
            ])
            try #require(set.code == 0, "\(set.errors)")
            let facts = try org(program)
            #expect(facts["isOauthCorsEnabled"]?.bool == true)
            #expect(
                facts["corsOrigins"]?.array?.compactMap(\.string) == ["https://a.example", "http://localhost:3000"]
            )
            #expect(facts["jwtBearerAudiences"]?.array?.compactMap(\.string) == ["https://login.salesforce.com"])
            #expect(facts["isPkceRequired"]?.bool == true)
            #expect(facts["sessionTimeoutMinutes"]?.integer == 15)
            #expect(facts["trustedIpRanges"]?.array?.compactMap(\.string) == ["192.0.2.1-192.0.2.9"])
            #expect(facts["isActive"]?.bool == false)
            #expect(
                try program.run(["org", "set", "--data", program.data, "--state", "active", "--cors-origin", "none"])
                    .code
                    == 0
            )
            let later = try org(program)
            #expect(later["isActive"]?.bool == true)
            #expect(later["corsOrigins"]?.array?.isEmpty == true)
            #expect(later["sessionTimeoutMinutes"]?.integer == 15)
        }
    }

    @Test(
        "issue 2.2: a setting that does not do is a wrong call that names the option, and nothing is stored",
        arguments: [
            ("--cors-origin", "https://a.example/"), ("--cors-origin", "https://*.a.example"),
            ("--cors-origin", "https://a.example:443"), ("--cors-origin", "http://a.example"), ("--cors-origin", "*"),
            ("--jwt-audience", "login.salesforce.com"), ("--jwt-audience", "https://a b"), ("--session-timeout", "0"),
            ("--session-timeout", "1441"), ("--trusted-ip-range", "192.0.2.9-192.0.2.1"),
            ("--trusted-ip-range", "192.0.2.1-::1"), ("--oauth-cors", "yes"), ("--state", "open"),
        ]
    )
    func refusals(option: String, value: String) throws {
        try with { program in
            let before = try org(program)
            let refused = try program.run([
                "org", "set", "--data", program.data, "--require-pkce", "on", option, value,
            ])
            #expect(refused.code == 2)
            #expect(refused.errors.contains(option))
            #expect(refused.errors.contains("Usage: signet org set"))
            #expect(try org(program) == before)
        }
    }

    @Test("app-model 4: a permission set is made, listed, named by a user, and its name is unique")
    func permissionSets() throws {
        try with { program in
            func create(_ name: String, _ permission: String) throws -> SignetProgram.Result {
                try program.run([
                    "permission-set", "create", name, "--permission", permission, "--data", program.data,
                ])
            }
            #expect(try create("Order_Clerks", "ApiEnabled").code == 0)
            #expect(try create("Order_Clerks", "ApiEnabled").errors.contains("already"))
            #expect(try create("Order__Clerks", "ApiEnabled").code == 2)
            let unknown = try create("Others", "ApiEnable")
            #expect(unknown.code == 2)
            #expect(unknown.errors.contains("ApiUserOnly"))
            let list = try program.run(["permission-set", "list", "--data", program.data, "--output", "json"]).json()
            #expect(list.array?.compactMap { $0.object?["name"]?.string } == ["Order_Clerks"])
            let user = try program.run([
                "user", "create", "--username", "ann@acme.example", "--profile", "Standard User", "--permission-set",
                "Order_Clerks", "--data", program.data,
            ])
            #expect(user.code == 0)
        }
    }

    @Test("app-model 4: permissions, login addresses and session timeout of a profile are set; what is not named stays")
    func profiles() throws {
        try with { program in
            func set(_ arguments: [String]) throws -> SignetProgram.Result {
                try program.run(
                    ["profile", "set", "Standard User", "--data", program.data, "--output", "json"] + arguments
                )
            }
            let limited = try set(["--login-ip-range", "192.0.2.1-192.0.2.9", "--session-timeout", "30"])
            let profile = try #require(try limited.json().object)
            #expect(profile["loginIpRanges"]?.array?.compactMap(\.string) == ["192.0.2.1-192.0.2.9"])
            #expect(profile["sessionTimeoutMinutes"]?.integer == 30)
            #expect(profile["permissions"]?.array?.compactMap(\.string) == ["ApiEnabled"])
            let opened = try #require(
                try set(["--login-ip-range", "none", "--session-timeout", "org", "--permission", "none"]).json().object
            )
            #expect(opened["loginIpRanges"]?.array?.isEmpty == true)
            #expect(opened["sessionTimeoutMinutes"] == nil)
            #expect(opened["permissions"]?.array?.isEmpty == true)
            #expect(try set(["--session-timeout", "soon"]).code == 2)
            #expect(
                try program.run(["profile", "set", "None", "--session-timeout", "5", "--data", program.data]).code == 1
            )
        }
    }
}
