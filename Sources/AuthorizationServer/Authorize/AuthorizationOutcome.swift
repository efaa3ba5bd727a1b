public import OAuthTypes
import Orgs

/// What the authorization endpoint decides; the web server only carries it out.
public enum AuthorizationOutcome: Sendable {
    /// Ask who the user is.
    case signIn(SignInPrompt)
    /// Ask whether the app may.
    case consent(ConsentPrompt)
    /// Send the browser back to the app, with a code or with a refusal, which is in the URL already.
    case redirect(url: String, refusal: OAuthError?)
    /// Show a refusal, since nothing proves where it could be sent.
    case page(OAuthError)
}

/// What the sign-in page shows and carries.
public struct SignInPrompt: Sendable {
    public let orgName: String
    public let appLabel: String
    public let loginHint: String?
    /// Where the browser goes in the end; the page may post there by redirect.
    public let formTarget: String?
    public let transaction: String
    /// What went wrong before, if something did.
    public let problem: String?
}

/// What the consent page shows and carries.
public struct ConsentPrompt: Sendable {
    public let orgName: String
    public let appLabel: String
    public let appDescription: String?
    public let appContact: String?
    public let username: String
    public let displayName: String
    public let scopes: ScopeSet
    /// Where the browser goes in the end.
    public let redirectURI: String
    public let formTarget: String?
    public let transaction: String
}
