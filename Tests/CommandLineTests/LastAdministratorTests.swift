import Foundation
import OAuthTypes
import Testing

@Suite("The last administrator, on the machine")
struct LastAdministratorTests {
    @Test(
        "app-model 4.2: the operator who takes administration from its last user is warned with what is gone and how to undo it"
    )
    func warned() throws {
        let program = try SignetProgram()
        defer { program.remove() }
        let admin = try #require(try program.initialized()["adminUsername"]?.string)
        func signet(_ arguments: String...) throws -> SignetProgram.Result {
            let result = try program.run(arguments + ["--data", program.data])
            #expect(result.code == 0, "\(arguments) \(result.errors)")
            return result
        }
        func expectWarning(_ result: SignetProgram.Result, undo: String) {
            #expect(result.errors.hasPrefix("signet: warning: nobody who can sign in to the org has "))
            #expect(result.errors.contains("Manage Users (ManageUsers)"), "\(result.errors)")
            #expect(result.errors.hasSuffix(" To undo it: \(undo)\n"), "\(result.errors)")
        }
        let user = "signet user set --username \(admin)"
        let data = "--data \(program.data)"
        expectWarning(
            try signet("user", "set", "--username", admin, "--active", "off"),
            undo: "\(user) --active on \(data)"
        )
        #expect(try signet("user", "set", "--username", admin, "--active", "on").errors.isEmpty)
        expectWarning(
            try signet("user", "set", "--username", admin, "--profile", "Standard User"),
            undo: "\(user) --profile 'System Administrator' \(data)"
        )
        // Who administers nothing is no loss.
        #expect(try signet("user", "freeze", "--username", admin).errors.isEmpty)
        #expect(try signet("user", "freeze", "--username", admin, "--undo").errors.isEmpty)
        _ = try signet("user", "set", "--username", admin, "--profile", "System Administrator")
        expectWarning(
            try signet("user", "freeze", "--username", admin),
            undo: "signet user freeze --username \(admin) --undo \(data)"
        )
        _ = try signet("user", "freeze", "--username", admin, "--undo")
        let profile = try signet("profile", "set", "System Administrator", "--permission", "ApiEnabled")
        #expect(
            profile.errors.contains("Manage Users (ManageUsers)") && profile.errors.contains("--permission ManageUsers")
        )
        let undo = try #require(profile.errors.components(separatedBy: "To undo it: signet ").last)
        let words = undo.trimmingCharacters(in: .newlines).replacing(
            "'System Administrator'",
            with: "System_Administrator"
        )
        .components(separatedBy: " ").map { $0 == "System_Administrator" ? "System Administrator" : $0 }
        #expect(try program.run(words).code == 0)
        // A second administrator makes each of it an everyday change.
        _ = try signet("user", "create", "--username", "b@acme.example", "--profile", "System Administrator")
        #expect(try signet("user", "freeze", "--username", admin).errors.isEmpty)
        expectWarning(
            try signet("user", "set", "--username", "b@acme.example", "--active", "off"),
            undo: "signet user set --username b@acme.example --active on \(data)"
        )
    }

    @Test(
        "app-model 4.2: a permission set that was taken from the last administrator is named in the command that gives it back"
    )
    func permissionSet() throws {
        let program = try SignetProgram()
        defer { program.remove() }
        let admin = try #require(try program.initialized()["adminUsername"]?.string)
        for arguments in [
            ["permission-set", "create", "Admins", "--permission", "ManageUsers"],
            ["user", "set", "--username", admin, "--profile", "Standard User", "--add-permission-set", "Admins"],
        ] {
            #expect(try program.run(arguments + ["--data", program.data]).code == 0)
        }
        let taken = try program.run([
            "user", "set", "--username", admin, "--remove-permission-set", "Admins", "--data", program.data,
        ])
        #expect(
            taken.errors
                == "signet: warning: nobody who can sign in to the org has Manage Users (ManageUsers) any more; only the operator can administer that. To undo it: signet user set --username \(admin) --add-permission-set Admins --data \(program.data)\n"
        )
    }
}
