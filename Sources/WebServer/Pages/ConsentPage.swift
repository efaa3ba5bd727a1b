import AuthorizationServer
import ClientApps
import OAuthTypes

/// Asks whether an app may, and says who asks for what.
struct ConsentPage: Page {
    static let template = "consent"

    /// One thing that the app asks for.
    struct Request: Sendable {
        let label: String
        let explanation: String
    }

    let title: String
    let stylesheet = Stylesheet.path
    let org: String
    let app: String
    let initial: String
    let about: String?
    let contact: String?
    let user: String
    let username: String
    let requests: [Request]
    /// It gets a refresh token, so its access outlives the session.
    let keepsAccess: Bool
    let destination: String
    let transaction: String

    init(_ prompt: ConsentPrompt) {
        title = "Allow \(prompt.appLabel)?"
        org = prompt.orgName
        app = prompt.appLabel
        initial = prompt.appLabel.first.map { String($0).uppercased() } ?? "?"
        about = prompt.appDescription
        contact = prompt.appContact
        user = prompt.displayName
        username = prompt.username
        requests = prompt.scopes.scopes.map(ConsentPage.request)
        keepsAccess = prompt.scopes.contains(.refreshToken) || prompt.scopes.contains(.offlineAccess)
        destination = prompt.formTarget ?? prompt.redirectURI
        transaction = prompt.transaction
    }

    private static func request(_ scope: Scope) -> Request {
        let explanation =
            switch scope {
            case .full: "Everything you can do yourself, it can do."
            case .api: "Read and change data that you can see, through the APIs."
            case .web: "Open pages of the org in a browser as you."
            case .refreshToken, .offlineAccess: "Keep this access when you are away, until you or your admin take it back."
            case .openID: "Know that you are you, by your unique identifier."
            case .id, .profile: "Read your name, username and other details of your profile."
            case .email: "Read your e-mail address."
            case .phone: "Read your phone number."
            case .address: "Read your address."
            case .customPermissions: "Read which custom permissions you have."
            default: "Use the part of the org that has this name, as you."
            }
        return Request(label: OAuthScopeName.label(of: scope), explanation: explanation)
    }
}
