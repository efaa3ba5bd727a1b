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
