public import Orgs

/// Why an app is what it is: each value with who decided it and who may change it, and what somebody has yet to do.
public struct AppExplanation: Sendable {
    /// The app that the decisions made.
    public let app: EffectiveApp
    /// How each value came about, in the order of the merge.
    public let decisions: [Decision]
    /// What is half done, or said in vain.
    public let notices: [AppNotice]

    /// Merges the documents of an app as ``EffectiveApp/merge(components:identity:org:resolve:)`` does, and keeps how.
    ///
    /// - Parameter isRunAsUserAPIOnly: whether the run-as user may come in through APIs alone; `nil` where there is none.
    /// - Throws: what the merge throws.
    public static func merge(
        components: AppComponents,
        identity: AppIdentity,
        org: Org,
        resolve: AppReferences,
        isRunAsUserAPIOnly: Bool?
    ) throws(MetadataError) -> AppExplanation {
        var log = Decisions(components.kind)
        let app = try EffectiveApp.merge(components, identity, org, resolve, &log)
        let notices = AppNotices(
            app,
            components.asExternalClientApp,
            identity,
            org,
            isRunAsUserAPIOnly: isRunAsUserAPIOnly
        )
        return AppExplanation(app: app, decisions: log.all, notices: notices.all)
    }
}

extension AppExplanation {
    /// What is said of the run-as user, for who deploys the client credentials flow: it gives no token until that is mended.
    public var runAsWarnings: [MetadataWarning] {
        notices.filter { $0.element == ConnectedAppElement.name("clientCredentialsFlowUser", app.kind) }
            .map { MetadataWarning(element: $0.element, problem: $0.text) }
    }
}

/// Something about an app that its documents leave half done or say in vain, and who has to act.
public struct AppNotice: Hashable, Sendable {
    /// Who has to act.
    public let owner: AppOwner
    /// The element to change, as the documents of this kind of app name it.
    public let element: String
    /// What is so and what to do, as a sentence.
    public let text: String
}
