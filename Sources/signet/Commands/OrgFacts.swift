import ClientApps
import OAuthTypes
import Orgs
import Storage

/// The facts of an org as commands print them.
enum OrgFacts {
    static func show(_ org: Org, _ credentials: CredentialSettings, _ format: OutputFormat) {
        switch format {
        case .json: Terminal.print(JSONWriter.object { write(org, credentials, &$0) })
        case .text: Terminal.print(text(org, credentials))
        }
    }

    private static func write(_ org: Org, _ credentials: CredentialSettings, _ json: inout JSONWriter) {
        json.member("id", org.id.rawValue)
        json.member("name", org.name)
        json.member("edition", org.edition.rawValue)
        json.member("issuer", org.issuer)
        json.member("instance", org.instance)
        json.member("isActive", org.isActive)
        json.member("sessionTimeoutMinutes", org.sessionTimeoutMinutes)
        json.array("trustedIpRanges", of: org.trustedIPRanges.map(\.description))
        json.member("isOauthCorsEnabled", org.isOAuthCORSEnabled)
        json.array("corsOrigins", of: org.corsOrigins)
        json.array("jwtBearerAudiences", of: org.jwtBearerAudiences)
        json.member("isPkceRequired", org.isPKCERequired)
        json.member("isConnectedAppCreationEnabled", org.isConnectedAppCreationEnabled)
        json.member("isApiEnabled", org.isAPIEnabled)
        json.member("isRestSecretAccessEnabled", credentials.isAtREST)
        json.member("credentialOverlapDays", credentials.overlapDays)
        json.member("createdAt", org.createdAt.rfc3339)
    }

    private static func text(_ org: Org, _ credentials: CredentialSettings) -> String {
        """
        \(org.name) (\(org.id.rawValue), \(org.edition.rawValue))
          issuer:              \(org.issuer)
          state:               \(org.isActive ? "active" : "locked")
          session timeout:     \(org.sessionTimeoutMinutes) minutes
          trusted IP ranges:   \(ListText.of(org.trustedIPRanges.map(\.description), empty: "everywhere"))
          CORS for OAuth:      \(org.isOAuthCORSEnabled ? "on" : "off")
          CORS origins:        \(ListText.of(org.corsOrigins))
          JWT bearer audience: \(ListText.of([org.issuer] + org.jwtBearerAudiences))
          PKCE required:       \(org.isPKCERequired ? "by every app" : "as each app says")
          new connected apps:  \(org.isConnectedAppCreationEnabled ? "allowed" : "refused")
          REST and SOAP APIs:  \(org.isAPIEnabled ? "on" : "off")
          secrets by REST:     \(credentials.isAtREST ? "on" : "off")
          credential overlap:  \(credentials.overlapDays) days
        """
    }
}

/// What an org says of the consumer keys and secrets of its apps.
struct CredentialSettings: Sendable {
    /// Whether secrets may be read and rotated by REST: `enableClientSecretInRestApiAccess`.
    var isAtREST: Bool
    /// For how many days a pair works on after a rotation that does not say.
    var overlapDays: Int

    init(_ org: OrgID, on connection: any Connection) throws {
        isAtREST =
            try OrgSettings.externalClientApps(org: org, on: connection).enableClientSecretInRESTAPIAccess ?? false
        overlapDays = try OrgSettings.overlapDays(org: org, on: connection)
    }

    /// Puts them in the place of those that the org has.
    func save(_ org: OrgID, by actor: AuditActor, now: Timestamp, on connection: any Connection) throws {
        var settings = try OrgSettings.externalClientApps(org: org, on: connection)
        if settings.enableClientSecretInRESTAPIAccess ?? false != isAtREST {
            settings.enableClientSecretInRESTAPIAccess = isAtREST
            let component = MetadataComponent(fullName: "", content: .externalClientAppSettings(settings))
            if isAtREST, OrgRules.problems(of: component).first != nil {
                throw CommandFailure(
                    "external client apps are switched off in this org, and then no switch of theirs is on: deploy ExternalClientApp.settings with enableExternalClientApps set to true first"
                )
            }
            try OrgSettings.save(component, org: org, by: actor, now: now, on: connection)
        }
        try OrgSettings.setOverlapDays(overlapDays, org: org, by: actor, now: now, on: connection)
    }
}
