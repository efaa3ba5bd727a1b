import ClientApps
import OAuthTypes

/// What an admin is shown before a version of an app takes the place of another, or of none.
enum PackageDifferences {
    /// Elements that name ids and are no business of the admin's.
    private static let silent: Set<String> = ["externalClientApplication", "oauthLink", "orgScopedExternalApp"]

    /// What would count: the values of the merge first, then what else the documents of the package say.
    static func between(
        _ before: AppExplanation?,
        _ after: AppExplanation,
        _ new: AppComponents,
        _ old: AppComponents?
    ) -> [AppForecast.Difference] {
        var differences = AppForecast.differences(before, after)
        let (had, has) = (before.map { flows($0.app) } ?? "", flows(after.app))
        if had != has { differences.insert(AppForecast.Difference(element: "flows", before: had, after: has), at: 0) }
        let known = Set(after.decisions.map(\.element))
        for type in PackageContents.types {
            let (was, becomes) = (elements(of: old, type), elements(of: new, type))
            let names = becomes.map(\.path) + was.map(\.path).filter { path in !becomes.contains { $0.path == path } }
            for name in names where !silent.contains(name) && !known.contains(name) {
                let values = (
                    was.first { $0.path == name }?.value ?? "", becomes.first { $0.path == name }?.value ?? ""
                )
                guard values.0 != values.1 else { continue }
                let isOfPlugin = ![.externalClientApplication, .oauthSettings].contains(type)
                let element = isOfPlugin ? "\(type.rawValue).\(name)" : name
                differences.append(AppForecast.Difference(element: element, before: values.0, after: values.1))
            }
        }
        return differences
    }

    /// Suggested values that are not those of the admin's policies, which stay.
    static func suggestions(_ defaults: OAuthPolicies?, _ policies: OAuthPolicies?) -> [AppForecast.Difference] {
        guard let defaults else { return [] }
        func elements(_ policies: OAuthPolicies) -> [MetadataElement] {
            MetadataDocument.elements(of: MetadataComponent(fullName: "policies", content: .oauthPolicies(policies)))
        }
        let present = elements(policies ?? OAuthPolicies())
        return elements(defaults).compactMap { element in
            let value = present.first { $0.path == element.path }?.value ?? ""
            guard !silent.contains(element.path), element.path != "label", value != element.value else { return nil }
            return AppForecast.Difference(element: element.path, before: value, after: element.value)
        }
    }

    private static func elements(of app: AppComponents?, _ type: MetadataType) -> [MetadataElement] {
        app?.documents.first { $0.type == type }.map(MetadataDocument.elements) ?? []
    }

    private static func flows(_ app: EffectiveApp) -> String {
        let flows = [
            ("web server", !app.callbackURLs.isEmpty),
            ("refresh token", app.scopes.contains(.refreshToken) && app.refreshTokenPolicy != .zero),
            ("client credentials", app.isClientCredentialsFlowEnabled),
            (
                "client credentials (once the admin allows it)",
                app.isClientCredentialsAllowedBySettings && !app.isClientCredentialsAllowedByPolicy
            ),
            ("JWT bearer", app.isJWTBearerFlowEnabled),
        ]
        return flows.filter(\.1).map(\.0).joined(separator: ", ")
    }
}
