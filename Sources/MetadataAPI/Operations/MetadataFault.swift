public import Orgs

/// Why an operation of the Metadata API is refused as a whole; what is the matter with single components is in its result.
public struct MetadataFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The codes that the original gives.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        case insufficientAccess = "INSUFFICIENT_ACCESS"
        case invalidType = "INVALID_TYPE"
        case invalidID = "INVALID_ID_FIELD"
        case invalidOperation = "INVALID_OPERATION"
        case invalidField = "INVALID_FIELD"
        case requiredFieldMissing = "REQUIRED_FIELD_MISSING"
        case limitExceeded = "LIMIT_EXCEEDED"
        case unsupportedVersion = "UNSUPPORTED_API_VERSION"
    }

    /// Which kind of refusal.
    public let code: Code
    /// What is wrong and what to do.
    public let description: String

    /// A refusal.
    public init(_ code: Code, _ description: String) {
        (self.code, self.description) = (code, description)
    }

    /// A refusal for want of a permission.
    public init(_ missing: MissingPermission) {
        self.init(.insufficientAccess, missing.description)
    }
}
