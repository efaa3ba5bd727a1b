import ArgumentParser
import OAuthTypes
import Orgs
import Storage

/// `signet profile`.
struct ProfileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "List the profiles of the org, and set what they grant and limit.",
        subcommands: [List.self, Set.self]
    )

    /// `signet profile list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the profiles of the org.")

        @OptionGroup var options: OrgOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            let profiles = try await options.run { data in
                try await data.database.read { try Profiles.all(org: data.org.org.id, on: $0) }
            }
            switch format.output {
            case .json:
                var json = JSONWriter()
                json.array { array in for profile in profiles { array.object { ProfileFacts.write(profile, &$0) } } }
                Terminal.print(json.bytes)
            case .text: for profile in profiles { Terminal.print(ProfileFacts.text(profile)) }
            }
        }
    }

    /// `signet profile set NAME`.
    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change a profile; what is not named stays.",
            discussion: """
                A running server sees the change within a second. An option that may be repeated puts its values in the place of \
                those that are there; the value none takes all away.
                """
        )

        @Argument(help: "The name of the profile.")
        var name: String
        @Option(
            name: .customLong("permission"),
            help: "A permission that it grants, such as ApiEnabled; may be repeated, or none."
        )
        var permissions: [String] = []
        @Option(
            name: .customLong("login-ip-range"),
            help: "Addresses from which its users may come at all, as START-END; may be repeated, or none for anywhere."
        )
        var ranges: [String] = []
        @Option(help: "The session timeout from 1 to 1440 minutes, or org to leave it to the org.")
        var sessionTimeout: String?

        @OptionGroup var options: OrgOptions
        @OptionGroup var format: OutputOptions

        func validate() throws {
            guard !permissions.isEmpty || !ranges.isEmpty || sessionTimeout != nil else {
                throw ValidationError("name a setting to change: --permission, --login-ip-range or --session-timeout")
            }
            _ = (try newPermissions(), try newRanges(), try newTimeout())
        }

        func run() async throws {
            let (permissions, ranges) = (try newPermissions(), try newRanges())
            let timeout = try newTimeout()
            let (profile, lost, former) = try await options.run { data in
                try await data.database.write { connection in
                    let profiles = try Profiles.all(org: data.org.org.id, on: connection)
                    guard let profile = profiles.first(where: { $0.name == name }) else {
                        throw CommandFailure(
                            "no profile is named '\(name)'; there are: \(ListText.of(profiles.map(\.name)))"
                        )
                    }
                    let changed = Profile(
                        id: profile.id,
                        org: profile.org,
                        name: profile.name,
                        permissions: permissions.map { Swift.Set($0) } ?? profile.permissions,
                        sessionTimeoutMinutes: sessionTimeout == nil ? profile.sessionTimeoutMinutes : timeout,
                        loginIPRanges: ranges ?? profile.loginIPRanges
                    )
                    let granted =
                        permissions == nil
                        ? [] : Permission.closure(of: profile.permissions).intersection(OrgAdministrators.permissions)
                    let before = try OrgAdministrators.held(granted, org: profile.org, on: connection)
                    try Profiles.update(changed, by: .commandLine("profile set"), now: data.now, on: connection)
                    let after = try OrgAdministrators.held(before, org: profile.org, on: connection)
                    return (changed, before.subtracting(after), profile.permissions)
                }
            }
            let undo = PermissionNames.sorted(former).map { " --permission \($0)" }.joined()
            LastAdministrator.warn(lost, undo: options.hint("profile set \(ShellWord.quoted(name))\(undo)"))
            switch format.output {
            case .json: Terminal.print(JSONWriter.object { ProfileFacts.write(profile, &$0) })
            case .text: Terminal.print(ProfileFacts.text(profile))
            }
        }

        private func newPermissions() throws -> [Permission]? {
            try Repeated.values(permissions, "--permission", PermissionNames.permission)
        }

        private func newRanges() throws -> [IPRange]? {
            try Repeated.values(ranges, "--login-ip-range") { try RangeText.range($0, "--login-ip-range") }
        }

        private func newTimeout() throws -> Int? {
            guard let sessionTimeout, sessionTimeout != "org" else { return nil }
            guard let minutes = Int(sessionTimeout) else {
                throw ValidationError("--session-timeout must be from 1 to 1440 minutes, or org")
            }
            try SessionMinutes.require(minutes)
            return minutes
        }
    }
}

/// The facts of a profile as commands print them.
enum ProfileFacts {
    static func write(_ profile: Profile, _ json: inout JSONWriter) {
        json.member("id", profile.id.rawValue)
        json.member("name", profile.name)
        json.array("permissions", of: PermissionNames.sorted(profile.permissions))
        if let minutes = profile.sessionTimeoutMinutes { json.member("sessionTimeoutMinutes", minutes) }
        json.array("loginIpRanges", of: profile.loginIPRanges.map(\.description))
    }

    static func text(_ profile: Profile) -> String {
        """
        \(profile.name) (\(profile.id.rawValue))
          permissions:     \(ListText.of(PermissionNames.sorted(profile.permissions)))
          login IP ranges: \(ListText.of(profile.loginIPRanges.map(\.description), empty: "anywhere"))
          session timeout: \(profile.sessionTimeoutMinutes.map { "\($0) minutes" } ?? "the org's")
        """
    }
}
