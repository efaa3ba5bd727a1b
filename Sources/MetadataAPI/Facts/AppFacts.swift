import ClientApps
public import OAuthTypes
public import Orgs
public import Storage

/// The facts of an app in JSON, as commands print them and as the resources of the REST API answer them.
public struct AppFacts: Sendable {
    let app: EffectiveApp
    let names: Names

    /// The facts of a stored app.
    public init(_ stored: AppRecords.Stored, on connection: any Connection) throws {
        app = try AppRecords.state(stored, on: connection).app
        names = Names(app, stored, try NamesInOrg([app], org: stored.org, on: connection))
    }

    /// The facts of some apps of an org, in their order; however many they are, what they name is read at once.
    public static func all(_ stored: [AppRecords.Stored], org: Org, on connection: any Connection) throws -> [AppFacts]
    {
        let apps = try AppRecords.states(stored, org: org, on: connection).map(\.app)
        let names = try NamesInOrg(apps, org: org.id, on: connection)
        return zip(stored, apps).map { AppFacts(app: $1, names: Names($1, $0, names)) }
    }

    private init(app: EffectiveApp, names: Names) {
        (self.app, self.names) = (app, names)
    }

    /// The names that an app's ids stand for.
    struct Names: Sendable {
        let runAs: String?
        let profiles: [String]
        let permissionSets: [String]
        /// Whether it is an external client app that was a connected app.
        let isMigrated: Bool
        /// Whether it is a connected app that an admin has blocked.
        let isBlocked: Bool

        fileprivate init(_ app: EffectiveApp, _ stored: AppRecords.Stored, _ names: NamesInOrg) {
            (isMigrated, isBlocked) = (stored.components.isMigrated, stored.blockedAt != nil)
            runAs = app.runAsUser.flatMap { names.usernames[$0] }
            switch app.permittedUsers {
            case .selfAuthorized: (profiles, permissionSets) = ([], [])
            case .adminApproved(let allowed, let sets):
                profiles = names.profiles.filter { allowed.contains($0.id) }.map(\.name)
                permissionSets = names.permissionSets.filter { sets.contains($0.id) }.map(\.name)
            }
        }
    }

    /// Writes what everybody may see who sees that the app is there: no setting and no policy.
    public func writeHeadline(_ json: inout JSONWriter) {
        json.member("name", app.developerName)
        json.member("id", app.id.rawValue)
        json.member("kind", app.kind.rawValue)
        json.member("label", app.label)
    }

    /// Writes all, as a member of the org sees it who may view settings.
    public func write(_ json: inout JSONWriter) {
        writeHeadline(&json)
        json.member("isMigrated", names.isMigrated)
        json.member("isInstalled", app.isInstalled)
        json.member("isBlocked", names.isBlocked)
        json.member("consumerKey", ifPresent: app.consumers.first?.key)
        json.member("isEnabled", app.isEnabled && app.isOAuthEnabled)
        json.member("tokenFormat", app.tokenFormat.rawValue)
        json.array("scopes", of: app.scopes.scopes.map(\.name))
        json.array("callbackUrls", of: app.callbackURLs)
        json.member("isPkceRequired", app.isPKCERequired)
        json.member("isClientCredentialsFlowEnabled", app.isClientCredentialsFlowEnabled)
        json.member("isJwtBearerFlowEnabled", app.isJWTBearerFlowEnabled)
        json.member("isRefreshTokenRotationEnabled", app.isRefreshTokenRotationEnabled)
        json.member("accessTokenLifetime", lifetime)
        json.member("refreshTokens", app.refreshTokenPolicy.description)
        json.member("hasStandardAnswers", app.hasStandardAnswers)
        json.member("runAsUser", ifPresent: names.runAs)
        json.member("permittedUsers", isSelfAuthorized ? "AllSelfAuthorized" : "AdminApprovedPreAuthorized")
        json.array("permittedProfiles", of: names.profiles)
        json.array("permittedPermissionSets", of: names.permissionSets)
        json.member("ipRelaxation", app.ipRelaxation.rawValue)
        json.array("warnings", of: app.warnings.map { "\($0.element): \($0.problem)" })
    }

    private var isSelfAuthorized: Bool { app.permittedUsers == .selfAuthorized }

    private var lifetime: String {
        switch (app.tokenFormat, app.jwtLifetime) {
        case (.jwt, .minutes(let minutes)): "\(minutes) minutes"
        case (.jwt, .userSession): "the session timeout of the user"
        case (.opaque, _):
            app.opaqueSessionTimeoutMinutes.map { "\($0) minutes after the last use" }
                ?? "the session timeout of the user, after the last use"
        }
    }
}

/// What the ids in some apps of an org stand for.
private struct NamesInOrg {
    let usernames: [UserID: String]
    let profiles: [Profile]
    let permissionSets: [PermissionSet]

    init(_ apps: [EffectiveApp], org: OrgID, on connection: any Connection) throws {
        usernames = try Users.usernames(Set(apps.compactMap(\.runAsUser)), on: connection)
        let isAnyRestricted = apps.contains { $0.permittedUsers != .selfAuthorized }
        profiles = isAnyRestricted ? try Profiles.all(org: org, on: connection) : []
        permissionSets = isAnyRestricted ? try PermissionSets.all(org: org, on: connection) : []
    }
}
