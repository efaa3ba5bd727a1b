public import ClientApps
public import Orgs

/// Why an operation of the Metadata API is refused as a whole; what is the matter with single components is in its result.
public struct MetadataFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which kind of refusal.
    public let code: StatusCode
    /// What is wrong and what to do.
    public let description: String

    /// A refusal.
    public init(_ code: StatusCode, _ description: String) {
        (self.code, self.description) = (code, description)
    }

    /// A refusal for want of a permission.
    public init(_ missing: MissingPermission) {
        self.init(.insufficientAccess, missing.description)
    }
}
