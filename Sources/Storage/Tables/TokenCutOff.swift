import ClientApps
public import OAuthTypes
public import Orgs

/// Ends at once all that was issued to one user, for one app or in one org: access tokens, refresh tokens, codes and browser
/// sessions. What users allowed on the consent page stays. A JWT that another system checks by itself lives on there until it expires.
public enum TokenCutOff: Sendable {
    /// Whose tokens end.
    public enum Holder: Sendable {
        /// All that one user has, of every app.
        case user(User)
        /// All that users have of one app.
        case app(AppRecords.Stored)
        /// All that an org has issued.
        case org(Org)
    }

    /// Ends them, and records it.
    ///
    /// - Parameter clock: the time, which is read when all that issues tokens for the user at the same moment has ended or must wait.
    /// - Throws: what the database throws.
    public static func revoke(
        _ holder: Holder,
        by actor: AuditActor,
        clock: () -> Timestamp,
        on connection: any Connection
    ) throws {
        try AuditTrail.record(event(holder, actor, clock()), on: connection)
        switch holder {
        case .user(let user):
            try Users.serialize(user.id, on: connection)
            let now = clock()
            try Authorizations.revokeAll(user: user.id, now: now, on: connection)
            try Sessions.deleteAll(user: user.id, on: connection)
            try Users.cutOff(user.id, at: now, on: connection)
        case .app(let app):
            try AppRecords.endGrants(of: app.id, now: clock(), on: connection)
        case .org(let org):
            let now = clock()
            try Authorizations.revokeAll(org: org.id, now: now, on: connection)
            try Sessions.deleteAll(org: org.id, on: connection)
            try OrgRecords.cutOff(org.id, at: now, on: connection)
        }
    }

    private static func event(_ holder: Holder, _ actor: AuditActor, _ now: Timestamp) -> AuditEvent {
        let (org, kind, name) =
            switch holder {
            case .user(let user): (user.org, "User", user.username)
            case .app(let app): (app.org, app.kind.metadataType.rawValue, app.components.developerName)
            case .org(let org): (org.id, "Org", org.name)
            }
        return AuditEvent(
            org: org,
            at: now,
            actor: actor,
            action: .tokensRevoked,
            subjectKind: kind,
            subjectName: name,
            changes: [AuditChange("notBefore", before: nil, after: now.rfc3339)]
        )
    }
}
