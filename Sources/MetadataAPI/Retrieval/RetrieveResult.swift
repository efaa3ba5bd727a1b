/// What a retrieval answers (facts: app-model 11.4).
public struct RetrieveResult: Sendable {
    /// Something that was asked for and is not there.
    public struct Message: Hashable, Sendable {
        /// The file that asks for it.
        public let fileName: String
        /// What is the matter.
        public let problem: String
    }

    /// The id of the retrieval.
    public let id: String
    /// What is in the archive.
    public var files: [FileProperties] = []
    /// What is not.
    public var messages: [Message] = []
    /// The archive; `nil` where it was not asked for.
    public var archive: [UInt8]?
    /// Why there is no archive, as a code and a text.
    public var failure: MetadataFault?
}
