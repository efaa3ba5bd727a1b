public import OAuthTypes
public import Orgs

/// The table of users.
public enum Users {
    /// Remembers a new user with the hash of their password, if they have one.
    ///
    /// - Throws: ``ConstraintViolation`` of the kind `unique` when the username is taken, whatever its case.
    public static func insert(
        _ user: User,
        passwordHash: String?,
        by actor: AuditActor,
        on connection: any Connection
    ) throws {
        try connection.execute(
            """
            INSERT INTO users
                (id, org_id, username, username_key, email, is_email_verified, first_name, last_name, nickname, profile_id,
                 is_active, is_frozen, is_api_only, language, locale, time_zone, created_at, updated_at, password_hash,
                 password_changed_at)
            VALUES
                (\(user.id), \(user.org), \(user.username), \(user.username.lowercased()), \(user.email),
                 \(user.isEmailVerified), \(user.firstName), \(user.lastName), \(user.nickname), \(user.profile),
                 \(user.isActive), \(user.isFrozen), \(user.isAPIOnly), \(user.language), \(user.locale),
                 \(user.timeZone), \(user.createdAt), \(user.updatedAt), \(passwordHash), \(user.passwordChangedAt))
            """
        )
        for set in user.permissionSets {
            try connection.execute(
                "INSERT INTO user_permission_sets (user_id, permission_set_id) VALUES (\(user.id), \(set))"
            )
        }
        let profile = try Profiles.find(user.profile, on: connection)
        let sets = try PermissionSets.all(users: [user.id], on: connection)[user.id] ?? []
        let fields = AuditedFields(user, profile: profile?.name, permissionSets: sets.map(\.name))
        try note(
            .created,
            user,
            AuditedFields.nothing.changes(to: fields),
            by: actor,
            now: user.createdAt,
            on: connection
        )
        Versions.bump(user.org, on: connection)
    }

    /// Whether a username is in use, by a user of any org and whatever its case.
    public static func isTaken(username: String, on connection: any Connection) throws -> Bool {
        try connection.row("SELECT 1 FROM users WHERE username_key = \(username.lowercased())") != nil
    }

    /// The org of the user with this username, whatever its case: usernames are those of the whole server.
    public static func org(username: String, on connection: any Connection) throws -> OrgID? {
        var row = try connection.row("SELECT org_id FROM users WHERE username_key = \(username.lowercased())")
        return try row?.id()
    }

    /// The id and the stored password hash of a user who has a password.
    public static func passwordHash(
        username: String,
        org: OrgID,
        on connection: any Connection
    ) throws -> (user: UserID, hash: String)? {
        guard
            var row = try connection.row(
                """
                SELECT id, password_hash FROM users
                WHERE username_key = \(username.lowercased()) AND org_id = \(org) AND password_hash IS NOT NULL
                """
            )
        else { return nil }
        return (try row.id(), try row.text())
    }

    /// Changes a password; every session and every token of the user ends with the old one (RFC 9700 section 4.14).
    ///
    /// - Parameter clock: the time, which is read when all that uses the user's authorizations at the same moment has ended or must
    ///   wait: read before, it would be earlier than what a refresh in between has issued.
    public static func setPassword(
        _ id: UserID,
        hash: String,
        by actor: AuditActor,
        clock: () -> Timestamp,
        on connection: any Connection
    ) throws {
        guard let user = try account(id, on: connection)?.user else { return }
        try note(.passwordSet, user, [], by: actor, now: clock(), on: connection)
        try serialize(id, on: connection)
        try Authorizations.revokeAll(user: id, now: clock(), on: connection)
        let now = clock()
        try connection.execute(
            """
            UPDATE users SET password_hash = \(hash), password_changed_at = \(now), updated_at = \(now), not_before = \(now)
            WHERE id = \(id)
            """
        )
        try Sessions.deleteAll(user: id, on: connection)
        Versions.bump(user.org, on: connection)
    }

    /// Freezes or unfreezes a user. A frozen user's sessions end; tokens are dead for as long as the user is frozen.
    public static func setFrozen(
        _ id: UserID,
        _ isFrozen: Bool,
        by actor: AuditActor,
        now: Timestamp,
        on connection: any Connection
    ) throws {
        guard let user = try account(id, on: connection)?.user, user.isFrozen != isFrozen else { return }
        let change = AuditChange("isFrozen", before: "\(user.isFrozen)", after: "\(isFrozen)")
        try note(isFrozen ? .frozen : .unfrozen, user, [change], by: actor, now: now, on: connection)
        try connection.execute("UPDATE users SET is_frozen = \(isFrozen), updated_at = \(now) WHERE id = \(id)")
        if isFrozen { try Sessions.deleteAll(user: id, on: connection) }
        Versions.bump(user.org, on: connection)
    }

    /// Lets one transaction at a time count or end what a user has: each other one that asks the same waits until this one ends.
    /// A transaction asks it before it writes any other row of the user.
    ///
    /// The two databases share no words for a lock, so the row is written as it is.
    public static func serialize(_ id: UserID, on connection: any Connection) throws {
        try connection.execute("UPDATE users SET is_frozen = is_frozen WHERE id = \(id)")
    }

    /// Kills every token of a user that was issued up to a moment.
    public static func cutOff(_ id: UserID, at moment: Timestamp, on connection: any Connection) throws {
        for var row in try connection.rows(
            "UPDATE users SET not_before = \(moment) WHERE id = \(id) RETURNING org_id"
        ) {
            Versions.bump(try row.id(), on: connection)
        }
    }

    private static func note(
        _ action: AuditAction,
        _ user: User,
        _ changes: [AuditChange],
        by actor: AuditActor,
        now: Timestamp,
        on connection: any Connection
    ) throws {
        let event = AuditEvent(
            org: user.org,
            at: now,
            actor: actor,
            action: action,
            subjectKind: "User",
            subjectName: user.username,
            changes: changes
        )
        try AuditTrail.record(event, on: connection)
    }
}
