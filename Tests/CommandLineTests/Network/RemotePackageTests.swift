import Foundation
import OAuthTypes
import Testing

@Suite("Packages over the network", .serialized)
struct RemotePackageTests {
    @Test(
        "app-model 6: a package is made at one server and installed, upgraded and uninstalled at another, all over the network"
    )
    func packages() async throws {
        try await ServedOrg.run { maker in
            try await maker.signIn()
            let folder = maker.program.folder + "/Orders"
            _ = try maker.signet("app", "new", "Orders", "--into", folder, "--packaged")
            #expect(try maker.signet("app", "deploy", folder).code == 0)
            func make(_ version: String) throws -> String {
                let file = maker.program.folder + "/orders-\(version).zip"
                let made = try maker.signet("package", "create", "Orders", "--version", version, "--out", file)
                try #require(made.code == 0, "\(made.errors)")
                #expect(made.output.contains("Orders \(version)"))
                return file
            }
            let first = try make("1.0.0")
            let lower = try maker.signet(
                "package",
                "create",
                "Orders",
                "--version",
                "0.9.0",
                "--out",
                first + "2"
            )
            #expect(lower.code == 1 && lower.errors.contains("is not above 1.0.0"))
            let taken = try maker.signet("package", "create", "Orders", "--version", "2.0.0", "--out", first)
            #expect(taken.code == 1 && taken.errors.contains("cannot be written"))
            let key = try #require(try maker.signet("package", "key", "--output", "json").json().object)
            let fingerprint = try #require(key["fingerprint"]?.string)
            #expect(try maker.signet("package", "list").output == (try maker.local("package", "list")).output)
            try await install(first, try make("1.1.0"), fingerprint, maker)
        }
    }

    private func install(_ first: String, _ second: String, _ fingerprint: String, _ maker: ServedOrg) async throws {
        try await ServedOrg.run { other in
            try await other.signIn()
            let untrusted = try other.signet("package", "inspect", first)
            #expect(untrusted.output.contains("by a key not trusted by this org"), "\(untrusted.errors)")
            for output in ["text", "json"] {
                let remote = try other.signet("package", "inspect", first, "--output", output)
                #expect(remote.output == (try other.local("package", "inspect", first, "--output", output)).output)
            }
            try other.program.write(
                "global.ecaGlblOauth",
                "<ExtlClntAppGlobalOauthSettings xmlns=\"http://soap.sforce.com/2006/04/metadata\"><callbackUrl>https://other.example/cb</callbackUrl><externalClientApplication>Orders</externalClientApplication></ExtlClntAppGlobalOauthSettings>"
            )
            let step = ["package", "install", first, "--global", other.program.folder + "/global.ecaGlblOauth"]
            let stranger = try other.program.run(step + ["--yes"])
            #expect(stranger.code == 1 && stranger.errors.contains("does not trust"))
            let wrong = try other.signet("package", "trust", first, "--fingerprint", "SHA256:none")
            #expect(wrong.code == 1 && wrong.errors.contains(fingerprint))
            let trusted = try other.signet("package", "trust", first, "--fingerprint", fingerprint)
            #expect(trusted.code == 0, "\(trusted.errors)")
            let shown = try other.program.run(step)
            #expect(shown.code == 1 && shown.errors.contains("run it again with --yes"))
            #expect(shown.output == (try other.program.run(step + ["--data", other.program.data])).output)
            #expect(try other.signet("app", "show", "Orders").code == 1)
            let installed = try other.program.run(step + ["--yes"])
            #expect(installed.code == 0, "\(installed.errors)")
            #expect(installed.output.contains("consumer secret: ") && installed.output.hasSuffix("done\n"))
            #expect(installed.errors.contains("As \(other.username) at \(other.issuer)"))
            #expect(try other.signet("app", "show", "Orders").output.contains("https://other.example/cb"))
            let upgraded = try other.signet("package", "upgrade", second, "--yes")
            #expect(upgraded.output.contains("upgrade 1.0.0 -> 1.1.0"), "\(upgraded.errors)")
            #expect(try other.signet("package", "upgrade", first, "--yes").code == 1)
            #expect(try other.signet("package", "upgrade", first, "--allow-downgrade", "--yes").code == 0)
            #expect(try other.signet("package", "list").output == (try other.local("package", "list")).output)
            #expect(try other.signet("package", "uninstall", "Orders").output == "Orders is uninstalled\n")
            #expect(try other.signet("package", "distrust", fingerprint).code == 0)
            let gone = try other.signet("package", "distrust", fingerprint)
            #expect(gone.code == 1 && gone.errors.contains("was not trusted"))
            let trail = try other.local("audit", "export").output
            #expect(trail.contains("packageInstalled") && trail.contains("packageUninstalled"))
        }
    }
}
