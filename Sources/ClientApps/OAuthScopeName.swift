public import OAuthTypes

/// The names of scopes in metadata and what each means on the wire.
public enum OAuthScopeName {
    /// All names, each with its wire names. The wire name of DataCloudUserClaims is our decision; none is documented.
    public static let table: [(metadata: String, wire: [Scope])] =
        [
            ("Full", [.full]), ("Api", [.api]), ("Web", [.web]), ("RefreshToken", [.refreshToken, .offlineAccess]),
            ("OfflineAccess", [.refreshToken, .offlineAccess]), ("OpenID", [.openID]), ("Basic", identity),
            ("Profile", identity),
            ("Email", identity), ("Address", identity), ("Phone", identity),
            ("CustomPermissions", [.customPermissions]),
        ] + more.compactMap { name, wire in Scope(wire).map { (name, [$0]) } }

    private static let identity: [Scope] = [.id, .profile, .email, .address, .phone]
    private static let more: [(String, String)] = [
        ("Chatter", "chatter_api"), ("CustomApplications", "visualforce"), ("Content", "content"),
        ("Lightning", "lightning"),
        ("Wave", "wave_api"), ("Eclair", "eclair_api"), ("Pardot", "pardot_api"), ("CDP", "cdp_api"),
        ("CDPIngest", "cdp_ingest_api"), ("CDPProfile", "cdp_profile_api"), ("CDPQuery", "cdp_query_api"),
        ("CDPSegment", "cdp_segment_api"), ("CDPIdentityResolution", "cdp_identityresolution_api"),
        ("CDPCalculatedInsight", "cdp_calculated_insight_api"), ("DataCloudUserClaims", "data_cloud_user_claims"),
        ("Chatbot", "chatbot_api"), ("SFApiPlatform", "sfap_api"), ("Interaction", "interaction_api"),
        ("EinsteinGPT", "einstein_gpt_api"), ("MCP", "mcp_api"), ("SCRT", "scrt_api"),
        ("UserRegistration", "user_registration_api"), ("ForgotPassword", "forgot_password"),
        ("PwdlessLogin", "pwdless_login_api"),
    ]

    /// The scopes that a comma-separated list of metadata names stands for.
    ///
    /// - Throws: `INVALID_SCOPE`, with the names there are, for a name that is not in ``table``.
    public static func scopes(of list: String) throws(MetadataError) -> ScopeSet {
        var scopes: [Scope] = []
        for part in list.split(separator: ",") {
            let name = part.trimmed
            guard let row = table.first(where: { $0.metadata == name }) else {
                throw MetadataError(
                    element: "commaSeparatedOauthScopes",
                    code: "INVALID_SCOPE",
                    problem: "'\(name)' is not a valid OAuth scope.",
                    remedy: "Use these names: \(table.map(\.metadata).joined(separator: ", "))."
                )
            }
            scopes += row.wire
        }
        return ScopeSet(scopes)
    }
}

extension StringProtocol {
    /// The text without white space around it.
    var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
