public import ClientApps

/// What can be asked of the Metadata API; REST and SOAP are two encodings of it (decision 0007).
public enum MetadataOperation: Sendable {
    /// Puts a zip file into the queue.
    case deploy(archive: [UInt8], DeployOptions)
    /// Puts what was validated into the queue.
    case deployRecentValidation(id: String)
    /// Says where a deployment stands.
    case checkDeployStatus(id: String, includeDetails: Bool)
    /// Cancels a deployment.
    case cancelDeploy(id: String)
    /// Asks for documents in a zip file.
    case retrieve(RetrieveRequest)
    /// Answers a retrieval.
    case checkRetrieveStatus(id: String, includeZip: Bool)
    /// Says whether a deployment or a retrieval is done; gone from the original's descriptions, and still called.
    case checkStatus(ids: [String])
    /// Lists components of up to three types.
    case listMetadata(types: [String])
    /// Lists the types there are.
    case describeMetadata
    /// Says what components of a type may say.
    case describeValueType(type: String)
    /// Makes components.
    case create([GivenComponent], allOrNone: Bool)
    /// Changes components.
    case update([GivenComponent], allOrNone: Bool)
    /// Makes or changes components.
    case upsert([GivenComponent], allOrNone: Bool)
    /// Reads components.
    case read(type: String, names: [String])
    /// Deletes components.
    case delete(type: String, names: [String], allOrNone: Bool)
    /// Gives a component another name.
    case rename(type: String, from: String, to: String)
}

/// A component as a caller gives it, or what is wrong with it.
public struct GivenComponent: Sendable {
    /// The type, as the caller names it.
    public let type: String
    /// The name.
    public let fullName: String
    /// The component.
    public let component: Result<MetadataComponent, MetadataError>

    /// A component as it was read.
    public init(type: String, fullName: String, component: Result<MetadataComponent, MetadataError>) {
        (self.type, self.fullName, self.component) = (type, fullName, component)
    }
}

/// What an operation answers.
public enum MetadataOutcome: Sendable {
    /// Of a deployment.
    case deployment(DeployResult)
    /// Of a retrieval that was asked for.
    case retrievalBegun(id: String)
    /// Of a retrieval.
    case retrieval(RetrieveResult)
    /// Whether each id is done.
    case states([(id: String, isDone: Bool)])
    /// Of a list.
    case files([FileProperties])
    /// Of a description.
    case description(MetadataDescription)
    /// Of a type: what its components may say in a version of the API.
    case valueType(MetadataShape, version: Int)
    /// Of components that are read, in the order of their names; `nil` for one that is not there.
    case components([MetadataComponent?], version: Int)
    /// Of components that are made, changed, deleted or renamed.
    case saved([SaveOutcome])
}

/// What became of one component of a call that is done at once (facts: app-model 11.4).
public struct SaveOutcome: Hashable, Sendable {
    /// The name.
    public let fullName: String
    /// Whether it was made.
    public var created = false
    /// What is wrong, as a code and a text; `nil` if nothing is.
    public var problem: Problem?

    /// What is wrong.
    public struct Problem: Hashable, Sendable {
        /// The code.
        public let code: StatusCode
        /// The text.
        public let message: String
        /// The elements it is about.
        public let fields: [String]
    }

    init(fullName: String, created: Bool = false, problem: Problem? = nil) {
        (self.fullName, self.created, self.problem) = (fullName, created, problem)
    }
}
