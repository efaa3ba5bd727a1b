public import OAuthTypes
public import Orgs

/// The id of a deployment, prefix `0Af`.
public typealias DeploymentID = Identifier<DeploymentRecord>

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
        public let files: Int
        /// The components.
        public let total: Int
        /// Those that were deployed.
        public let deployed: Int
        /// Those that were not.
        public var errors: Int { total - deployed }

        /// What is known of files and components.
        public init(files: Int = 0, total: Int = 0, deployed: Int = 0) {
            (self.files, self.total, self.deployed) = (files, total, deployed)
        }
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
    public let stage: DeploymentStage
    /// How often its work was begun; more than once where a server stopped in the middle.
    public let attempts: Int
    /// When something about it last changed.
    public let updatedAt: Timestamp
    /// What became of its components.
    public let counts: Counts

    /// A deployment; one that waits unless more is said.
    public init(
        id: DeploymentID,
        org: OrgID,
        author: Author,
        version: Int,
        options: String,
        archiveBytes: Int,
        createdAt: Timestamp,
        stage: DeploymentStage = .pending,
        attempts: Int = 0,
        updatedAt: Timestamp? = nil,
        counts: Counts = Counts()
    ) {
        (self.id, self.org, self.author, self.version) = (id, org, author, version)
        (self.options, self.archiveBytes, self.createdAt) = (options, archiveBytes, createdAt)
        (self.stage, self.attempts, self.updatedAt) = (stage, attempts, updatedAt ?? createdAt)
        self.counts = counts
    }

    /// The word for where it stands.
    public var status: DeploymentStatus { stage.status }
}
