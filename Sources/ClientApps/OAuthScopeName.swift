public import OAuthTypes

/// The scopes there are: their names in metadata, what each means on the wire, and what people read (facts: app-model
/// section 3).
public enum OAuthScopeName {
    /// One name of metadata.
    public struct Row: Sendable {
        /// The name in metadata.
        public let metadata: String
        /// The scopes that it stands for.
        public let wire: [Scope]
        /// What Setup and the consent page call it, without the wire names; `nil` where none is documented.
        public let label: String?
    }

    /// All names. The wire name of DataCloudUserClaims is our decision; none is documented.
    public static let table: [Row] = [
        Row("Full", [.full], "Full access"),
        Row("Api", [.api], "Manage user data via APIs"),
        Row("Web", [.web], "Manage user data via Web browsers"),
        Row("RefreshToken", [.refreshToken, .offlineAccess], "Perform requests at any time"),
        Row("OfflineAccess", [.refreshToken, .offlineAccess], "Perform requests at any time"),
        Row("OpenID", [.openID], "Access unique user identifiers"),
        Row("Basic", identity, identityLabel),
        Row("Profile", identity, identityLabel),
        Row("Email", identity, identityLabel),
        Row("Address", identity, identityLabel),
        Row("Phone", identity, identityLabel),
        Row("CustomPermissions", [.customPermissions], "Access custom permissions"),
        Row("Chatter", "chatter_api", "Access Connect REST API resources"),
        Row("CustomApplications", "visualforce", "Access Visualforce applications"),
        Row("Content", "content", "Access content resources"),
        Row("Lightning", "lightning", "Access Lightning applications"),
        Row("Wave", "wave_api", "Access Analytics REST API resources"),
        Row("Eclair", "eclair_api", "Access Analytics REST API Charts Geodata resources"),
        Row("Pardot", "pardot_api", "Manage Pardot services"),
        Row("CDP", "cdp_api", "Access all Data Cloud API resources"),
        Row("CDPIngest", "cdp_ingest_api", "Manage Data Cloud Ingestion API data"),
        Row("CDPProfile", "cdp_profile_api", "Manage Data Cloud profile data"),
        Row("CDPQuery", "cdp_query_api", "Perform ANSI SQL queries on Data Cloud data"),
        Row("CDPSegment", "cdp_segment_api"),
        Row("CDPIdentityResolution", "cdp_identityresolution_api"),
        Row("CDPCalculatedInsight", "cdp_calculated_insight_api"),
        Row("DataCloudUserClaims", "data_cloud_user_claims"),
        Row("Chatbot", "chatbot_api", "Access chatbot services"),
        Row("SFApiPlatform", "sfap_api", "Access the Salesforce API Platform"),
        Row("Interaction", "interaction_api", "Access Interaction API resources"),
        Row("EinsteinGPT", "einstein_gpt_api", "Access Einstein GPT services"),
        Row("MCP", "mcp_api", "Access Salesforce hosted MCP servers"),
        Row("SCRT", "scrt_api"),
        Row("UserRegistration", "user_registration_api", "Access Headless Registration API"),
        Row("ForgotPassword", "forgot_password", "Access Headless Forgot Password API"),
        Row("PwdlessLogin", "pwdless_login_api", "Access Headless Passwordless Login API"),
    ]

    private static let identity: [Scope] = [.id, .profile, .email, .address, .phone]
    private static let identityLabel = "Access the identity URL service"

    /// Every scope of the table, each once.
    public static let scopes = ScopeSet(table.flatMap(\.wire))

    private static let labels = Dictionary(
        table.flatMap { row in row.wire.map { ($0, row.label) } }
    ) { first, _ in first }

    /// The label that Setup and the consent page give a scope, with its wire name.
    public static func label(of scope: Scope) -> String {
        guard let text = labels[scope] ?? nil else { return scope.name }
        return "\(text) (\(scope.name))"
    }

    /// Spellings of the WSDL that stand for a name of ``table`` (facts: clients section 4).
    private static let aliases = ["SFAP": "SFApiPlatform"]

    /// The name that a retrieval of a connected app gives for one that stands for the same scopes (facts: app-model 3); any other as it is.
    static func collapsed(_ name: String) -> String {
        switch name {
        case "Profile", "Email", "Address", "Phone": "Basic"
        case "OfflineAccess": "RefreshToken"
        default: name
        }
    }

    /// The scopes that one metadata name stands for.
    ///
    /// - Throws: `INVALID_SCOPE`, with the names there are, for a name that is not in ``table``.
    public static func scopes(named name: String, element: String) throws(MetadataError) -> [Scope] {
        let known = aliases[name] ?? name
        guard let row = table.first(where: { $0.metadata == known }) else {
            throw MetadataError(
                element: element,
                code: .invalidScope,
                problem: "'\(name)' is not a valid OAuth scope.",
                remedy: "Use these names: \(table.map(\.metadata).joined(separator: ", "))."
            )
        }
        return row.wire
    }

    /// The scopes that a comma-separated list of metadata names stands for.
    ///
    /// - Throws: `INVALID_SCOPE`, with the names there are, for a name that is not in ``table``.
    public static func scopes(of list: String) throws(MetadataError) -> ScopeSet {
        var scopes: [Scope] = []
        for part in list.split(separator: ",") {
            scopes += try self.scopes(named: part.trimmed, element: "commaSeparatedOauthScopes")
        }
        return ScopeSet(scopes)
    }
}

extension OAuthScopeName.Row {
    fileprivate init(_ metadata: String, _ wire: [Scope], _ label: String) {
        self.init(metadata: metadata, wire: wire, label: label)
    }

    fileprivate init(_ metadata: String, _ wire: String, _ label: String? = nil) {
        self.init(metadata: metadata, wire: Scope(wire).map { [$0] } ?? [], label: label)
    }
}

extension StringProtocol {
    /// The text without white space around it.
    public var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
