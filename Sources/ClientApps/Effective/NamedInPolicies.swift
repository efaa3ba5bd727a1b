import OAuthTypes

/// What the policies of an app name, by name or id.
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
}

extension String {
    /// The names of a list with commas.
    var namesInList: [String] { split(separator: ",").map(\.trimmed).filter { !$0.isEmpty } }
}
