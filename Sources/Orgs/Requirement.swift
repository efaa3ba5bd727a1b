/// Which permissions something needs, as a formula of "and" and "or".
public indirect enum Requirement: Hashable, Sendable, CustomStringConvertible {
    /// This one permission.
    case permission(Permission)
    /// All of them.
    case all([Requirement])
    /// One of them at least.
    case any([Requirement])

    /// What is still missing to somebody who holds some permissions; `nil` if nothing is.
    ///
    /// - Parameter granted: the permissions with all that they imply, as ``Permission/closure(of:)`` gives them.
    public func missing(from granted: Set<Permission>) -> Requirement? {
        switch self {
        case .permission(let permission):
            return granted.contains(permission) ? nil : self
        case .all(let parts):
            let open = parts.compactMap { $0.missing(from: granted) }
            return open.count > 1 ? .all(open) : open.first
        case .any(let parts):
            let isMet = parts.contains { $0.missing(from: granted) == nil }
            return isMet ? nil : self
        }
    }

    /// The permissions by ``Permission/fullLabel``, joined by "and" and "or", with the inner ones in brackets.
    public var description: String {
        switch self {
        case .permission(let permission): permission.fullLabel
        case .all(let parts): parts.map(\.asPart).joined(separator: " and ")
        case .any(let parts): parts.map(\.asPart).joined(separator: " or ")
        }
    }

    private var asPart: String {
        switch self {
        case .permission: description
        case .all, .any: "(\(description))"
        }
    }
}
