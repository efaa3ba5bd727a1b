import ClientApps
import OAuthTypes
public import Orgs

/// The metadata of an org's authorization server: OpenID Connect Discovery section 3 and RFC 8414 section 2 in one document.
public enum DiscoveryDocument {
    /// What userinfo may tell. The original lists `phone_number` and `phone_number_verified` as well; users have no number here.
    private static let claims = [
        "active", "address", "email", "email_verified", "family_name", "given_name", "is_app_installed", "language",
        "locale",
        "name", "nickname", "organization_id", "photos", "picture",
        "preferred_username", "profile", "sub", "updated_at", "urls", "user_id", "user_type", "zoneinfo",
    ]

    /// The bytes of an org's document.
    ///
    /// - Parameter publicScopes: the scopes that the org defines itself and announces.
    public static func bytes(_ org: Org, publicScopes: [String]) -> [UInt8] {
        bytes(issuer: org.issuer, grantTypes: GrantType.allCases, publicScopes: publicScopes, hasSignOut: true)
    }

    /// The bytes of the login host's document: no sign-out is announced there, and client credentials are for the host of an org (facts:
    /// flows 1.1 and 1.3).
    public static func bytes(loginOrigin: String) -> [UInt8] {
        bytes(
            issuer: loginOrigin,
            grantTypes: GrantType.allCases.filter { $0 != .clientCredentials },
            publicScopes: [],
            hasSignOut: false
        )
    }

    private static func bytes(issuer: String, grantTypes: [GrantType], publicScopes: [String], hasSignOut: Bool)
        -> [UInt8]
    {
        let oauth = "\(issuer)/services/oauth2"
        return JSONWriter.object(capacity: 4_096) { json in
            json.member("issuer", issuer)
            json.member("authorization_endpoint", "\(oauth)/authorize")
            json.member("token_endpoint", "\(oauth)/token")
            json.member("revocation_endpoint", "\(oauth)/revoke")
            json.member("userinfo_endpoint", "\(oauth)/userinfo")
            json.member("jwks_uri", "\(issuer)/id/keys")
            json.member("introspection_endpoint", "\(oauth)/introspect")
            if hasSignOut { json.member("end_session_endpoint", "\(issuer)/services/auth/idp/oidc/logout") }
            json.array("scopes_supported", of: OAuthScopeName.scopes.scopes.map(\.name) + publicScopes)
            json.array("response_types_supported", of: ResponseType.allCases.map(\.rawValue))
            json.array("response_modes_supported", of: ["query"])
            json.array("grant_types_supported", of: grantTypes.map(\.rawValue))
            json.array("subject_types_supported", of: ["public"])
            json.array("id_token_signing_alg_values_supported", of: ["RS256"])
            json.array("code_challenge_methods_supported", of: CodeChallengeMethod.allCases.map(\.rawValue))
            // One page suits a window, a popup and a finger.
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
