public import ClientApps
public import OAuthTypes
import Storage

/// An app whose client has proved who it is, or was not asked to. Only ``ClientAuthenticator`` and its ``AssertionVerifier`` make one.
public struct AuthenticatedClient: Sendable {
    /// The app.
    public let app: EffectiveApp
    /// Codes, authorizations and tokens of the app from this moment and before are dead.
    public let notBefore: Timestamp
    /// The consumer (pair of key and secret) that was presented.
    public let consumer: Consumer
    /// How it was proved; `none` for a client that showed its key alone.
    public let method: ClientAuthenticationMethod

    init(_ state: AppState, consumer: Consumer, method: ClientAuthenticationMethod) {
        self.app = state.app
        self.notBefore = state.notBefore
        self.consumer = consumer
        self.method = method
    }
}
