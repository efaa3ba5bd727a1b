public import Storage

/// A deployment as it is told of (facts: app-model 11.4).
public struct DeployResult: Sendable {
    /// The deployment.
    public let record: DeploymentRecord
    /// Its options.
    public let options: DeployOptions
    /// What became of its components; empty where nobody asked for details. While it runs there are none.
    public let messages: [DeploymentMessage]
    /// Whether details were asked for.
    public let hasDetails: Bool

    /// The messages of what was not deployed.
    public var failures: [DeploymentMessage] { messages.filter { !$0.success } }
    /// The messages of what was deployed, or would have been.
    public var successes: [DeploymentMessage] { messages.filter(\.success) }
    /// Whether all of it went well.
    public var isSuccess: Bool { record.status == .succeeded || record.status == .succeededPartial }
    /// A sentence about a deployment that is under way; `nil` for one that is done.
    public var stateDetail: String? {
        switch record.status {
        case .pending: "Waiting for other deployments of the org"
        case .inProgress: "Deploying"
        case .canceling: "Canceling"
        default: nil
        }
    }
}
