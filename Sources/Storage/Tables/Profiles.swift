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
            INSERT INTO profiles (id, org_id, name, permissions, session_timeout_minutes, login_ip_ranges) VALUES
                (\(profile.id), \(profile.org), \(profile.name), \(PermissionText.text(profile.permissions)),
                 \(profile.sessionTimeoutMinutes), \(IPRangeText.text(profile.loginIPRanges)))
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
        Versions.bump(.directory, on: connection)
    }

    /// Puts other permissions and limits in the place of those that a profile has; its id, org and name stay.
    public static func update(_ profile: Profile, by actor: AuditActor, now: Timestamp, on connection: any Connection)
        throws
    {
        guard let before = try all(org: profile.org, on: connection).first(where: { $0.id == profile.id }) else {
            return
        }
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
        Versions.bump(.directory, on: connection)
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
        Versions.bump(.directory, on: connection)
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

/// The table of permission sets.
public enum PermissionSets {
    /// Remembers a new permission set.
    ///
    /// - Throws: ``ConstraintViolation`` of the kind `unique` when the org has the name already.
    public static func insert(_ set: PermissionSet, by actor: AuditActor, now: Timestamp, on connection: any Connection)
        throws
    {
        try connection.execute(
            """
            INSERT INTO permission_sets (id, org_id, name, label, permissions) VALUES
                (\(set.id), \(set.org), \(set.name), \(set.label), \(PermissionText.text(set.permissions)))
            """
        )
        try AuditTrail.record(
            AuditEvent(
                org: set.org,
                at: now,
                actor: actor,
                action: .created,
                subjectKind: "PermissionSet",
                subjectName: set.name,
                changes: AuditedFields.nothing.changes(to: AuditedFields(set))
            ),
            on: connection
        )
        Versions.bump(.directory, on: connection)
    }

    /// The permission sets of an org by name.
    public static func all(org: OrgID, on connection: any Connection) throws -> [PermissionSet] {
        try connection.rows(
            "SELECT id, org_id, name, label, permissions FROM permission_sets WHERE org_id = \(org) ORDER BY name"
        ).map(PermissionSet.init)
    }

    /// Puts another label and other permissions in the place of those that a permission set has; its id, org and name stay.
    public static func update(_ set: PermissionSet, by actor: AuditActor, now: Timestamp, on connection: any Connection)
        throws
    {
        guard let before = try all(org: set.org, on: connection).first(where: { $0.id == set.id }) else { return }
        try AuditTrail.recordUpdate(
            "PermissionSet",
            before.name,
            in: set.org,
            AuditedFields(before).changes(to: AuditedFields(set)),
            by: actor,
            now: now,
            on: connection
        )
        try connection.execute(
            """
            UPDATE permission_sets SET label = \(set.label), permissions = \(PermissionText.text(set.permissions))
            WHERE id = \(set.id)
            """
        )
        Versions.bump(.directory, on: connection)
    }

    /// How many users have a permission set.
    public static func userCount(_ id: PermissionSetID, on connection: any Connection) throws -> Int {
        var row = try connection.row("SELECT COUNT(*) FROM user_permission_sets WHERE permission_set_id = \(id)")
        return try row?.int() ?? 0
    }

    /// Forgets a permission set that no user has.
    ///
    /// - Throws: ``ConstraintViolation`` of the kind `foreignKey` while a user has it.
    public static func delete(_ set: PermissionSet, by actor: AuditActor, now: Timestamp, on connection: any Connection)
        throws
    {
        try AuditTrail.record(
            AuditEvent(
                org: set.org,
                at: now,
                actor: actor,
                action: .deleted,
                subjectKind: "PermissionSet",
                subjectName: set.name,
                changes: AuditedFields(set).changes(to: .nothing)
            ),
            on: connection
        )
        try connection.execute("DELETE FROM permission_sets WHERE id = \(set.id)")
        Versions.bump(.directory, on: connection)
    }

    /// The permission sets that a user has, by id.
    static func all(user: UserID, on connection: any Connection) throws -> [PermissionSet] {
        try connection.rows(
            """
            SELECT s.id, s.org_id, s.name, s.label, s.permissions
            FROM user_permission_sets u JOIN permission_sets s ON s.id = u.permission_set_id
            WHERE u.user_id = \(user) ORDER BY s.id
            """
        ).map(PermissionSet.init)
    }
}

extension PermissionSet {
    fileprivate init(_ row: Row) throws {
        var row = row
        self.init(
            id: try row.id(),
            org: try row.id(),
            name: try row.text(),
            label: try row.text(),
            permissions: PermissionText.permissions(try row.text())
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
