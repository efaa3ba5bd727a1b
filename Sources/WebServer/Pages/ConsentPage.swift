import AuthorizationServer
import ClientApps
import OAuthTypes

/// Asks whether an app may, and says who asks for what.
struct ConsentPage: Page {
    static let template = "consent"

    /// One thing that the app asks for.
    struct Request: Sendable {
        let label: String
        /// The names of the scopes, for those who know them; `nil` where they are the label already.
        let names: String?
        let explanation: String
    }

    let title: String
    let stylesheet = Stylesheet.path
    /// A list is read faster in fewer lines.
    let isWide = true
    let org: String
    let app: String
    let initial: String
    let about: String?
    let contact: String?
    let user: String
    let username: String
    let requests: [Request]
    /// It gets a refresh token, which the list says; that it gets none is said apart.
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
        requests = ConsentPage.requests(prompt.scopes.scopes, prompt.customScopeLabels)
        keepsAccess = prompt.scopes.contains(.refreshToken) || prompt.scopes.contains(.offlineAccess)
        destination = prompt.formTarget ?? prompt.redirectURI
        transaction = prompt.transaction
    }

    /// One line per label: the identity scopes share one, and a user should read it once.
    private static func requests(_ scopes: [Scope], _ customLabels: [Scope: String]) -> [Request] {
        var labels: [String] = []
        var members: [String: [Scope]] = [:]
        for scope in scopes {
            let label = customLabels[scope] ?? OAuthScopeName.label(of: scope)
            let suffix = " (\(scope.name))"
            let shared = label.hasSuffix(suffix) ? String(label.dropLast(suffix.count)) : label
            if members[shared] == nil { labels.append(shared) }
            members[shared, default: []].append(scope)
        }
        return labels.map { label in
            let scopes = members[label] ?? []
            let names = scopes.map(\.name).joined(separator: ", ")
            return Request(label: label, names: label == names ? nil : names, explanation: explanation(of: scopes))
        }
    }

    /// What the scopes of one label let the app do, in one sentence for those of the identity.
    private static func explanation(of scopes: [Scope]) -> String {
        let isProfile = scopes.contains(.id) || scopes.contains(.profile)
        var details = isProfile ? ["name", "username"] : []
        for (scope, detail) in [(Scope.email, "e-mail address"), (.phone, "phone number"), (.address, "address")]
        where scopes.contains(scope) { details.append(detail) }
        guard details.isEmpty else {
            let rest = isProfile ? " and other details of your profile" : ""
            return "Read your \(details.joined(separator: ", "))\(rest)."
        }
        var explanations: [String] = []
        for text in scopes.map(explanation) where !explanations.contains(text) { explanations.append(text) }
        return explanations.joined(separator: " ")
    }

    private static func explanation(of scope: Scope) -> String {
        switch scope {
        case .full: "Everything you can do yourself, it can do."
        case .api: "Read and change data that you can see, through the APIs."
        case .web: "Open pages of the org in a browser as you."
        case .refreshToken, .offlineAccess: "Keep this access when you are away, until you or your admin end it."
        case .openID: "Know that you are you, by your unique identifier."
        case .customPermissions: "Read which custom permissions you have."
        default: "Use the part of the org that has this name, as you."
        }
    }
}
