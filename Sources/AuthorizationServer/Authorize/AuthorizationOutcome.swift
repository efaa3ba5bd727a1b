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
    /// The org that asks.
    public let orgName: String
    /// The app that the sign-in is for.
    public let appLabel: String
    /// The username to begin with, as `login_hint` gave it (OpenID Connect Core section 3.1.2.1).
    public let loginHint: String?
    /// Where the browser goes in the end; the page may post there by redirect.
    public let formTarget: String?
    /// The sealed request, for a hidden field.
    public let transaction: String
    /// What went wrong before, if something did.
    public let problem: String?
}

/// What the consent page shows and carries.
public struct ConsentPrompt: Sendable {
    /// The org that asks.
    public let orgName: String
    /// The app that wants to be allowed.
    public let appLabel: String
    /// What the app is for, as its developer says.
    public let appDescription: String?
    /// The e-mail address of the app's developer.
    public let appContact: String?
    /// Who is signed in, by username.
    public let username: String
    /// Who is signed in, by name.
    public let displayName: String
    /// What the app asks for.
    public let scopes: ScopeSet
    /// What those of them that the org defines itself let the app do.
    public let customScopeLabels: [Scope: String]
    /// Where the browser goes in the end.
    public let redirectURI: String
    /// Where the browser goes in the end, as the page may post there by redirect.
    public let formTarget: String?
    /// The sealed request, for a hidden field.
    public let transaction: String
}
