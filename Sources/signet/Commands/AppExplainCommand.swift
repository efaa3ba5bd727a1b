import ArgumentParser
import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage

extension AppCommand {
    /// `signet app explain NAME`.
    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say of each value of an app who decided it and who may change it, and what is half done.",
            discussion: """
                The developer owns the settings and the admin the policies. Where both have a say, or the org has, the stricter wins. \
                A warning names who has to act.
                """
        )

        @Argument(help: "The developer name of the app.")
        var name: String
        @OptionGroup var place: PlaceOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            let facts =
                switch try place.chosen() {
                case .data(let options):
                    try await AppLookUp.facts(of: name, options) { stored, connection in
                        let explanation = try AppRecords.explanation(stored, on: connection)
                        return JSONWriter.object { ExplanationFacts.write(explanation, &$0) }
                    }
                case .server(let server): try await server.app(name, "/explanation")
                }
            format.output.show(facts) { ExplanationText.of($0) }
        }
    }
}

/// The explanation of an app as people read it, from its JSON.
enum ExplanationText {
    static func of(_ facts: JSONObject) -> String {
        let kind = AppKind(rawValue: facts.text("kind")) ?? .externalClientApp
        let values = facts.objects("values").map { ExplainedValue($0, kind) }
        var lines = ["\(facts.text("label")) (\(facts.text("name")), \(kind.label), \(facts.text("id")))"]
        lines += values.flatMap(\.lines)
        lines += facts.objects("warnings").map { warning in
            let owner = warning["owner"]?.string.map { " (\($0))" } ?? ""
            return "  warning\(owner): \(warning.text("element")): \(warning.text("text"))"
        }
        lines.append("permissions:")
        // The permission of each owner who may change something, once.
        var permissions: [String] = []
        for line in values.flatMap(\.permissions) where !permissions.contains(line) { permissions.append(line) }
        return (lines + permissions.map { "  \($0)" }).joined(separator: "\n")
    }
}

/// One value of an explanation.
private struct ExplainedValue {
    let facts: JSONObject
    let kind: AppKind

    init(_ facts: JSONObject, _ kind: AppKind) { (self.facts, self.kind) = (facts, kind) }

    private var element: String { facts.text("element") }

    private var owners: [(name: String, permission: String?)] {
        facts.objects("mayChange").map { owner in
            (AppOwner(rawValue: owner.text("owner")).map(name) ?? owner.text("owner"), owner["permission"]?.string)
        }
    }

    var lines: [String] {
        let value = facts.text("value").isEmpty ? "-" : facts.text("value")
        let names = owners.map(\.name).joined(separator: " or ")
        var lines = ["  \(element): \(value)", "    \(origin); may be changed by \(names)"]
        let says = (facts["says"]?.object?.members ?? []).map { say in
            let word = say.value.string ?? ""
            return "\(say.name) says \(word.isEmpty ? "nothing" : word)"
        }
        if !says.isEmpty {
            lines.append("    " + says.joined(separator: ", ") + (facts["reason"]?.string.map { ": \($0)" } ?? ""))
        }
        return lines
    }

    var permissions: [String] { owners.compactMap { owner in owner.permission.map { "\(owner.name): \($0)" } } }

    private func name(_ owner: AppOwner) -> String {
        switch owner.action(on: element, of: kind) {
        case .assignConnectedApp: "the admin (of users)"
        case nil: "the operator of the server"
        default: owner == .org ? "the admin of the org" : "the \(owner.rawValue)"
        }
    }

    private var origin: String {
        switch Origin(rawValue: facts.text("origin")) {
        case .developerSetting: "the developer's setting"
        case .adminPolicy: "the admin's policy"
        case .orgSetting: "the org's setting"
        case .edition: "the edition of the org"
        case .default: "the default"
        case nil: facts.text("origin")
        }
    }
}
