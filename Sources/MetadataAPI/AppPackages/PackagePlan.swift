public import ClientApps

/// What an admin approves before a package is installed, or another version of it takes the place of the present one.
public struct PackagePlan: Hashable, Sendable {
    /// What would be done.
    public enum Step: String, Hashable, Sendable {
        case install, upgrade, downgrade
    }

    /// What would be done.
    public let step: Step
    /// The developer name of the app.
    public let developerName: String
    /// The version that is there.
    public let from: String?
    /// The version that would be.
    public let to: String
    /// What would count and does not: scopes, flows, callback URLs, audiences, the values of policies.
    public let differences: [AppForecast.Difference]
    /// What the package suggests for policies and would not be done, because the admin's policies stay.
    public let suggestions: [AppForecast.Difference]
    /// What is allowed today and would be refused.
    public let refusals: [ForeseenRefusal]
    /// What would be left half done.
    public let notices: [AppNotice]
}
