import ClientApps
public import OAuthTypes
public import Orgs
public import Storage

/// Ends what users have of an app, as whoever holds a refresh token ends it at the revocation endpoint (facts: app-model 7.4).
public struct AppUsage: Sendable {
    let server: AuthorizationServer

    /// So many authorizations are ended in one transaction, so that an app with many users stops nobody else for long.
    private static let batch = 200

    /// Ends every authorization of an app that has a refresh token and every session of a browser that the app opened, or those of one user.
    /// A session may come of a token that no refresh token stands behind, and outlive it.
    ///
    /// - Parameters:
    ///   - user: whose; `nil` for everybody's.
    ///   - actor: who asks, for the audit trail.
    /// - Returns: how many authorizations were ended.
    @discardableResult
    public func end(
        app: AppRecords.Stored,
        user: UserID? = nil,
        by actor: AuditActor,
        now: Timestamp
    ) async throws -> Int {
        var count = 0
        while true {
            let ended = try await endSome(app, user, actor, now)
            count += ended.count
            guard ended.count == Self.batch else { return count }
        }
    }

    /// Ends one authorization of an external client app of an org.
    ///
    /// - Returns: whether there was one to end.
    public func end(_ id: AuthorizationID, org: OrgID, by actor: AuditActor, now: Timestamp) async throws -> Bool {
        let masterKey = server.masterKey
        let dead: [String]? = try await server.database.write { connection in
            guard let record = try Authorizations.find(id, on: connection), record.org == org, record.revokedAt == nil,
                let app = try AppRecords.find(id: record.app, on: connection), app.kind == .externalClientApp
            else { return nil }
            try Self.note([record], app, actor, now, on: connection)
            return try AuthorizationRevocation.withdraw(record, masterKey: masterKey, now: now, on: connection)
        }
        if let dead { server.noteRevoked(dead, now: now) }
        return dead != nil
    }

    private func endSome(_ app: AppRecords.Stored, _ user: UserID?, _ actor: AuditActor, _ now: Timestamp) async throws
        -> [AuthorizationRecord]
    {
        let masterKey = server.masterKey
        let (ended, dead) = try await server.database.write { connection in
            let live = try Authorizations.withRefreshToken(
                app: app.id,
                user: user,
                limit: Self.batch,
                on: connection
            )
            let sessions = try Sessions.count(openedBy: app.id, for: user, on: connection)
            if !live.isEmpty || sessions > 0 {
                try Self.note(live, sessions: sessions, app, actor, now, on: connection)
            }
            let dead = try live.flatMap { record in
                try AuthorizationRevocation.withdraw(record, masterKey: masterKey, now: now, on: connection)
            }
            if let user {
                try Sessions.deleteAll(openedBy: app.id, for: user, on: connection)
            } else {
                try Sessions.deleteAll(openedBy: app.id, on: connection)
            }
            return (live, dead)
        }
        server.noteRevoked(dead, now: now)
        return ended
    }

    private static func note(
        _ ended: [AuthorizationRecord],
        sessions: Int = 0,
        _ app: AppRecords.Stored,
        _ actor: AuditActor,
        _ now: Timestamp,
        on connection: any Connection
    ) throws {
        var changes = ended.map {
            AuditChange("authorization of \($0.user.rawValue)", before: $0.id.rawValue, after: nil)
        }
        if sessions > 0 { changes.append(AuditChange("browser sessions", before: "\(sessions)", after: nil)) }
        let event = AuditEvent(
            org: app.org,
            at: now,
            actor: actor,
            action: .tokensRevoked,
            subjectKind: app.kind.metadataType.rawValue,
            subjectName: app.components.developerName,
            changes: changes
        )
        try AuditTrail.record(event, on: connection)
    }
}
