public import OAuthTypes

/// Why pairs of consumer key and secret are not changed as somebody asks.
public enum CredentialRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// The app has no consumer.
    case noConsumer
    /// The app has no such pair.
    case unknown
    /// The app has no pair beside its present one.
    case nothingBeside
    /// A staged pair is there already, and one is all there may be.
    case stagedAlready(until: Timestamp)
    /// So many pairs that were rotated out still work that no further one may join them.
    case tooManyRotated(Int)
    /// The pair is not staged: it was rotated out, or it has expired.
    case notStaged(CredentialState)
    /// The overlap is no number of days from 0 to 30.
    case overlapOutOfRange
    /// Two changes came at the same time, and this one lost.
    case changedMeanwhile
    /// The app is part of the server, and a public client: its key is known to every release, and it has no secret.
    case partOfServer

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .noConsumer:
            "The app has no consumer of its own; give it global OAuth settings first, or ask the org whose package it came from."
        case .unknown: "The app has no such pair of consumer key and secret."
        case .nothingBeside: "The app has no other pair than its present one; stage one first."
        case .stagedAlready(let end):
            "The consumer has a staged pair already, good until \(end.rfc3339); rotate it or delete it first."
        case .tooManyRotated(let count):
            "\(count) pairs that were rotated out still work; delete one, or wait until one expires."
        case .notStaged(let state):
            "The pair is \(state.rawValue) and cannot be rotated in; stage a new pair and rotate that."
        case .overlapOutOfRange: "The overlap must be a whole number of days from 0 to 30."
        case .changedMeanwhile: "The pairs of this app were changed at the same moment; look at them and try again."
        case .partOfServer: "The app is part of Signet and a public client; its key stays and it has no secret."
        }
    }
}

/// What a pair beside the current one is (facts: app-model 7.3).
public enum CredentialState: String, Hashable, Sendable, CaseIterable {
    /// Staged, and usable beside the current pair.
    case active = "Active"
    /// Past its end, and refused everywhere.
    case expired = "Expired"
    /// Current until a rotation, and usable until its end.
    case rotated = "Rotated"
}
