public import Orgs

/// Who has a say in a value of an app.
public enum AppOwner: String, Hashable, Sendable, CaseIterable {
    /// Who owns its settings.
    case developer
    /// Who owns its policies in an org.
    case admin
    /// Who sets what holds for all apps of an org.
    case org
    /// Who runs the server, and chose the edition of the org.
    case `operator`

    /// What somebody must be allowed to do to change a value; `nil` for what no permission gives.
    public func action(on element: String, of kind: AppKind) -> Action? {
        switch (self, kind) {
        case (.developer, .externalClientApp): .developExternalClientApp
        case (.admin, .externalClientApp): .administerExternalClientApp
        case (.admin, .connectedApp) where ["permissionSetName", "profileName"].contains(element): .assignConnectedApp
        case (.developer, .connectedApp), (.admin, .connectedApp): .developConnectedApp
        case (.org, _): .changeSettings
        case (.operator, _): nil
        }
    }
}

/// How one value of an app came about.
public struct Decision: Hashable, Sendable {
    /// What one of several owners says of a value.
    public struct Say: Hashable, Sendable {
        /// Who says it.
        public let owner: AppOwner
        /// What they say; `nil` if they say nothing.
        public let value: String?
    }

    /// The element that has it, as the documents of this kind of app name it.
    public let element: String
    /// The value that counts, as text; empty for nothing.
    public let value: String
    /// Who decided it.
    public let origin: Origin
    /// Who may change it, the one who decided first.
    public let owners: [AppOwner]
    /// What each owner says, where more than one has a say.
    public let says: [Say]
    /// Why it is what it is, where that does not show from the rest.
    public let reason: String?
}

/// Hears how the values of an app are decided while its documents are merged, so that what is explained is what was decided.
protocol DecisionLog {
    mutating func record(_ decision: @autoclosure () -> Decision)
}

/// Keeps nothing: for a server that only wants the app.
struct Unexplained: DecisionLog {
    mutating func record(_ decision: @autoclosure () -> Decision) {}
}

/// Keeps every decision, in the order of the merge.
struct Decisions: DecisionLog {
    let kind: AppKind
    private(set) var all: [Decision] = []

    init(_ kind: AppKind) { self.kind = kind }

    mutating func record(_ decision: @autoclosure () -> Decision) {
        let made = decision()
        all.append(
            Decision(
                element: ConnectedAppElement.name(made.element, kind),
                value: made.value,
                origin: made.origin,
                owners: made.owners,
                says: made.says,
                reason: made.reason
            )
        )
    }
}

extension DecisionLog {
    /// Decides a value that the developer alone has a say in.
    mutating func setting<Value>(
        _ element: String,
        _ given: Value?,
        or standard: Value,
        _ text: (Value) -> String = { "\($0)" }
    ) -> Value {
        decided(element, given ?? standard, given == nil ? .default : .developerSetting, by: .developer, text)
    }

    /// Decides a value that the admin alone has a say in. The policies that come with a new app say what is the default, so that counts as
    /// said by nobody.
    mutating func policy<Value: Equatable>(
        _ element: String,
        _ given: Value?,
        or standard: Value,
        _ text: (Value) -> String = { "\($0)" }
    ) -> Value {
        let value = given ?? standard
        return decided(element, value, value == standard ? .default : .adminPolicy, by: .admin, text)
    }

    private mutating func decided<Value>(
        _ element: String,
        _ value: Value,
        _ origin: Origin,
        by owner: AppOwner,
        _ text: (Value) -> String
    ) -> Value {
        record(
            Decision(
                element: element,
                value: text(value),
                origin: origin,
                owners: [owner],
                says: [],
                reason: nil
            )
        )
        return value
    }

    /// Decides a switch that is on only if developer and admin have it on.
    ///
    /// - Returns: both halves, off where nothing is said.
    mutating func both(_ element: String, developer: Bool?, admin: Bool?) -> (developer: Bool, admin: Bool) {
        let (mine, theirs) = (developer ?? false, admin ?? false)
        record(
            Decision(
                element: element,
                value: "\(mine && theirs)",
                // The half that is off decides; where both are off, the half that was said to be.
                origin: mine && !theirs
                    ? (admin == nil ? .default : .adminPolicy) : developer == nil ? .default : .developerSetting,
                owners: mine && !theirs ? [.admin, .developer] : [.developer, .admin],
                says: [
                    Decision.Say(owner: .developer, value: developer.map { "\($0)" }),
                    Decision.Say(owner: .admin, value: admin.map { "\($0)" }),
                ],
                reason: mine == theirs ? nil : "it is on only if the developer and the admin have it on"
            )
        )
        return (mine, theirs)
    }

    /// Decides a requirement that the developer makes for the app and the org for all its apps: either is enough.
    mutating func either(_ element: String, developer: Bool?, org: Bool, or standard: Bool) -> Bool {
        let value = org || developer ?? standard
        record(
            Decision(
                element: element,
                value: "\(value)",
                origin: org ? .orgSetting : developer == nil ? .default : .developerSetting,
                owners: org ? [.org] : [.developer, .org],
                says: [
                    Decision.Say(owner: .developer, value: developer.map { "\($0)" }),
                    Decision.Say(owner: .org, value: "\(org)"),
                ],
                reason: org ? "the org requires it of every app, whatever their developers say" : nil
            )
        )
        return value
    }

    /// Decides a feature that the developer may use if the edition of the org has it.
    mutating func feature(_ element: String, _ given: Bool?, _ feature: EditionFeature, _ edition: Edition) -> Bool {
        let (asked, has) = (given ?? false, feature.editions.contains(edition))
        record(
            Decision(
                element: element,
                value: "\(asked && has)",
                origin: asked && !has ? .edition : given == nil ? .default : .developerSetting,
                owners: asked && !has ? [.operator] : [.developer],
                says: asked && !has
                    ? [
                        Decision.Say(owner: .developer, value: "\(asked)"),
                        Decision.Say(owner: .operator, value: edition.rawValue),
                    ] : [],
                reason: asked && !has ? NotInEdition(feature: feature, edition: edition).description : nil
            )
        )
        return asked && has
    }
}
