import OAuthTypes

/// What an app names: profiles and permission sets, by name or id, and custom scopes.
extension AppComponents {
    /// The profiles whose users may use the app.
    public var namedProfiles: [String] {
        kind == .connectedApp
            ? connectedApp.map { $0.profileName.flatMap(\.namesInList) } ?? []
            : oauthPolicies?.record.commaSeparatedProfile?.namesInList ?? []
    }

    /// The permission sets whose users may use the app.
    public var namedPermissionSets: [String] {
        kind == .connectedApp
            ? connectedApp.map { $0.permissionSetName.flatMap(\.namesInList) } ?? []
            : oauthPolicies?.record.commaSeparatedPermissionSet?.namesInList ?? []
    }

    /// The custom scopes that an external client app has: those of its policies, and where these say nothing those of its settings. Which a
    /// connected app has is said by the scopes.
    public var namedCustomScopes: [String] {
        guard kind == .externalClientApp else { return [] }
        let names = oauthPolicies?.record.commaSeparatedCustomScopes ?? oauth?.record.commaSeparatedCustomScopes
        return names?.namesInList ?? []
    }
}

extension String {
    /// The names of a list with commas.
    var namesInList: [String] { split(separator: ",").map(\.trimmed).filter { !$0.isEmpty } }
}
