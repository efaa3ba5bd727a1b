import AuthorizationServer

/// Asks who the user is.
struct SignInPage: Page {
    static let template = "sign-in"

    let title: String
    let stylesheet = Stylesheet.path
    let org: String
    let app: String
    let initial: String
    let username: String
    /// The username is filled in, so the password is what is asked for.
    let hasUsername: Bool
    let problem: String?
    let transaction: String

    init(_ prompt: SignInPrompt) {
        title = "Sign in to \(prompt.orgName)"
        org = prompt.orgName
        app = prompt.appLabel
        initial = prompt.appLabel.first.map { String($0).uppercased() } ?? "?"
        username = prompt.loginHint ?? ""
        hasUsername = !username.isEmpty
        problem = prompt.problem
        transaction = prompt.transaction
    }
}
