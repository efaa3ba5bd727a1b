/// Says why something cannot go on, and what to do.
struct ErrorPage: Page {
    static let template = "error"

    let title = "This can't go on"
    let stylesheet = Stylesheet.path
    let code: String
    let text: String
    let requestID: String
}

/// Says that the session has ended.
struct SignedOutPage: Page {
    static let template = "signed-out"

    let title = "Signed out"
    let stylesheet = Stylesheet.path
    let org: String
}

/// Says what this server is.
struct HomePage: Page {
    static let template = "home"

    let title: String
    let stylesheet = Stylesheet.path
    let org: String
    let issuer: String
    let user: String?

    init(org: String, issuer: String, user: String?) {
        title = org
        self.org = org
        self.issuer = issuer
        self.user = user
    }
}
