import ClientApps

/// The consumer key and secret that documents bring; `nil` for what is to be made.
struct GivenCredentials: Sendable {
    let key: String?
    let secret: String?

    /// What a document says; an empty element is one that is left out.
    init(key: String?, secret: String?) {
        self.key = key.flatMap { $0.trimmed.isEmpty ? nil : $0 }
        self.secret = secret.flatMap { $0.trimmed.isEmpty ? nil : $0 }
    }
}

extension AppComponents {
    /// What the documents bring; `nil` for an app without OAuth.
    var givenCredentials: GivenCredentials? {
        if kind == .connectedApp {
            return connectedApp?.oauthConfig.map { GivenCredentials(key: $0.consumerKey, secret: $0.consumerSecret) }
        }
        return globalOAuth.map { GivenCredentials(key: $0.record.consumerKey, secret: $0.record.consumerSecret) }
    }
}
