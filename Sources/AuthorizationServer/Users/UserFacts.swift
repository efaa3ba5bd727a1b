public import OAuthTypes
public import Orgs
public import Storage

/// The facts of a user in JSON, as `signet user list` prints them and as the resource of the REST API answers them.
public enum UserFacts {
    /// Writes who the user is, what they have and what state they are in.
    ///
    /// - Parameter sets: the permission sets of the org, by which those of the user are named.
    public static func write(_ account: AccountRecord, _ sets: [PermissionSet], _ json: inout JSONWriter) {
        json.member("id", account.user.id.rawValue)
        json.member("username", account.user.username)
        json.member("profile", account.profile.name)
        json.array(
            "permissionSets",
            of: sets.filter { account.user.permissionSets.contains($0.id) }.map(\.name)
        )
        json.member("isActive", account.user.isActive)
        json.member("isFrozen", account.user.isFrozen)
        json.member("isApiOnly", account.isAPIOnly)
    }
}
