import ClientApps
import OAuthTypes
import Orgs
import Storage

/// Which apps of an org name which profiles, permission sets and custom scopes, read once for all that is deleted together.
struct NamingApps {
    private let org: OrgID
    private var apps: Names?

    fileprivate struct Names {
        var profiles: [String: [AppRecords.Stored]] = [:]
        var permissionSets: [String: [AppRecords.Stored]] = [:]
        var customScopes: [String: [AppRecords.Stored]] = [:]
    }

    init(org: OrgID) { self.org = org }

    mutating func naming(profile: Profile, on connection: any Connection) throws -> [AppRecords.Stored] {
        let names = try names(on: connection).profiles
        return [profile.name, profile.id.rawValue, profile.id.short].flatMap { names[$0] ?? [] }
    }

    mutating func naming(permissionSet set: PermissionSet, on connection: any Connection) throws -> [AppRecords.Stored]
    {
        let names = try names(on: connection).permissionSets
        return [set.name, set.id.rawValue, set.id.short].flatMap { names[$0] ?? [] }
    }

    mutating func naming(customScope name: String, on connection: any Connection) throws -> [AppRecords.Stored] {
        try names(on: connection).customScopes[name] ?? []
    }

    private mutating func names(on connection: any Connection) throws -> Names {
        if let apps { return apps }
        var names = Names()
        for app in try AppRecords.all(org: org, on: connection) {
            for name in app.components.namedProfiles { names.profiles[name, default: []].append(app) }
            for name in app.components.namedPermissionSets { names.permissionSets[name, default: []].append(app) }
            for name in app.components.namedCustomScopes { names.customScopes[name, default: []].append(app) }
        }
        apps = names
        return names
    }
}
