import OAuthTypes

/// The scopes of its org that an app has beside those of the server (facts: app-model 1.10 and 8.5).
struct CustomScopes {
    /// What each lets the app do, in the words of the org.
    private(set) var labels: [Scope: String] = [:]
    /// The scopes, in the order in which they were given.
    private(set) var scopes: [Scope] = []
    /// One for each name that the org does not have.
    private(set) var warnings: [MetadataWarning] = []

    /// The admin assigns them in the policies; where the policies say nothing, the app has those that its developer names. A connected
    /// app has those that are assigned to it.
    init(
        _ app: AppComponents,
        _ kind: AppKind,
        _ defined: [OAuthCustomScope],
        _ log: inout some DecisionLog
    ) {
        guard kind == .externalClientApp else {
            for scope in defined where scope.isAssigned(to: app.developerName) { add(scope) }
            return
        }
        let element = "commaSeparatedCustomScopes"
        let names: String
        if let assigned = app.oauthPolicies?.record.commaSeparatedCustomScopes {
            names = log.policy(element, assigned, or: "")
        } else if let asked = app.oauth?.record.commaSeparatedCustomScopes {
            names = log.setting(element, asked, or: "")
        } else {
            return
        }
        for name in names.split(separator: ",").map(\.trimmed) where !name.isEmpty {
            if let scope = defined.first(where: { $0.developerName == name }) {
                add(scope)
            } else {
                warnings.append(
                    MetadataWarning(
                        element: element,
                        problem: "The org has no custom scope '\(name)'; the app gets it when the org does."
                    )
                )
            }
        }
    }

    private mutating func add(_ defined: OAuthCustomScope) {
        guard let scope = Scope(defined.developerName) else { return }
        scopes.append(scope)
        labels[scope] = defined.description
    }
}

extension OAuthCustomScope {
    /// Whether a connected app of this developer name has the scope.
    public func isAssigned(to app: String) -> Bool {
        let name = AppComponents.comparable(name: app)
        return assignedTo.contains { AppComponents.comparable(name: $0.trimmed) == name }
    }
}
