public import OAuthTypes

extension OAuthScopeName {
    /// The label that Setup and the consent page give a scope (facts: app-model section 3).
    public static func label(of scope: Scope) -> String {
        if let text = labels[scope.name] { return "\(text) (\(scope.name))" }
        return scope.name
    }

    private static let labels: [String: String] = [
        "full": "Full access",
        "api": "Manage user data via APIs",
        "web": "Manage user data via Web browsers",
        "refresh_token": "Perform requests at any time",
        "offline_access": "Perform requests at any time",
        "openid": "Access unique user identifiers",
        "id": "Access the identity URL service",
        "profile": "Access the identity URL service",
        "email": "Access the identity URL service",
        "address": "Access the identity URL service",
        "phone": "Access the identity URL service",
        "custom_permissions": "Access custom permissions",
        "chatter_api": "Access Connect REST API resources",
        "visualforce": "Access Visualforce applications",
        "content": "Access content resources",
        "lightning": "Access Lightning applications",
        "wave_api": "Access Analytics REST API resources",
        "eclair_api": "Access Analytics REST API Charts Geodata resources",
        "pardot_api": "Manage Pardot services",
        "cdp_api": "Access all Data Cloud API resources",
        "cdp_ingest_api": "Manage Data Cloud Ingestion API data",
        "cdp_profile_api": "Manage Data Cloud profile data",
        "cdp_query_api": "Perform ANSI SQL queries on Data Cloud data",
        "chatbot_api": "Access chatbot services",
        "sfap_api": "Access the Salesforce API Platform",
        "interaction_api": "Access Interaction API resources",
        "einstein_gpt_api": "Access Einstein GPT services",
        "mcp_api": "Access Salesforce hosted MCP servers",
        "user_registration_api": "Access Headless Registration API",
        "forgot_password": "Access Headless Forgot Password API",
        "pwdless_login_api": "Access Headless Passwordless Login API",
    ]
}
