import ClientApps
import Storage

/// What became of a component: what is told of it, and what it was refused for.
struct ComponentOutcome {
    let message: DeploymentMessage
    /// Why it was refused; `nil` for one that was not, one that is not there to be deleted, and one that another document of its app takes
    /// back.
    let error: MetadataError?

    init(_ message: DeploymentMessage) { (self.message, error) = (message, nil) }

    /// A component that was refused.
    init(_ message: DeploymentMessage, refused error: MetadataError) {
        (self.message, self.error) = (message.refused(error), error)
    }
}

extension DeploymentMessage {
    /// The message with a refusal in it.
    func refused(_ error: MetadataError) -> DeploymentMessage {
        var message = self
        message.success = false
        message.problem = error.isWarning ? error.statement : "\(error.code.rawValue): \(error.statement)"
        message.problemType = error.isWarning ? .warning : .error
        message.line = error.line
        return message
    }
}

extension MetadataError {
    var isWarning: Bool { code == .warning }
}
