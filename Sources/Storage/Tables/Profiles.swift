import ClientApps
public import OAuthTypes
public import Orgs

/// The table of profiles.
public enum Profiles {
    static let columns: StaticString =
        "p.id, p.org_id, p.name, p.permissions, p.session_timeout_minutes, p.login_ip_ranges"

    /// Remembers a new profile.
    ///
    /// - Throws: ``ConstraintViolation`` of the kind `unique` when the org has the name already.
    public static func insert(_ profile: Profile, by actor: AuditActor, now: Timestamp, on connection: any Connection)
        throws
    {
        try connection.execute(
            """
            INSERT INTO profiles (id, org_id, name, name_key, permissions, session_timeout_minutes, login_ip_ranges) VALUES
                (\(profile.id), \(profile.org), \(profile.name), \(AppComponents.comparable(name: profile.name)),
                 \(PermissionText.text(profile.permissions)), \(profile.sessionTimeoutMinutes),
                 \(IPRangeText.text(profile.loginIPRanges)))
            """
        )
        try AuditTrail.record(
            AuditEvent(
                org: profile.org,
                at: now,
                actor: actor,
                action: .created,
                subjectKind: "Profile",
                subjectName: profile.name,
                changes: AuditedFields.nothing.changes(to: AuditedFields(profile))
            ),
            on: connection
        )
        Versions.bump(profile.org, on: connection)
    }

    /// Puts other permissions and limits in the place of those that a profile has; its id, org and name stay.
    public static func update(_ profile: Profile, by actor: AuditActor, now: Timestamp, on connection: any Connection)
        throws
    {
        guard let before = try find(profile.id, on: connection) else { return }
        try AuditTrail.recordUpdate(
            "Profile",
            before.name,
            in: profile.org,
            AuditedFields(before).changes(to: AuditedFields(profile)),
            by: actor,
            now: now,
            on: connection
        )
        try connection.execute(
            """
            UPDATE profiles SET permissions = \(PermissionText.text(profile.permissions)),
                session_timeout_minutes = \(profile.sessionTimeoutMinutes),
                login_ip_ranges = \(IPRangeText.text(profile.loginIPRanges))
            WHERE id = \(profile.id)
            """
        )
        Versions.bump(profile.org, on: connection)
    }

    /// How many users have a profile.
    public static func userCount(_ id: ProfileID, on connection: any Connection) throws -> Int {
        var row = try connection.row("SELECT COUNT(*) FROM users WHERE profile_id = \(id)")
        return try row?.int() ?? 0
    }

    /// Forgets a profile that no user has.
    ///
    /// - Throws: ``ConstraintViolation`` of the kind `foreignKey` while a user has it.
    public static func delete(_ profile: Profile, by actor: AuditActor, now: Timestamp, on connection: any Connection)
        throws
    {
        try AuditTrail.record(
            AuditEvent(
                org: profile.org,
                at: now,
                actor: actor,
                action: .deleted,
                subjectKind: "Profile",
                subjectName: profile.name,
                changes: AuditedFields(profile).changes(to: .nothing)
            ),
            on: connection
        )
        try connection.execute("DELETE FROM profiles WHERE id = \(profile.id)")
        Versions.bump(profile.org, on: connection)
    }

    /// The profile with this id.
    static func find(_ id: ProfileID, on connection: any Connection) throws -> Profile? {
        try connection.row("SELECT \(raw: columns) FROM profiles p WHERE p.id = \(id)").map { row in
            var row = row
            return try Profile(&row)
        }
    }

    /// The profiles of an org whose name is this one, or differs from it in upper and lower case alone.
    public static func like(_ name: String, org: OrgID, on connection: any Connection) throws -> [Profile] {
        try connection.rows(
            """
            SELECT \(raw: columns) FROM profiles p
            WHERE p.org_id = \(org) AND p.name_key = \(AppComponents.comparable(name: name)) ORDER BY p.name
            """
        ).map { row in
            var row = row
            return try Profile(&row)
        }
    }

    /// The profile of an org with exactly this name.
    public static func find(name: String, org: OrgID, on connection: any Connection) throws -> Profile? {
        try like(name, org: org, on: connection).first { $0.name == name }
    }

    /// The profiles of an org by name.
    public static func all(org: OrgID, on connection: any Connection) throws -> [Profile] {
        try connection.rows("SELECT \(raw: columns) FROM profiles p WHERE p.org_id = \(org) ORDER BY p.name").map {
            row in
            var row = row
            return try Profile(&row)
        }
    }
}

extension Profile {
    init(_ row: inout Row) throws {
        self.init(
            id: try row.id(),
            org: try row.id(),
            name: try row.text(),
            permissions: PermissionText.permissions(try row.text()),
            sessionTimeoutMinutes: try row.optionalInt(),
            loginIPRanges: IPRangeText.ranges(try row.text())
        )
    }
}

/// The stored form of permissions: their API names, separated by spaces.
enum PermissionText {
    static func text(_ permissions: Set<Permission>) -> String {
        permissions.map(\.rawValue).sorted().joined(separator: " ")
    }

    static func permissions(_ text: String) -> Set<Permission> {
        Set(text.split(separator: " ").compactMap { Permission(rawValue: String($0)) })
    }
}
