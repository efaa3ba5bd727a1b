import Foundation
import OAuthTypes
import Testing

@Suite("Users over the network", .serialized)
struct RemoteUserTests {
    @Test(
        "app-model 4.2: users are made, listed, frozen and given passwords over the network, in the name of the admin"
    )
    func users() async throws {
        try await ServedOrg.run { served in
            try await served.signIn()
            let made = try served.signet(
                "user",
                "create",
                "--username",
                "bob@acme.example",
                "--profile",
                "Standard User",
                "--first-name",
                "Bob",
                "--output",
                "json"
            )
            #expect(made.code == 0, "\(made.errors)")
            #expect(made.errors.contains("As \(served.username) at \(served.issuer)"))
            let bob = try #require(try made.json().object)
            let password = try #require(bob["password"]?.string)
            for output in ["text", "json"] {
                let remote = try served.signet("user", "list", "--output", output)
                #expect(remote.output == (try served.local("user", "list", "--output", output)).output)
            }
            try await served.signIn("bob@acme.example", password)
            let admin = ["--as", served.username]
            let frozen = try served.program.run(["user", "freeze", "--username", "bob@acme.example"] + admin)
            #expect(frozen.output == "bob@acme.example is frozen\n", "\(frozen.errors)")
            #expect(try served.signet("whoami", "--as", "bob@acme.example").code == 1)
            _ = try served.program.run(["user", "freeze", "--username", "bob@acme.example", "--undo"] + admin)
            let piped = try served.program.run(
                ["user", "set-password", "--username", "bob@acme.example", "--password-stdin"] + admin,
                input: "correct horse battery\n"
            )
            #expect(piped.code == 0, "\(piped.errors)")
            try await served.signIn("bob@acme.example", "correct horse battery")
            let trail = try served.local("audit", "export").output
            #expect(trail.contains("passwordSet") && trail.contains("frozen"))
            #expect(!trail.contains("correct horse") && !trail.contains(password))
            for (options, problem) in [
                (["--username", "bob@acme.example", "--profile", "Standard User"], "is taken"),
                (["--username", "eve@acme.example", "--profile", "None"], "must be one of: "),
                (
                    ["--username", "eve@acme.example", "--profile", "Standard User", "--permission-set", "None"],
                    "permissionSets"
                ),
            ] {
                let refused = try served.program.run(["user", "create"] + options + admin)
                #expect(refused.code == 1 && refused.errors.contains(problem), "\(refused.errors)")
            }
            let short = try served.program.run(
                ["user", "set-password", "--username", "bob@acme.example", "--password-stdin"] + admin,
                input: "short\n"
            )
            #expect(short.code == 1 && short.errors.contains("8 characters"))
            let nobody = try served.program.run(["user", "freeze", "--username", "none@acme.example"] + admin)
            #expect(nobody.errors.contains("no user has the username 'none@acme.example'"))
            let oneself = try served.program.run(["user", "freeze", "--username", served.username] + admin)
            #expect(oneself.code == 1 && oneself.errors.contains("cannot freeze yourself"))
        }
    }

    @Test(
        "app-model 4.2: profile, permission sets and whether somebody is active change over the network as on the machine, and count at once"
    )
    func access() async throws {
        try await ServedOrg.run { served in
            let password = try served.makeUser("clerk@acme.example", permissions: ["ManageUsers"])
            try await served.signIn("clerk@acme.example", password)
            #expect(try served.signet("user", "list").code == 0)
            try await served.signIn()
            let clerk = ["user", "set", "--username", "clerk@acme.example"]
            let admin = ["--as", served.username]
            let taken = try served.program.run(clerk + ["--remove-permission-set", "Set_clerk"] + admin)
            #expect(taken.output == "clerk@acme.example\tStandard User\tactive\t-\t-\n", "\(taken.errors)")
            #expect(taken.errors.contains("As \(served.username) at \(served.issuer)"))
            let refused = try served.signet("user", "list", "--as", "clerk@acme.example")
            #expect(refused.code == 1 && refused.errors.contains("Manage Users"))
            let local = try served.program.run(
                clerk + ["--add-permission-set", "Set_clerk", "--profile", "Minimum Access"]
                    + ["--data", served.program.data]
            )
            #expect(local.output == "clerk@acme.example\tMinimum Access\tactive\t-\tSet_clerk\n", "\(local.errors)")
            let off = try served.program.run(clerk + ["--active", "off", "--output", "json"] + admin)
            #expect(try off.json().object?["isActive"]?.bool == false, "\(off.errors)")
            let back = try served.program.run(clerk + ["--active", "on"] + admin)
            #expect(back.output.contains("\tactive\t"))
            let ended = try served.signet("user", "list", "--as", "clerk@acme.example")
            #expect(ended.code == 1 && ended.errors.contains("has ended"), "\(ended.errors)")
            let trail = try served.local("audit", "export").output
            #expect(trail.contains(#"\"field\":\"isActive\",\"before\":\"true\",\"after\":\"false\""#), "\(trail)")
            for (options, problem) in [
                (["--profile", "None"], "there are: "),
                (["--add-permission-set", "None"], "no permission set is named"),
            ] {
                let refused = try served.program.run(clerk + options + ["--data", served.program.data])
                #expect(refused.code == 1 && refused.errors.contains(problem), "\(refused.errors)")
            }
            let oneself = try served.program.run(
                ["user", "set", "--username", served.username, "--active", "off"] + admin
            )
            #expect(oneself.code == 1 && oneself.errors.contains("deactivate yourself"), "\(oneself.errors)")
            let both = try served.program.run(
                clerk + ["--add-permission-set", "Set_clerk", "--remove-permission-set", "Set_clerk"] + admin
            )
            #expect(both.code == 2 && both.errors.contains("name the same one"), "\(both.code) \(both.errors)")
            let nothing = try served.program.run(clerk + admin)
            #expect(nothing.code == 2 && nothing.errors.contains("name what to change"))
        }
    }

    @Test(
        "app-model 4.2: who manages users gives nobody permissions that they lack themselves, and takes over nobody who has them"
    )
    func escalation() async throws {
        try await ServedOrg.run { served in
            let password = try served.makeUser("clerk@acme.example", permissions: ["ManageUsers"])
            try await served.signIn("clerk@acme.example", password)
            let allowed = try served.signet(
                "user",
                "create",
                "--username",
                "new@acme.example",
                "--profile",
                "Minimum Access"
            )
            #expect(allowed.code == 0, "\(allowed.errors)")
            for command in [
                ["user", "create", "--username", "boss@acme.example", "--profile", "System Administrator"],
                ["user", "set-password", "--username", served.username],
                ["user", "freeze", "--username", served.username],
                ["user", "set", "--username", served.username, "--active", "off"],
                ["user", "set", "--username", "new@acme.example", "--profile", "System Administrator"],
            ] {
                let refused = try served.program.run(command)
                #expect(refused.code == 1 && refused.errors.contains("permissions that you do not have"), "\(command)")
            }
        }
    }
}
