public import ClientApps
public import OAuthTypes
public import Storage

/// What a deployment would do to one app, and whom it would refuse.
public struct AppForecast: Sendable {
    /// A value that would be another one.
    public struct Difference: Hashable, Sendable {
        /// The element, as the documents of this kind of app name it.
        public let element: String
        /// What counts now.
        public let before: String
        /// What would count.
        public let after: String
    }

    /// The developer name of the app.
    public let developerName: String
    /// Whether the app would be made or changed.
    public let kind: AppDeployment.Change.Kind
    /// What would be different; nothing for a new app.
    public let differences: [Difference]
    /// What is allowed today and would be refused.
    public let refusals: [ForeseenRefusal]
    /// What the deployment would leave half done.
    public let notices: [AppNotice]
}

extension AppForecast {
    /// The values that count after a change and did not before. Of a new app these are the ones that somebody decided.
    static func differences(_ before: AppExplanation?, _ after: AppExplanation) -> [Difference] {
        let (old, new) = (values(before?.decisions ?? []), values(after.decisions))
        let names = new.map(\.element) + old.map(\.element).filter { name in !new.contains { $0.element == name } }
        let isDecided = Set(after.decisions.filter { $0.origin != .default }.map(\.element))
        return names.compactMap { name in
            let was = old.first { $0.element == name }?.value ?? ""
            let becomes = new.first { $0.element == name }?.value ?? ""
            guard was != becomes, before != nil || isDecided.contains(name) else { return nil }
            return Difference(element: name, before: was, after: becomes)
        }
    }

    /// Attributes are decided one by one under one name.
    private static func values(_ decisions: [Decision]) -> [(element: String, value: String)] {
        decisions.reduce(into: []) { values, decision in
            if let index = values.firstIndex(where: { $0.element == decision.element }) {
                values[index].value += ", " + decision.value
            } else {
                values.append((decision.element, decision.value))
            }
        }
    }
}

/// Something that is allowed today and would be refused.
public struct ForeseenRefusal: Hashable, Sendable {
    /// What would be refused.
    public enum Subject: String, Hashable, Sendable, CaseIterable {
        /// The web server flow: sign-in in a browser, and the exchange of its code.
        case webServerFlow
        /// A refresh, and the refresh token itself.
        case refreshTokenFlow
        case clientCredentialsFlow
        case jwtBearerFlow
        /// A scope of what somebody was granted.
        case scope
        /// Introspection of tokens of other apps.
        case introspection
        /// The client's proof of who it is.
        case clientAuthentication
        /// Every flow and every token.
        case everything
    }

    /// What would be refused.
    public let subject: Subject
    /// Whom it would be refused to, by their name to sign in with; `nil` for everybody.
    public let username: String?
    /// The grant that would be refused, if it is one.
    public let authorization: AuthorizationID?
    /// When that was granted.
    public let grantedAt: Timestamp?
    /// When a refresh of it was last answered.
    public let lastUsedAt: Timestamp?
    /// The element that decides.
    public let element: String
    /// Why, as a sentence.
    public let reason: String

    init(
        _ subject: Subject,
        _ element: String,
        _ reason: String,
        username: String? = nil,
        grant: AuthorizationRecord? = nil
    ) {
        (self.subject, self.element, self.reason, self.username) = (subject, element, reason, username)
        (authorization, grantedAt, lastUsedAt) = (grant?.id, grant?.createdAt, grant?.lastUsedAt)
    }
}

extension ForeseenRefusal {
    /// The refusal with its element as the document of this kind of app has it.
    func named(as kind: AppKind) -> ForeseenRefusal {
        ForeseenRefusal(self, element: kind.elementName(element))
    }

    private init(_ other: ForeseenRefusal, element: String) {
        (subject, self.element, reason, username) = (other.subject, element, other.reason, other.username)
        (authorization, grantedAt, lastUsedAt) = (other.authorization, other.grantedAt, other.lastUsedAt)
    }
}
