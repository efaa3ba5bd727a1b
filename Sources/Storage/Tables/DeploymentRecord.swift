public import OAuthTypes
public import Orgs

/// The id of a deployment, prefix `0Af`.
public typealias DeploymentID = Identifier<DeploymentRecord>

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

/// One deployment as it is remembered, without its archive and its messages.
public struct DeploymentRecord: Hashable, Sendable {
    /// The three characters that every deployment's id starts with.
    public static let idPrefix: StaticString = "0Af"

    /// Who asked for a deployment, and from where.
    public struct Author: Hashable, Sendable {
        /// The user.
        public let user: UserID
        /// Their name, as it was then.
        public let name: String
        /// The address that the request came from, for the audit trail.
        public let source: String?

        /// A user who asks.
        public init(user: UserID, name: String, source: String?) {
            (self.user, self.name, self.source) = (user, name, source)
        }
    }

    /// How many components there were, and what became of them.
    public struct Counts: Hashable, Sendable {
        /// The files of the archive.
        public var files = 0
        /// The components.
        public var total = 0
        /// Those that were deployed.
        public var deployed = 0
        /// Those that were not.
        public var errors = 0

        /// No components.
        public init() {}
    }

    /// The id.
    public let id: DeploymentID
    /// The org that is deployed to.
    public let org: OrgID
    /// Who asked for it.
    public let author: Author
    /// The version of the API that was spoken, such as 63.
    public let version: Int
    /// The options, as JSON.
    public let options: String
    /// The size of the archive, in bytes.
    public let archiveBytes: Int
    /// When it was asked for.
    public let createdAt: Timestamp
    /// Where it stands.
    public var status = DeploymentStatus.pending
    /// How often its work was begun; more than once where a server stopped in the middle.
    public var attempts = 0
    /// When something about it last changed.
    public var updatedAt: Timestamp
    /// When its work was begun.
    public var startedAt: Timestamp?
    /// When it was done.
    public var completedAt: Timestamp?
    /// Who canceled it, by id and name.
    public var canceledBy: String?
    /// The name of who canceled it.
    public var canceledByName: String?
    /// Why all of it failed, as a code.
    public var errorCode: String?
    /// Why all of it failed, as a text.
    public var errorMessage: String?
    /// What became of its components.
    public var counts = Counts()

    /// A deployment that waits.
    public init(
        id: DeploymentID,
        org: OrgID,
        author: Author,
        version: Int,
        options: String,
        archiveBytes: Int,
        createdAt: Timestamp
    ) {
        (self.id, self.org, self.author, self.version) = (id, org, author, version)
        (self.options, self.archiveBytes, self.createdAt) = (options, archiveBytes, createdAt)
        updatedAt = createdAt
    }
}

/// What became of one component of a deployment (facts: app-model 11.4).
public struct DeploymentMessage: Hashable, Sendable {
    /// How grave a problem is.
    public enum ProblemType: String, Hashable, Sendable, CaseIterable {
        case info = "Info"
        case warning = "Warning"
        case error = "Error"
    }

    /// The file in the archive.
    public var fileName: String
    /// The name of the component.
    public var fullName: String
    /// Its type; empty for a manifest.
    public var componentType: String
    /// The id of the component, where it has one.
    public var id: String?
    /// Whether it was done, or would have been.
    public var success = true
    /// Whether the component was made.
    public var created = false
    /// Whether the component was changed.
    public var changed = false
    /// Whether the component was deleted.
    public var deleted = false
    /// What is the matter; `nil` if nothing is.
    public var problem: String?
    /// How grave it is.
    public var problemType: ProblemType?
    /// Where it is, from 1.
    public var line: Int?

    /// A component that nothing is the matter with.
    public init(fileName: String, fullName: String, componentType: String) {
        (self.fileName, self.fullName, self.componentType) = (fileName, fullName, componentType)
    }
}
