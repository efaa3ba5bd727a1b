import ClientApps
import OAuthTypes

/// A deployment as people read it, from its JSON.
struct DeployText {
    /// The names that files have where they were deployed from, by those that they have at the server.
    let names: [String: String]
    /// The options by which another command finds the server.
    let server: String

    /// The command that says where a deployment stands.
    static func reportCommand(_ id: String, _ server: String) -> String { "signet app deploy --report \(id)\(server)" }

    /// How far a deployment is that is not done.
    func underWay(_ result: JSONObject) -> String {
        let id = result.text("id")
        return "\(id) \(Self.progress(result))\nask again with: \(Self.reportCommand(id, server))".printableLines
    }

    static func progress(_ result: JSONObject) -> String {
        let verb = result.flag("checkOnly") ? "checked" : "deployed"
        // Until the archive was read, nobody knows of how many.
        guard result.number("numberComponentsTotal") > 0 else { return result.text("status") }
        return
            "\(result.text("status")): \(result.number("numberComponentsDeployed")) of \(result.number("numberComponentsTotal")) components \(verb)"
    }

    /// What became of what; what is as it was is counted, and not named.
    func success(_ result: JSONObject) -> String {
        let details = result["details"]?.object ?? JSONObject()
        let isCheck = result.flag("checkOnly")
        // The manifest is told of as a component without a type.
        let components = details.objects("componentSuccesses").filter { !$0.text("componentType").isEmpty }
        let changed = components.filter { change($0) != nil }
        var lines = changed.map { "  \(change($0) ?? "") \($0.text("componentType")) \($0.text("fullName"))" }
        // What was accepted with a warning is told among the failures or the successes, each with its problem.
        let told = details.objects("componentFailures") + details.objects("componentSuccesses")
        lines += told.filter { $0["problem"]?.string != nil }.map { "  warning: \(place($0))" }
        if !isCheck {
            lines += newApps(components).map { "key and secret of \($0): signet app show \($0) --secret\(server)" }
        }
        let done = isCheck ? "could be deployed; nothing was stored" : "deployed"
        let unchanged = components.count - changed.count
        let rest = unchanged > 0 ? ", \(unchanged) of them unchanged" : ""
        return (["\(components.count) components \(done)\(rest) (\(result.text("id")))"] + lines)
            .joined(separator: "\n").printableLines
    }

    /// The word for what became of a component; `nil` for one that is as it was.
    private func change(_ component: JSONObject) -> String? {
        component.flag("deleted")
            ? "deleted" : component.flag("created") ? "created" : component.flag("changed") ? "changed" : nil
    }

    /// The external client apps that have their first consumer by a deployment.
    private func newApps(_ components: [JSONObject]) -> [String] {
        func created(_ type: MetadataType) -> [JSONObject] {
            components.filter { $0.flag("created") && $0.text("componentType") == type.rawValue }
        }
        guard !created(.globalOAuthSettings).isEmpty else { return [] }
        return created(.externalClientApplication).map { $0.text("fullName") }
    }

    /// Each component that was refused, with its file and the remedy.
    func failure(_ result: JSONObject) -> String {
        let problems = result["details"]?.object?.objects("componentFailures") ?? []
        let reason = result["errorMessage"]?.string.map { ": \($0)" } ?? ""
        let head = "the deployment \(result.text("id")) ended as \(result.text("status"))\(reason); nothing was stored"
        return ([head] + problems.map { "  \(place($0))" }).joined(separator: "\n").printableLines
    }

    /// A problem with its place, as signet app apply says it.
    private func place(_ component: JSONObject) -> String {
        let file = component.text("fileName")
        let line = component["lineNumber"]?.integer.map { ":\($0)" } ?? ""
        // What is done once warnings are passed over has no code of its own at the server.
        let isRefusal = !component.flag("success") && component.text("problemType") == "Warning"
        return "\(names[file] ?? file)\(line): \(isRefusal ? "WARNING: " : "")\(component.text("problem"))"
    }
}

extension String {
    /// The text with its lines, and nothing else that acts on a terminal.
    fileprivate var printableLines: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }.joined(separator: "\n")
    }
}
