import ClientApps
import MetadataAPI
import OAuthTypes

/// The facts of an app as people read them, from their JSON.
enum AppText {
    /// One line of a list.
    static func line(_ app: JSONObject) -> String {
        // Who may see that the app is there and none of its settings is told no state.
        guard app["isEnabled"] != nil else { return "\(app.text("name"))\t-\t-\t-\t\(kind(app))" }
        guard let key = app["consumerKey"]?.string else {
            return "\(app.text("name"))\t-\tno OAuth settings\t-\t\(kind(app))"
        }
        let state = app.flag("isEnabled") ? "enabled" : "disabled"
        return "\(app.text("name"))\t\(app.text("tokenFormat"))\t\(state)\t\(key)\t\(kind(app))"
    }

    /// All of it.
    static func of(_ app: JSONObject) -> String {
        """
        \(app.text("label")) (\(app.text("name")), \(kind(app)), \(app.text("id")))
          consumer key:        \(app["consumerKey"]?.string ?? "none")\(secret(app))
          state:               \(state(app))
          access tokens:       \(hasOAuth(app) ? app.text("tokenFormat") : "none")
          their lifetime:      \(app.text("accessTokenLifetime"))
          scopes:              \(app.texts("scopes").joined(separator: " "))
          callback URLs:       \(app.texts("callbackUrls").joined(separator: ", "))
          PKCE required:       \(app.flag("isPkceRequired"))
          client credentials:  \(app.flag("isClientCredentialsFlowEnabled"))
          JWT bearer:          \(app.flag("isJwtBearerFlowEnabled"))
          run-as user:         \(app["runAsUser"]?.string ?? "none")
          permitted users:     \(permitted(app))
          IP relaxation:       \(app.text("ipRelaxation"))
          refresh tokens:      \(app.text("refreshTokens"))
          refresh rotation:    \(app.flag("isRefreshTokenRotationEnabled"))
          standard answers:    \(app.flag("hasStandardAnswers"))
        """
            + app.texts("warnings").map { "\n  warning: \($0)" }.joined()
    }

    /// The kind in words, with what an external client app was before.
    private static func kind(_ app: JSONObject) -> String {
        let kind = AppKind(rawValue: app.text("kind"))?.label ?? app.text("kind")
        let isOfServer = app.text("consumerKey") == CommandLineApp.consumerKey
        return kind + (app.flag("isMigrated") ? " (migrated; its connected app is read-only)" : "")
            + (isOfServer ? " (of every org: signet login signs in with it)" : "")
    }

    private static func hasOAuth(_ app: JSONObject) -> Bool { app["consumerKey"] != nil }

    private static func secret(_ app: JSONObject) -> String {
        app["consumerSecret"]?.string.map { "\n  consumer secret:     \($0)" } ?? ""
    }

    private static func state(_ app: JSONObject) -> String {
        if app.flag("isBlocked") { return "blocked" }
        guard hasOAuth(app) else { return "no OAuth settings: deploy them, and the app has a consumer key" }
        guard app.flag("isEnabled") else { return "disabled" }
        return app.flag("isInstalled") ? "enabled" : "enabled, not installed"
    }

    private static func permitted(_ app: JSONObject) -> String {
        guard app.text("permittedUsers") != PermittedUsersPolicyType.allSelfAuthorized.rawValue else {
            return "everybody who approves it"
        }
        let list =
            app.texts("permittedProfiles").map { "profile \($0)" }
            + app.texts("permittedPermissionSets").map { "permission set \($0)" }
        return list.isEmpty ? "nobody: no profile and no permission set is approved" : list.joined(separator: ", ")
    }
}
