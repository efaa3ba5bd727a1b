import ArgumentParser
import OAuthTypes
import Orgs
import Storage

/// `signet permission-set`.
struct PermissionSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "permission-set",
        abstract: "Create and list permission sets.",
        discussion:
            "A user gets them by signet user create --permission-set, or later by signet user set --add-permission-set.",
        subcommands: [Create.self, List.self]
    )

    /// `signet permission-set create NAME`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a permission set.",
            discussion: "The policies of apps name it in commaSeparatedPermissionSet, by its API name."
        )

        @Argument(help: "The API name, such as Order_Clerks.")
        var name: String
        @Option(help: "What people read (default: the API name).")
        var label: String?
        @Option(
            name: .customLong("permission"),
            help: "A permission that it grants, such as ApiEnabled; may be repeated."
        )
        var permissions: [String] = []

        @OptionGroup var options: OrgOptions
        @OptionGroup var format: OutputOptions

        func validate() throws {
            guard PermissionSet.isName(name) else {
                throw ValidationError(
                    "the name must have from 1 to 80 letters, digits and single underscores; it starts with a letter and ends with no underscore"
                )
            }
            if let label, label.isEmpty || label.utf8.count > 80 {
                throw ValidationError("--label must have from 1 to 80 bytes")
            }
            if let label { try ShownText.require(label, "--label") }
            for name in permissions { _ = try PermissionNames.permission(name) }
        }

        func run() async throws {
            let granted = Set(try permissions.map(PermissionNames.permission))
            let set = try await options.run { data in
                var randomness = SystemRandomNumberGenerator()
                let set = PermissionSet(
                    id: PermissionSetID.make(prefix: PermissionSet.idPrefix, now: data.now, using: &randomness),
                    org: data.org.org.id,
                    name: name,
                    label: label ?? name,
                    permissions: granted
                )
                do {
                    try await data.database.write { connection in
                        try PermissionSets.insert(
                            set,
                            by: .commandLine("permission-set create"),
                            now: data.now,
                            on: connection
                        )
                    }
                } catch let violation as ConstraintViolation where violation.kind == .unique {
                    throw CommandFailure("a permission set is named '\(name)' already; choose another name")
                }
                return set
            }
            switch format.output {
            case .json: Terminal.print(JSONWriter.object { PermissionSetFacts.write(set, &$0) })
            case .text: Terminal.print("created " + PermissionSetFacts.text(set))
            }
        }
    }

    /// `signet permission-set list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the permission sets of the org.")

        @OptionGroup var options: OrgOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            let sets = try await options.run { data in
                try await data.database.read { try PermissionSets.all(org: data.org.org.id, on: $0) }
            }
            switch format.output {
            case .json:
                var json = JSONWriter()
                json.array { array in for set in sets { array.object { PermissionSetFacts.write(set, &$0) } } }
                Terminal.print(json.bytes)
            case .text: for set in sets { Terminal.print(PermissionSetFacts.text(set)) }
            }
        }
    }
}

/// The facts of a permission set as commands print them.
enum PermissionSetFacts {
    static func write(_ set: PermissionSet, _ json: inout JSONWriter) {
        json.member("id", set.id.rawValue)
        json.member("name", set.name)
        json.member("label", set.label)
        json.array("permissions", of: PermissionNames.sorted(set.permissions))
    }

    static func text(_ set: PermissionSet) -> String {
        "\(set.name) (\(set.id.rawValue)): \(ListText.of(PermissionNames.sorted(set.permissions)))"
    }
}
