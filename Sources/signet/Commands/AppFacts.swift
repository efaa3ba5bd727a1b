import ClientApps
import OAuthTypes
import Orgs
import Storage

/// The facts of an app as commands print them.
enum AppFacts {
    /// The names that an app's ids stand for.
    struct Names: Sendable {
        var runAs: String?
        var profiles: [String] = []
        var permissionSets: [String] = []
        /// Whether it is an external client app that was a connected app.
        var isMigrated = false
        /// Whether it is a connected app that an admin has blocked.
        var isBlocked = false

        /// Looks them up.
        init(_ app: EffectiveApp, _ stored: AppRecords.Stored, on connection: any Connection) throws {
            (isMigrated, isBlocked) = (stored.components.isMigrated, stored.blockedAt != nil)
            runAs = try app.runAsUser.flatMap { try Users.account($0, on: connection)?.user.username }
            guard case .adminApproved(let allowed, let sets) = app.permittedUsers else { return }
            profiles = try Profiles.all(org: app.org, on: connection).filter { allowed.contains($0.id) }.map(\.name)
            permissionSets = try PermissionSets.all(org: app.org, on: connection).filter { sets.contains($0.id) }
                .map(\.name)
        }
    }

    static func write(_ app: EffectiveApp, _ names: Names, _ json: inout JSONWriter) {
        json.member("name", app.developerName)
        json.member("id", app.id.rawValue)
        json.member("kind", app.kind.rawValue)
        json.member("isMigrated", names.isMigrated)
        json.member("isInstalled", app.isInstalled)
        json.member("isBlocked", names.isBlocked)
        json.member("label", app.label)
        json.member("consumerKey", ifPresent: app.consumers.first?.key)
        json.member("isEnabled", app.isEnabled && app.isOAuthEnabled)
        json.member("tokenFormat", app.tokenFormat.rawValue)
        json.array("scopes", of: app.scopes.scopes.map(\.name))
        json.array("callbackUrls", of: app.callbackURLs)
        json.member("isPkceRequired", app.isPKCERequired)
        json.member("isClientCredentialsFlowEnabled", app.isClientCredentialsFlowEnabled)
        json.member("isJwtBearerFlowEnabled", app.isJWTBearerFlowEnabled)
        json.member("isRefreshTokenRotationEnabled", app.isRefreshTokenRotationEnabled)
        json.member("accessTokenLifetime", lifetime(app))
        json.member("refreshTokens", app.refreshTokenPolicy.description)
        json.member("runAsUser", ifPresent: names.runAs)
        json.member("permittedUsers", isSelfAuthorized(app) ? "AllSelfAuthorized" : "AdminApprovedPreAuthorized")
        json.array("permittedProfiles", of: names.profiles)
        json.array("permittedPermissionSets", of: names.permissionSets)
        json.member("ipRelaxation", app.ipRelaxation.rawValue)
        json.array("warnings", of: app.warnings.map { "\($0.element): \($0.problem)" })
    }

    /// The kind in words, with what an external client app was before.
    static func kind(_ app: EffectiveApp, _ names: Names) -> String {
        app.kind.label + (names.isMigrated ? " (migrated; its connected app is read-only)" : "")
    }

    private static func state(_ app: EffectiveApp, _ names: Names) -> String {
        if names.isBlocked { return "blocked" }
        guard app.isEnabled, app.isOAuthEnabled else { return "disabled" }
        return app.isInstalled ? "enabled" : "enabled, not installed"
    }

    private static func isSelfAuthorized(_ app: EffectiveApp) -> Bool { app.permittedUsers == .selfAuthorized }

    private static func lifetime(_ app: EffectiveApp) -> String {
        switch (app.tokenFormat, app.jwtLifetime) {
        case (.jwt, .minutes(let minutes)): "\(minutes) minutes"
        case (.jwt, .userSession): "the session timeout of the user"
        case (.opaque, _):
            app.opaqueSessionTimeoutMinutes.map { "\($0) minutes after the last use" }
                ?? "the session timeout of the user, after the last use"
        }
    }

    private static func permitted(_ app: EffectiveApp, _ names: Names) -> String {
        guard !isSelfAuthorized(app) else { return "everybody who approves it" }
        let list = names.profiles.map { "profile \($0)" } + names.permissionSets.map { "permission set \($0)" }
        return list.isEmpty ? "nobody: no profile and no permission set is approved" : list.joined(separator: ", ")
    }

    static func text(_ app: EffectiveApp, _ names: Names) -> String {
        """
        \(app.label) (\(app.developerName), \(kind(app, names)), \(app.id.rawValue))
          consumer key:        \(app.consumers.first?.key ?? "none")
          state:               \(state(app, names))
          access tokens:       \(app.tokenFormat.rawValue)
          their lifetime:      \(lifetime(app))
          scopes:              \(app.scopes.text)
          callback URLs:       \(app.callbackURLs.joined(separator: ", "))
          PKCE required:       \(app.isPKCERequired)
          client credentials:  \(app.isClientCredentialsFlowEnabled)
          JWT bearer:          \(app.isJWTBearerFlowEnabled)
          run-as user:         \(names.runAs ?? "none")
          permitted users:     \(permitted(app, names))
          IP relaxation:       \(app.ipRelaxation.rawValue)
          refresh tokens:      \(app.refreshTokenPolicy.description)
          refresh rotation:    \(app.isRefreshTokenRotationEnabled)
        """
            + app.warnings.map { "\n  warning: \($0.element): \($0.problem)" }.joined()
    }
}
