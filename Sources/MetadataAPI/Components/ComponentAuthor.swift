public import OAuthTypes
public import Orgs
import Storage

/// The user who made or changed a component, as a list names them.
public struct ComponentAuthor: Hashable, Sendable {
    /// The id of the user.
    public let id: UserID
    /// The name people see.
    public let name: String

    init(_ user: User) { (id, name) = (user.id, user.displayName) }
}

/// The authors of many components, each of which is read once.
struct ComponentAuthors {
    let connection: any Connection
    private var known: [UserID: ComponentAuthor] = [:]

    init(connection: any Connection) { self.connection = connection }

    mutating func author(_ id: UserID?) throws -> ComponentAuthor? {
        guard let id else { return nil }
        if let author = known[id] { return author }
        let author = try Users.account(id, on: connection).map { ComponentAuthor($0.user) }
        known[id] = author
        return author
    }
}
