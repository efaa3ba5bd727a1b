import Foundation
import OAuthTypes
import Testing

@Suite("Commands for connected apps")
struct ConnectedAppCommandTests {
    static let document = """
        <ConnectedApp xmlns="http://soap.sforce.com/2006/04/metadata">
            <contactEmail>dev@acme.example</contactEmail>
            <label>Billing</label>
            <oauthConfig>
                <callbackUrl>https://billing.example/back</callbackUrl>
                <isNamedUserJwtEnabled>true</isNamedUserJwtEnabled>
                <scopes>Api</scopes>
                <scopes>RefreshToken</scopes>
            </oauthConfig>
        </ConnectedApp>
        """

    /// A data directory and a folder with one connected app.
    static func with(_ body: (SignetProgram, ([String]) throws -> SignetProgram.Result) throws -> Void) throws {
        let program = try SignetProgram()
        defer { program.remove() }
        _ = try program.initialized()
        try program.write("app/connectedApps/Billing.connectedApp-meta.xml", document)
        try body(program) { try program.run($0 + ["--data", program.data]) }
    }

    @Test("app-model 10: the operator's switch allows creation, and everything that is done to the app is a command")
    func commands() throws {
        try Self.with { program, signet in
            let refused = try signet(["app", "apply", program.folder + "/app"])
            #expect(refused.code == 1)
            #expect(refused.errors.contains("You can't create a connected app."))
            #expect(refused.errors.contains("signet org set --connected-app-creation on"))
            let opened = try signet(["org", "set", "--connected-app-creation", "on", "--output", "json"]).json().object
            #expect(opened?["isConnectedAppCreationEnabled"] == .bool(true))
            #expect(try signet(["app", "apply", program.folder + "/app"]).code == 0)
            func shown() throws -> JSONObject? {
                try signet(["app", "show", "billing", "--output", "json"]).json().object
            }
            #expect(try shown()?["kind"]?.string == "connectedApp")
            #expect(try shown()?["tokenFormat"]?.string == "jwt")
            #expect(try signet(["app", "list"]).output.contains("connected app"))
            #expect(try signet(["app", "block", "Billing"]).code == 0)
            #expect(try shown()?["isBlocked"] == .bool(true))
            #expect(try shown()?["isEnabled"] == .bool(false))
            #expect(try signet(["app", "block", "Billing"]).code == 1)
            #expect(try signet(["app", "unblock", "Billing"]).code == 0)
            #expect(try signet(["app", "uninstall", "Billing"]).code == 0)
            #expect(try shown()?["isInstalled"] == .bool(false))
            #expect(try signet(["app", "install", "Billing"]).code == 0)
            #expect(try signet(["app", "migrate", "Billing"]).code == 0)
            #expect(try shown()?["kind"]?.string == "externalClientApp")
            #expect(try shown()?["isMigrated"] == .bool(true))
            #expect(try signet(["app", "delete", "Billing"]).output.contains("is usable again"))
            #expect(try shown()?["kind"]?.string == "connectedApp")
            #expect(try signet(["app", "delete", "Billing"]).code == 0)
            #expect(try signet(["app", "show", "Billing"]).code == 1)
            #expect(try signet(["app", "delete", "Billing"]).errors.contains("no app is named 'Billing'"))
        }
    }
}
