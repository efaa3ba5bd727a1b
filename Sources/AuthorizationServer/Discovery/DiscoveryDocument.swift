import OAuthTypes
public import Orgs

/// The metadata of an org's authorization server: OpenID Connect Discovery section 3 and RFC 8414 section 2 in one document.
public enum DiscoveryDocument {
    /// The scopes that are published.
    private static let scopes = [
        "cdp_ingest_api", "custom_permissions", "cdp_segment_api", "content", "cdp_api", "chatbot_api",
        "cdp_identityresolution_api", "interaction_api", "wave_api", "web", "cdp_calculated_insight_api",
        "einstein_gpt_api",
        "offline_access", "id", "api", "eclair_api", "email", "pardot_api", "lightning", "visualforce", "cdp_query_api",
        "sfap_api", "address", "openid", "profile", "scrt_api", "cdp_profile_api", "refresh_token", "phone",
        "user_registration_api", "pwdless_login_api", "chatter_api", "mcp_api", "full", "forgot_password",
    ]

    private static let claims = [
        "active", "address", "email", "email_verified", "family_name", "given_name", "is_app_installed", "language",
        "locale",
        "name", "nickname", "organization_id", "phone_number", "phone_number_verified", "photos", "picture",
        "preferred_username", "profile", "sub", "updated_at", "urls", "user_id", "user_type", "zoneinfo",
    ]

    /// The bytes of the document.
    public static func bytes(_ org: Org) -> [UInt8] {
        let oauth = "\(org.issuer)/services/oauth2"
        return JSONWriter.object(capacity: 4_096) { json in
            json.member("issuer", org.issuer)
            json.member("authorization_endpoint", "\(oauth)/authorize")
            json.member("token_endpoint", "\(oauth)/token")
            json.member("revocation_endpoint", "\(oauth)/revoke")
            json.member("userinfo_endpoint", "\(oauth)/userinfo")
            json.member("jwks_uri", "\(org.issuer)/id/keys")
            json.member("introspection_endpoint", "\(oauth)/introspect")
            json.member("end_session_endpoint", "\(org.issuer)/services/auth/idp/oidc/logout")
            json.array("scopes_supported", of: scopes)
            json.array("response_types_supported", of: ResponseType.allCases.map(\.rawValue))
            json.array("response_modes_supported", of: ["query"])
            json.array("grant_types_supported", of: GrantType.allCases.map(\.rawValue))
            json.array("subject_types_supported", of: ["public"])
            json.array("id_token_signing_alg_values_supported", of: ["RS256"])
            json.array("code_challenge_methods_supported", of: CodeChallengeMethod.allCases.map(\.rawValue))
            json.array("display_values_supported", of: ["page", "popup", "touch"])
            json.array("prompt_values_supported", of: Prompt.allCases.map(\.rawValue))
            json.array("token_endpoint_auth_methods_supported", of: ClientAuthenticationMethod.allCases.map(\.rawValue))
            json.array("token_endpoint_auth_signing_alg_values_supported", of: ["RS256"])
            json.array(
                "introspection_endpoint_auth_methods_supported",
                of: ["client_secret_post", "client_secret_basic", "private_key_jwt"]
            )
            json.array("introspection_endpoint_auth_signing_alg_values_supported", of: ["RS256"])
            json.array("revocation_endpoint_auth_methods_supported", of: ["none"])
            json.array("claims_supported", of: claims)
            json.member("claims_parameter_supported", false)
            json.member("request_parameter_supported", false)
            json.member("request_uri_parameter_supported", false)
            json.member("authorization_response_iss_parameter_supported", true)
        }
    }

    /// The answer of `/.well-known/auth-configuration` (facts: flows 1.4).
    public static func authConfiguration(_ org: Org) -> [UInt8] {
        JSONWriter.object { json in
            json.member("OrgId", org.id.short)
            json.member("Url", org.issuer)
            json.object("MobileSDK") { mobile in
                mobile.member("UseiOSNativeBrowserForAuthentication", false)
                mobile.member("UseAndroidNativeBrowserForAuthentication", false)
                mobile.member("shareBrowserSessionIOS", false)
                mobile.member("shareBrowserSessionAndroid", false)
            }
            json.null("LoginPage")
            json.array("SamlProviders") { _ in }
            json.array("AuthProviders") { _ in }
            json.null("CertificateLogin")
            json.member("LoginPageType", "standard")
            json.object("LoginPageTypeConfigs") { _ in }
        }
    }
}
