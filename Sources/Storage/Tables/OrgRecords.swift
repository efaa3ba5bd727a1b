public import OAuthTypes
public import Orgs

/// An org as it stands, with the cut-off of its tokens.
public struct OrgState: Sendable {
    /// The org.
    public let org: Org
    /// Tokens issued at or before this moment are dead.
    public let notBefore: Timestamp

    /// The login host that a request came by; `nil` for one that came to the org's own.
    private let loginOrigin: String?

    /// An org with its cut-off; the start of 1970 where there is none.
    public init(org: Org, notBefore: Timestamp) {
        self.init(org: org, notBefore: notBefore, loginOrigin: nil)
    }

    private init(org: Org, notBefore: Timestamp, loginOrigin: String?) {
        self.org = org
        self.notBefore = notBefore
        self.loginOrigin = loginOrigin
    }

    /// The org as a request by the login host has it.
    public func reached(at loginOrigin: String) -> OrgState {
        OrgState(org: org, notBefore: notBefore, loginOrigin: loginOrigin)
    }

    /// The origin that the request came to, which is the issuer of authorization answers and ID tokens (RFC 9207 section 2, OpenID Connect
    /// Core section 2); access tokens always name the org's own.
    public var origin: String { loginOrigin ?? org.issuer }

    /// Whether the request came by the login host.
    public var isAtLoginHost: Bool { loginOrigin != nil }
}

/// The table of orgs.
public enum OrgRecords {
    private static let columns: StaticString = """
        id, name, edition, issuer, instance, session_timeout_minutes, trusted_ip_ranges, is_active, created_at, \
        is_oauth_cors_enabled, cors_origins, bearer_audiences, is_pkce_required, \
        is_connected_app_creation_enabled, is_api_enabled, not_before
        """

    /// Remembers a new org.
    ///
    /// - Throws: ``ConstraintViolation`` of the kind `unique` when the issuer is that of another org.
    public static func insert(_ org: Org, by actor: AuditActor, on connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO orgs (\(raw: columns)) VALUES
                (\(org.id), \(org.name), \(org.edition.rawValue), \(org.issuer), \(org.instance),
                 \(org.sessionTimeoutMinutes), \(IPRangeText.text(org.trustedIPRanges)), \(org.isActive), \(org.createdAt),
                 \(org.isOAuthCORSEnabled), \(org.corsOrigins.joined(separator: " ")),
                 \(org.jwtBearerAudiences.joined(separator: " ")), \(org.isPKCERequired),
                 \(org.isConnectedAppCreationEnabled), \(org.isAPIEnabled), 0)
            """
        )
        try AuditTrail.record(
            AuditEvent(
                org: org.id,
                at: org.createdAt,
                actor: actor,
                action: .created,
                subjectKind: "Org",
                subjectName: org.name,
                changes: AuditedFields.nothing.changes(to: AuditedFields(org))
            ),
            on: connection
        )
        Versions.bump(org.id, on: connection)
    }

    /// Puts other settings in the place of those that an org has; its id, issuer and creation stay.
    public static func update(_ org: Org, by actor: AuditActor, now: Timestamp, on connection: any Connection) throws {
        try AuditTrail.serialize(org.id, on: connection)
        guard let before = try state(id: org.id, on: connection)?.org else { return }
        try AuditTrail.recordUpdate(
            "Org",
            before.name,
            in: org.id,
            AuditedFields(before).changes(to: AuditedFields(org)),
            by: actor,
            now: now,
            on: connection
        )
        try connection.execute(
            """
            UPDATE orgs SET name = \(org.name), edition = \(org.edition.rawValue), instance = \(org.instance),
                session_timeout_minutes = \(org.sessionTimeoutMinutes),
                trusted_ip_ranges = \(IPRangeText.text(org.trustedIPRanges)), is_active = \(org.isActive),
                is_oauth_cors_enabled = \(org.isOAuthCORSEnabled),
                cors_origins = \(org.corsOrigins.joined(separator: " ")),
                bearer_audiences = \(org.jwtBearerAudiences.joined(separator: " ")),
                is_pkce_required = \(org.isPKCERequired),
                is_connected_app_creation_enabled = \(org.isConnectedAppCreationEnabled),
                is_api_enabled = \(org.isAPIEnabled)
            WHERE id = \(org.id)
            """
        )
        Versions.bump(org.id, on: connection)
    }

    /// The org with this issuer.
    public static func state(issuer: String, on connection: any Connection) throws -> OrgState? {
        try connection.row("SELECT \(raw: columns) FROM orgs WHERE issuer = \(issuer)").map(state)
    }

    /// The org with this id.
    public static func state(id: OrgID, on connection: any Connection) throws -> OrgState? {
        try connection.row("SELECT \(raw: columns) FROM orgs WHERE id = \(id)").map(state)
    }

    /// Every org, the oldest first.
    public static func all(on connection: any Connection) throws -> [OrgState] {
        try connection.rows("SELECT \(raw: columns) FROM orgs ORDER BY created_at, id").map(state)
    }

    /// Whether the server has an org at all.
    public static func isThere(on connection: any Connection) throws -> Bool {
        try connection.row("SELECT 1 FROM orgs LIMIT 1") != nil
    }

    /// Kills every token that was issued up to a moment.
    public static func cutOff(_ id: OrgID, at moment: Timestamp, on connection: any Connection) throws {
        try connection.execute("UPDATE orgs SET not_before = \(moment) WHERE id = \(id)")
        Versions.bump(id, on: connection)
    }

    private static func state(_ row: Row) throws -> OrgState {
        var row = row
        let id: OrgID = try row.id()
        let name = try row.text()
        let edition = try row.word(Edition.self)
        let issuer = try row.text()
        let instance = try row.text()
        let timeout = try row.int()
        let ranges = IPRangeText.ranges(try row.text())
        let isActive = try row.bool()
        let createdAt = try row.time()
        let isCORSEnabled = try row.bool()
        let origins = try row.text().split(separator: " ").map(String.init)
        let audiences = try row.text().split(separator: " ").map(String.init)
        let isPKCERequired = try row.bool()
        let isConnectedAppCreationEnabled = try row.bool()
        let isAPIEnabled = try row.bool()
        let org = Org(
            id: id,
            name: name,
            edition: edition,
            issuer: issuer,
            instance: instance,
            sessionTimeoutMinutes: timeout,
            trustedIPRanges: ranges,
            isActive: isActive,
            createdAt: createdAt,
            isOAuthCORSEnabled: isCORSEnabled,
            corsOrigins: origins,
            jwtBearerAudiences: audiences,
            isPKCERequired: isPKCERequired,
            isConnectedAppCreationEnabled: isConnectedAppCreationEnabled,
            isAPIEnabled: isAPIEnabled
        )
        return OrgState(org: org, notBefore: try row.time())
    }
}

/// The stored form of IP ranges: `start-end`, one a line.
enum IPRangeText {
    static func text(_ ranges: [IPRange]) -> String { ranges.map(\.description).joined(separator: "\n") }

    static func ranges(_ text: String) -> [IPRange] {
        text.split(separator: "\n").compactMap { line in
            let ends = line.split(separator: "-")
            guard ends.count == 2, let start = IPAddress(ends[0]), let end = IPAddress(ends[1]) else { return nil }
            return IPRange(start: start, end: end)
        }
    }
}
