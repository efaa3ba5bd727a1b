import ArgumentParser
import ClientApps
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
        @OptionGroup var options: OrgOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            let found = try await options.run { data in
                try await data.database.read { connection in
                    try AppRecords.find(developerName: name, org: data.org.org.id, on: connection)
                        .map { try AppRecords.explanation($0, on: connection) }
                }
            }
            guard let explanation = found else {
                throw options.noApp(name)
            }
            switch format.output {
            case .json: Terminal.print(JSONWriter.object { ExplainedApp.write(explanation, &$0) })
            case .text: Terminal.print(ExplainedApp.text(explanation))
            }
        }
    }
}

/// The explanation of an app as the command prints it.
private enum ExplainedApp {
    static func write(_ explanation: AppExplanation, _ json: inout JSONWriter) {
        let app = explanation.app
        json.member("name", app.developerName)
        json.member("id", app.id.rawValue)
        json.member("kind", app.kind.rawValue)
        json.array("values") { values in
            for decision in explanation.decisions { values.object { write(decision, app.kind, &$0) } }
        }
        json.array("warnings") { warnings in
            for notice in explanation.notices {
                warnings.object { warning in
                    warning.member("element", notice.element)
                    warning.member("owner", notice.owner.rawValue)
                    warning.member("text", notice.text)
                }
            }
            for noEffect in app.warnings {
                warnings.object { warning in
                    warning.member("element", noEffect.element)
                    warning.member("text", noEffect.problem)
                }
            }
        }
    }

    private static func write(_ decision: Decision, _ kind: AppKind, _ json: inout JSONWriter) {
        json.member("element", decision.element)
        json.member("value", decision.value)
        json.member("origin", decision.origin.rawValue)
        json.array("mayChange") { owners in
            for owner in decision.owners {
                owners.object { object in
                    object.member("owner", owner.rawValue)
                    object.member("permission", ifPresent: permission(owner, decision.element, kind))
                }
            }
        }
        if !decision.says.isEmpty {
            json.object("says") { says in
                for say in decision.says { says.member(named: say.owner.rawValue, say.value ?? "") }
            }
        }
        json.member("reason", ifPresent: decision.reason)
    }

    private static func permission(_ owner: AppOwner, _ element: String, _ kind: AppKind) -> String? {
        owner.action(on: element, of: kind)?.requirement.description
    }

    static func text(_ explanation: AppExplanation) -> String {
        let app = explanation.app
        var lines = ["\(app.label) (\(app.developerName), \(app.kind.label), \(app.id.rawValue))"]
        for decision in explanation.decisions {
            let value = decision.value.isEmpty ? "-" : decision.value
            let owners = decision.owners.map { name($0, decision.element, app.kind) }.joined(separator: " or ")
            lines.append("  \(decision.element): \(value)")
            lines.append("    \(said(decision.origin)); may be changed by \(owners)")
            if !decision.says.isEmpty {
                let says = decision.says.map { "\($0.owner.rawValue) says \($0.value ?? "nothing")" }
                lines.append("    " + says.joined(separator: ", ") + (decision.reason.map { ": \($0)" } ?? ""))
            }
        }
        lines += explanation.notices.map { "  warning (\($0.owner.rawValue)): \($0.element): \($0.text)" }
        lines += app.warnings.map { "  warning: \($0.element): \($0.problem)" }
        lines.append("permissions:")
        lines += permissions(explanation).map { "  \($0)" }
        return lines.joined(separator: "\n")
    }

    /// The permission of each owner who may change something, once.
    private static func permissions(_ explanation: AppExplanation) -> [String] {
        var lines: [String] = []
        for decision in explanation.decisions {
            for owner in decision.owners {
                let kind = explanation.app.kind
                guard let permission = permission(owner, decision.element, kind) else { continue }
                let line = "\(name(owner, decision.element, kind)): \(permission)"
                if !lines.contains(line) { lines.append(line) }
            }
        }
        return lines
    }

    private static func name(_ owner: AppOwner, _ element: String, _ kind: AppKind) -> String {
        switch owner.action(on: element, of: kind) {
        case .assignConnectedApp: "the admin (of users)"
        case nil: "the operator of the server"
        default: owner == .org ? "the admin of the org" : "the \(owner.rawValue)"
        }
    }

    private static func said(_ origin: Origin) -> String {
        switch origin {
        case .developerSetting: "the developer's setting"
        case .adminPolicy: "the admin's policy"
        case .orgSetting: "the org's setting"
        case .edition: "the edition of the org"
        case .default: "the default"
        }
    }
}
