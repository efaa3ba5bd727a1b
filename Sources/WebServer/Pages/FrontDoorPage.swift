/// Asks whether the browser is to be signed in as a user, where somebody else may have sent it here (security: login CSRF).
struct FrontDoorPage: Page {
    static let template = "front-door"

    let title: String
    let stylesheet = Stylesheet.path
    let org: String
    /// Who the browser would be signed in as.
    let user: String
    /// Who it is signed in as; `nil` for nobody.
    let current: String?
    let ticket: String
    /// Where it goes from here.
    let path: String

    init(org: String, user: String, current: String?, ticket: String, path: String) {
        title = "Continue as \(user)?"
        self.org = org
        self.user = user
        self.current = current
        self.ticket = ticket
        self.path = path
    }
}
