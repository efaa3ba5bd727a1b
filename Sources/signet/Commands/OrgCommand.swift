import ArgumentParser
import ClientApps
import OAuthTypes
import Orgs
import Storage

/// `signet org`.
struct OrgCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "org",
        abstract: "Create and list orgs; show and set what holds for a whole org.",
        subcommands: [Create.self, List.self, Show.self, Set.self]
    )

    /// `signet org show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the org and its settings.")

        @OptionGroup var options: OrgOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            let (org, credentials) = try await options.run { data in
                let org = data.org.org
                return (org, try await data.database.read { try CredentialSettings(org.id, on: $0) })
            }
            OrgFacts.show(org, credentials, format.output)
        }
    }

    /// `signet org set`.
    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change settings of the org; what is not named stays.",
            discussion: """
                A running server sees the change within a second. An option that may be repeated puts its values in the place of \
                those that are there; the value none takes all away.
                """
        )

        @Option(help: "The name that people read.")
        var name: String?
        @Option(help: "Whether browsers of the listed origins may call the token endpoints (CORS).")
        var oauthCors: Switch?
        @Option(
            name: .customLong("cors-origin"),
            help:
                "An origin that may, as browsers send it: https://host or https://host:port; may be repeated, or none."
        )
        var corsOrigins: [String] = []
        @Option(
            name: .customLong("jwt-audience"),
            help: "An audience of JWT bearer assertions beside the issuer; may be repeated, or none."
        )
        var audiences: [String] = []
        @Option(help: "Whether every app must use PKCE, whatever its own setting says.")
        var requirePkce: Switch?
        @Option(help: "The session timeout for all whose profile has none of its own, from 1 to 1440 minutes.")
        var sessionTimeout: Int?
        @Option(
            name: .customLong("trusted-ip-range"),
            help:
                "Addresses from which apps that enforce IP restrictions may be used, as START-END; may be repeated, or none."
        )
        var trustedRanges: [String] = []
        @Option(help: "Whether connected apps may be created, which since Spring '26 they may not.")
        var connectedAppCreation: Switch?
        @Option(
            help:
                "Whether consumer secrets may be read and rotated by REST (enableClientSecretInRestApiAccess); off at first."
        )
        var restSecrets: Switch?
        @Option(
            help:
                "For how many days a consumer key and secret work on after a rotation that does not say: 0 to 30, at first 30."
        )
        var credentialOverlap: Int?
        @Option(
            help: "Whether the REST and SOAP APIs of the org answer; tokens and external systems are not concerned."
        )
        var api: Switch?
        @Option(help: "Whether anyone may sign in or use a token.")
        var state: State?

        @OptionGroup var options: OrgOptions
        @OptionGroup var format: OutputOptions

        /// Whether the org may be used.
        enum State: String, ExpressibleByArgument, CaseIterable {
            case active
            case locked
        }

        func validate() throws {
            let isNamed = [
                name != nil, oauthCors != nil, requirePkce != nil, sessionTimeout != nil, state != nil,
                connectedAppCreation != nil, api != nil,
                restSecrets != nil,
                credentialOverlap != nil,
            ]
            guard isNamed.contains(true) || !(corsOrigins + audiences + trustedRanges).isEmpty else {
                throw ValidationError("name a setting to change: \(Self.settings.joined(separator: ", "))")
            }
            if let name { try OrgName.require(name, "--name") }
            if let credentialOverlap, !(0...30).contains(credentialOverlap) {
                throw ValidationError("--credential-overlap must be from 0 to 30 days")
            }
            try SessionMinutes.require(sessionTimeout)
            _ = (try newOrigins(), try newAudiences(), try newRanges())
        }

        /// The options that name a setting, as the help has them.
        private static var settings: [String] {
            let others = ["--org", "--data", "--database", "--output", "--version"]
            return TypedCommand(["org", "set"]).options.subtracting(others).sorted()
        }

        func run() async throws {
            let (origins, audiences, ranges) = (try newOrigins(), try newAudiences(), try newRanges())
            let (org, credentials) = try await options.run { data in
                try await data.database.write { connection in
                    // Read again in the transaction, so that two changes at once do not undo each other.
                    guard let org = try OrgRecords.state(id: data.org.org.id, on: connection)?.org else {
                        throw CommandFailure("the org is gone")
                    }
                    let changed = changed(org, origins, audiences, ranges)
                    let actor = AuditActor.commandLine("org set")
                    try OrgRecords.update(changed, by: actor, now: data.now, on: connection)
                    var credentials = try CredentialSettings(org.id, on: connection)
                    credentials.isAtREST = restSecrets?.isOn ?? credentials.isAtREST
                    credentials.overlapDays = credentialOverlap ?? credentials.overlapDays
                    try credentials.save(org.id, by: actor, now: data.now, on: connection)
                    return (changed, credentials)
                }
            }
            OrgFacts.show(org, credentials, format.output)
        }

        private func changed(_ org: Org, _ origins: [String]?, _ audiences: [String]?, _ ranges: [IPRange]?) -> Org {
            Org(
                id: org.id,
                name: name ?? org.name,
                edition: org.edition,
                issuer: org.issuer,
                instance: org.instance,
                sessionTimeoutMinutes: sessionTimeout ?? org.sessionTimeoutMinutes,
                trustedIPRanges: ranges ?? org.trustedIPRanges,
                isActive: state.map { $0 == .active } ?? org.isActive,
                createdAt: org.createdAt,
                isOAuthCORSEnabled: oauthCors?.isOn ?? org.isOAuthCORSEnabled,
                corsOrigins: origins ?? org.corsOrigins,
                jwtBearerAudiences: audiences ?? org.jwtBearerAudiences,
                isPKCERequired: requirePkce?.isOn ?? org.isPKCERequired,
                isConnectedAppCreationEnabled: connectedAppCreation?.isOn ?? org.isConnectedAppCreationEnabled,
                isAPIEnabled: api?.isOn ?? org.isAPIEnabled
            )
        }

        private func newOrigins() throws -> [String]? {
            try Repeated.values(corsOrigins, "--cors-origin") { text in
                guard let origin = WebOrigin(text), origin.port != (origin.isHTTPS ? 443 : 80) else {
                    throw ValidationError(
                        "--cors-origin must be what a browser sends as Origin: https://host, or with a port that is not 443, or http://localhost:port; lower case, no path, no wildcard"
                    )
                }
                return text
            }
        }

        private func newAudiences() throws -> [String]? {
            try Repeated.values(audiences, "--jwt-audience") { text in
                let isURL = text.hasPrefix("https://") || WebOrigin(text) != nil
                guard isURL, text.utf8.count <= 255, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
                    text.utf8.count > "https://".utf8.count
                else {
                    throw ValidationError(
                        "--jwt-audience must be a URL that starts with https://, such as https://login.salesforce.com"
                    )
                }
                return text
            }
        }

        private func newRanges() throws -> [IPRange]? {
            try Repeated.values(trustedRanges, "--trusted-ip-range") {
                try RangeText.range($0, "--trusted-ip-range")
            }
        }
    }
}
