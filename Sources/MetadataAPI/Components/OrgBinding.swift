import ClientApps
import OAuthTypes
import Orgs
import Storage

/// What documents say of the org that they were retrieved from, as it is in the one that they come to, so that nobody has to edit them by hand
/// (facts: app-model 12). Each thing that is not taken as it came is said.
struct OrgBinding {
    let org: Org
    /// The app as it stands; `nil` for a new one.
    let before: AppRecords.Stored?
    private(set) var app: AppComponents
    private(set) var notes: [MetadataWarning] = []

    init(_ app: AppComponents, over before: AppRecords.Stored?, org: Org, on connection: any Connection) throws {
        (self.app, self.before, self.org) = (app, before, org)
        // The links of an app from a package are to another org, and not its own to change.
        guard before?.isFromPackage != true else { return }
        bindHeader()
        try bindConsumerLink(on: connection)
        try bindConsumerKey(on: connection)
    }

    private mutating func bindHeader() {
        guard let link = app.header?.orgScopedExternalApp?.trimmed, isForeign(link) else { return }
        app.header?.orgScopedExternalApp = nil
        notes.append(
            MetadataWarning(
                element: "orgScopedExternalApp",
                problem: "It named another org and was left out: this app is of the org that it was deployed to."
            )
        )
    }

    /// - Throws: `MetadataError` for a link to a consumer of this org which is not the app's.
    private mutating func bindConsumerLink(on connection: any Connection) throws {
        guard let link = app.oauth?.record.oauthLink?.trimmed, !link.isEmpty else { return }
        if isForeign(link) {
            app.oauth?.record.oauthLink = nil
            notes.append(
                MetadataWarning(
                    element: "oauthLink",
                    problem:
                        "It named a consumer of another org and was left out: this app has its own consumer. To share one, install a package of the app."
                )
            )
            return
        }
        let consumer = link.split(separator: ":").last.flatMap { ConsumerID(String($0)) }
        // A rotation changes the pair, and not what links name it by.
        let own = try before.map { try Credentials.all(app: $0.id, on: connection) } ?? []
        guard let consumer, own.contains(where: { $0.handle == consumer }) else {
            throw MetadataError(
                element: "oauthLink",
                code: .invalidCrossReferenceKey,
                problem: "The oauthLink names no consumer of the app.",
                remedy: "Leave it out: the link is made when the app is."
            )
        }
    }

    /// A retrieval tells the key, and a key is one app's alone on the whole server. Who gives a secret as well wants that very pair, and is refused.
    private mutating func bindConsumerKey(on connection: any Connection) throws {
        guard let given = app.givenCredentials, let key = given.key, given.secret == nil,
            try AppRecords.hasConsumer(key: key, on: connection),
            try AppRecords.state(consumerKey: key, org: org.id, on: connection) == nil
        else { return }
        app.globalOAuth?.record.consumerKey = nil
        app.connectedApp?.oauthConfig?.consumerKey = nil
        notes.append(
            MetadataWarning(
                element: "consumerKey",
                problem:
                    "The key is that of an app in another org of this server; this app has a key and a secret of its own."
            )
        )
    }

    /// Whether a link begins with the id of another org; what is no link is for the rules to refuse.
    private func isForeign(_ link: String) -> Bool {
        guard let owner = link.split(separator: ":").first, let id = OrgID(String(owner)) else { return false }
        return id != org.id
    }
}
