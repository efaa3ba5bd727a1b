public import ClientApps
public import OAuthTypes
public import Orgs

/// Where a deployment stands (facts: app-model 11.4).
public enum DeploymentStatus: String, Hashable, Sendable, CaseIterable {
    case pending = "Pending"
    case inProgress = "InProgress"
    case succeeded = "Succeeded"
    case succeededPartial = "SucceededPartial"
    case failed = "Failed"
    case canceling = "Canceling"
    case canceled = "Canceled"

    /// Whether nothing more happens to the deployment.
    public var isDone: Bool { [.succeeded, .succeededPartial, .failed, .canceled].contains(self) }
}

/// How the work of a deployment ended.
public enum DeploymentEnd: Hashable, Sendable {
    case succeeded
    /// Some components were refused, and the others deployed.
    case succeededPartial
    /// Nothing was deployed; for a reason of its own where it is not that of a component.
    case failed(DeploymentFailure?)

    /// The word for it.
    public var status: DeploymentStatus {
        switch self {
        case .succeeded: .succeeded
        case .succeededPartial: .succeededPartial
        case .failed: .failed
        }
    }

    /// Why all of it failed, where it did.
    public var failure: DeploymentFailure? {
        if case .failed(let failure) = self { failure } else { nil }
    }
}

/// Why a deployment failed as a whole.
public struct DeploymentFailure: Hashable, Sendable {
    /// The reason as a code.
    public let code: StatusCode
    /// What is wrong and what to do.
    public let message: String

    /// A reason.
    public init(_ code: StatusCode, _ message: String) { (self.code, self.message) = (code, message) }
}

/// Where a deployment stands, with what there is to know of it there.
public enum DeploymentStage: Hashable, Sendable {
    /// Who asked that a deployment be canceled.
    public struct Canceler: Hashable, Sendable {
        /// The user.
        public let user: UserID
        /// Their name, as it was then.
        public let name: String
    }

    case pending
    case inProgress(since: Timestamp)
    case canceling(since: Timestamp, by: Canceler)
    /// The work never began where it was canceled while it waited.
    case canceled(since: Timestamp?, by: Canceler, at: Timestamp)
    case ended(DeploymentEnd, since: Timestamp, at: Timestamp)

    /// The word for it.
    public var status: DeploymentStatus {
        switch self {
        case .pending: .pending
        case .inProgress: .inProgress
        case .canceling: .canceling
        case .canceled: .canceled
        case .ended(let end, _, _): end.status
        }
    }

    /// When the work began.
    public var startedAt: Timestamp? {
        switch self {
        case .pending: nil
        case .inProgress(let since), .canceling(let since, _), .ended(_, let since, _): since
        case .canceled(let since, _, _): since
        }
    }

    /// When it was done.
    public var completedAt: Timestamp? {
        switch self {
        case .pending, .inProgress, .canceling: nil
        case .canceled(_, _, let at), .ended(_, _, let at): at
        }
    }

    /// Who asked that it be canceled.
    public var canceler: Canceler? {
        switch self {
        case .pending, .inProgress, .ended: nil
        case .canceling(_, let by), .canceled(_, let by, _): by
        }
    }

    /// Why all of it failed, where it did.
    public var failure: DeploymentFailure? {
        if case .ended(let end, _, _) = self { end.failure } else { nil }
    }
}
