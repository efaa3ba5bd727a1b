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
        requests = ConsentPage.requests(prompt.scopes.scopes)
        keepsAccess = prompt.scopes.contains(.refreshToken) || prompt.scopes.contains(.offlineAccess)
        destination = prompt.formTarget ?? prompt.redirectURI
        transaction = prompt.transaction
    }

    /// One line per label: the identity scopes share one, and a user should read it once.
    private static func requests(_ scopes: [Scope]) -> [Request] {
        var labels: [String] = []
        var members: [String: [Scope]] = [:]
        for scope in scopes {
            let label = OAuthScopeName.label(of: scope)
            let suffix = " (\(scope.name))"
            let shared = label.hasSuffix(suffix) ? String(label.dropLast(suffix.count)) : label
            if members[shared] == nil { labels.append(shared) }
            members[shared, default: []].append(scope)
        }
        return labels.map { label in
            let scopes = members[label] ?? []
            let names = scopes.map(\.name).joined(separator: ", ")
            var explanations: [String] = []
            for text in scopes.map(explanation) where !explanations.contains(text) { explanations.append(text) }
            return Request(
                label: label == names ? label : "\(label) (\(names))",
                explanation: explanations.joined(separator: " ")
            )
        }
    }

    private static func explanation(of scope: Scope) -> String {
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
    }
}
