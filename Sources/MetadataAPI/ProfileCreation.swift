import ClientApps
public import OAuthTypes
import Orgs
public import Storage
public import Tokens

/// Makes profiles that grant nothing yet, as the partner API does for clients that need a blank one (facts: clients 2).
public struct ProfileCreation: Sendable {
    private let database: any Database
    private let masterKey: MasterKey
    private let clock: @Sendable () -> Timestamp

    /// The calls over a database.
    ///
    /// - Parameter clock: the time, read when the wait for other changes of an org has ended.
    public init(database: any Database, masterKey: MasterKey, clock: @escaping @Sendable () -> Timestamp) {
        (self.database, self.masterKey, self.clock) = (database, masterKey, clock)
    }

    /// Makes a profile on somebody's behalf, with the permissions that they have at the end of the wait for other changes of the org.
    ///
    /// - Returns: the id of the profile.
    /// - Throws: ``MetadataFault`` for who may not, `MetadataError` for a name that cannot be had.
    public func create(named name: String, description: String?, by caller: MetadataCaller) async throws -> String {
        try await database.write { connection in
            try AuditTrail.serialize(caller.org.id, on: connection)
            let standing = try caller.renewed(for: .manageAccess, now: clock(), on: connection)
            guard try Profiles.like(name, org: standing.org.id, on: connection).isEmpty else {
                throw MetadataError(
                    element: "Name",
                    code: .duplicateValue,
                    problem: "duplicate value found: a profile is named '\(name)' already.",
                    remedy: "Choose another name."
                )
            }
            var document = ProfileDocument()
            (document.custom, document.description) = (true, description)
            let writer = ComponentWriter(caller: standing, masterKey: masterKey, ignoreWarnings: false)
            return try writer.save(document, named: name, on: connection).id ?? ""
        }
    }
}
