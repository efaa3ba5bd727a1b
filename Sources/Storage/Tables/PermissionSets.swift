import ClientApps
public import OAuthTypes
public import Orgs

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
            INSERT INTO permission_sets (id, org_id, name, name_key, label, permissions) VALUES
                (\(set.id), \(set.org), \(set.name), \(AppComponents.comparable(name: set.name)), \(set.label),
                 \(PermissionText.text(set.permissions)))
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
        Versions.bump(set.org, on: connection)
    }

    /// The permission set with this id.
    private static func find(_ id: PermissionSetID, on connection: any Connection) throws -> PermissionSet? {
        try connection.row("SELECT id, org_id, name, label, permissions FROM permission_sets WHERE id = \(id)")
            .map(PermissionSet.init)
    }

    /// The permission sets of an org whose name is this one, or differs from it in upper and lower case alone.
    public static func like(_ name: String, org: OrgID, on connection: any Connection) throws -> [PermissionSet] {
        try connection.rows(
            """
            SELECT id, org_id, name, label, permissions FROM permission_sets
            WHERE org_id = \(org) AND name_key = \(AppComponents.comparable(name: name)) ORDER BY name
            """
        ).map(PermissionSet.init)
    }

    /// The permission set of an org with exactly this name.
    public static func find(name: String, org: OrgID, on connection: any Connection) throws -> PermissionSet? {
        try like(name, org: org, on: connection).first { $0.name == name }
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
        guard let before = try find(set.id, on: connection) else { return }
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
        Versions.bump(set.org, on: connection)
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
        Versions.bump(set.org, on: connection)
    }

    /// The permission sets that some users have, by id.
    static func all(users: [UserID], on connection: any Connection) throws -> [UserID: [PermissionSet]] {
        var sets: [UserID: [PermissionSet]] = [:]
        for var row in try connection.rows(
            about: users,
            {
                """
                SELECT u.user_id, s.id, s.org_id, s.name, s.label, s.permissions
                FROM user_permission_sets u JOIN permission_sets s ON s.id = u.permission_set_id
                WHERE u.user_id IN (\(list: $0)) ORDER BY u.user_id, s.id
                """
            }
        ) {
            sets[try row.id(), default: []].append(try PermissionSet(row))
        }
        return sets
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
