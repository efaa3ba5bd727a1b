import ClientApps
import OAuthTypes
import Orgs
public import Storage
public import Tokens

/// Makes profiles that grant nothing yet, as the partner API does for clients that need a blank one (facts: clients 2).
public struct ProfileCreation: Sendable {
    private let database: any Database
    private let masterKey: MasterKey

    /// The calls over a database.
    public init(database: any Database, masterKey: MasterKey) {
        (self.database, self.masterKey) = (database, masterKey)
    }

    /// Makes a profile on somebody's behalf, with the permissions that they have at the end of the wait for other changes of the org.
    ///
    /// - Returns: the id of the profile.
    /// - Throws: ``MetadataFault`` for who may not, `MetadataError` for a name that cannot be had.
    public func create(named name: String, description: String?, by caller: MetadataCaller) async throws -> String {
        try await database.write { connection in
            try AuditTrail.serialize(caller.org.id, on: connection)
            guard let now = try CallerStanding.now(caller.account.user.id, in: caller.org.id, on: connection) else {
                throw MetadataFault(.insufficientAccess, "The user who asked for this may not sign in any more.")
            }
            let standing = MetadataCaller(
                org: now.org,
                account: now.account,
                source: caller.source,
                version: caller.version,
                now: caller.now
            )
            try standing.require(.manageAccess)
            let taken = try Profiles.all(org: now.org.id, on: connection).contains {
                $0.name.lowercased() == name.lowercased()
            }
            guard !taken else {
                throw MetadataError(
                    element: "Name",
                    code: "DUPLICATE_VALUE",
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
