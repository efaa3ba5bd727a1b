import ClientApps

extension AppComponents {
    /// These components with those of another set in their places.
    func updated(with given: AppComponents) -> AppComponents {
        var merged = self
        if let header = given.header { merged.header = header }
        if let globalOAuth = given.globalOAuth { merged.globalOAuth = globalOAuth }
        if let oauth = given.oauth { merged.oauth = oauth }
        if let oauthPolicies = given.oauthPolicies { merged.oauthPolicies = oauthPolicies }
        if let appPolicies = given.appPolicies { merged.appPolicies = appPolicies }
        merged.plugins.merge(given.plugins) { _, new in new }
        if let connectedApp = given.connectedApp {
            merged.connectedApp = merged.connectedApp.map(connectedApp.keepingPolicies) ?? connectedApp
        }
        return merged
    }
}
