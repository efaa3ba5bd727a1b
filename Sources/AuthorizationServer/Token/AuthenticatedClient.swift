public import ClientApps
public import OAuthTypes

/// An app whose client has proved who it is, or was not asked to. Only ``ClientAuthenticator`` makes one.
public struct AuthenticatedClient: Sendable {
    /// The app.
    public let app: EffectiveApp
    /// The consumer (pair of key and secret) that was presented.
    public let consumer: Consumer
    /// How it was proved; `none` for a client that showed its key alone.
    public let method: ClientAuthenticationMethod

    init(app: EffectiveApp, consumer: Consumer, method: ClientAuthenticationMethod) {
        self.app = app
        self.consumer = consumer
        self.method = method
    }
}
