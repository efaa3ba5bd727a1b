import AuthorizationServer
import ClientApps
import HTTPTypes
import MetadataAPI
import OAuthTypes
import Orgs
import Storage

extension RESTRoutes.Live {
    /// Writes on the caller's behalf, as they stand when the wait for other changes of the org has ended: a deployment, a password that is
    /// hashed or a body that comes slowly may have taken long, and what the server has in memory is older still.
    ///
    /// - Parameter body: what is done, and with which permissions; it reads what it changes, since all that was read before may have changed.
    /// - Throws: `INVALID_SESSION_ID` for a caller who may not sign in any more, `MissingPermission` for one who lost the permission.
    func write<Result: Sendable>(
        _ action: Action,
        in database: any Database,
        _ body: @escaping @Sendable (CallerStanding, any Connection) throws -> Result
    ) async throws -> Result {
        let (org, user) = (org.org.id, account.user.id)
        return try await database.write { connection in
            // First the trail, as in all that changes an org, so that no two wait for each other.
            try AuditTrail.serialize(org, on: connection)
            guard let standing = try CallerStanding.now(user, in: org, on: connection) else {
                throw RESTRefusal.endedSession
            }
            try action.require(standing.account.permissions)
            return try body(standing, connection)
        }
    }
}

extension RESTRefusal {
    fileprivate static let endedSession = RESTRefusal(
        .invalidSessionID,
        "Session expired or invalid",
        status: .unauthorized
    )
}
