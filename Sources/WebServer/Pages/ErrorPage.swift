/// Says why something cannot go on, and what to do.
struct ErrorPage: Page {
    static let template = "error"

    let title: String
    let stylesheet = Stylesheet.path
    let code: String
    let text: String
    let requestID: String
    /// Whether the start page of this server is of any use.
    let hasHome: Bool

    init(
        _ title: String = "This can’t go on",
        code: String,
        text: String,
        requestID: String,
        hasHome: Bool = false
    ) {
        self.title = title
        self.code = code
        self.text = text
        self.requestID = requestID
        self.hasHome = hasHome
    }
}

/// Asks whether the session is to end, where somebody else may have asked for it.
struct SignOutPage: Page {
    static let template = "sign-out"

    let title = "Sign out"
    let stylesheet = Stylesheet.path
    let org: String
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
