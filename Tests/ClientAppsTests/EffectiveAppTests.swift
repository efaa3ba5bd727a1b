import ClientApps
import OAuthTypes
import Orgs
import Testing

struct EffectiveAppTests {
    static let robot = UserID(stored: "005000000000001AAA")
    static let profile = ProfileID(stored: "00e000000000001AAA")
    static let resolve = AppReferences(
        profile: { $0 == "Clerk" ? profile : nil },
        permissionSet: { _ in nil },
        user: { $0 == "robot@example.com" ? robot : nil },
        customScopes: [scope("orders_read", "Read orders"), scope("orders_write", "Change orders")]
    )

    private static func scope(_ name: String, _ description: String) -> OAuthCustomScope {
        var scope = OAuthCustomScope()
        (scope.developerName, scope.masterLabel, scope.description) = (name, name, description)
        return scope
    }

    static func merge(isPKCERequiredByOrg: Bool = false, _ bend: (inout AppComponents) -> Void = { _ in }) throws
        -> EffectiveApp
    {
        let org = Org(
            id: OrgID(stored: "00D000000000001AAA"),
            name: "Example",
            edition: .developer,
            issuer: "https://example.test",
            createdAt: Timestamp(seconds: 0),
            isPKCERequired: isPKCERequiredByOrg
        )
        var app = try #require(try Bundle.read(Bundle.files).first)
        bend(&app)
        return try EffectiveApp.merge(
            components: app,
            identity: AppIdentity(id: AppID(stored: "0xI000000000001AAA"), consumers: []),
            org: org,
            resolve: resolve
        )
    }

    @Test("app-model 0: the bundle's values and its defaults")
    func values() throws {
        let app = try Self.merge()
        #expect(app.tokenFormat == .jwt)
        #expect(app.isClientCredentialsFlowEnabled && app.runAsUser == Self.robot)
        #expect(app.scopes.text == "api refresh_token offline_access")
        #expect(app.jwtLifetime == .minutes(15))
        #expect(app.refreshTokenPolicy == .lifetime(.days(365)))
        #expect(app.callbackURLs == ["https://orders.example.com/back", "http://127.0.0.1/back"])
        #expect(!app.isPKCERequired && app.isSecretRequiredForWebServerFlow && app.isSecretRequiredForRefreshToken)
        #expect(app.permittedUsers == .selfAuthorized && !app.isJWTBearerFlowEnabled && app.idTokenValidityMinutes == 2)
    }

    @Test("app-model 8.5: an app has the custom scopes that its admin assigns, else those that its developer names")
    func customScopes() throws {
        func merge(_ asked: String?, _ assigned: String?) throws -> EffectiveApp {
            try Self.merge {
                $0.oauth?.record.commaSeparatedCustomScopes = asked
                $0.oauthPolicies?.record.commaSeparatedCustomScopes = assigned
            }
        }
        #expect(try merge(nil, nil).scopes.text == "api refresh_token offline_access")
        #expect(try merge("orders_read, orders_write", nil).scopes.text.hasSuffix(" orders_read orders_write"))
        let narrowed = try merge("orders_read, orders_write", "orders_read")
        #expect(narrowed.scopes.text == "api refresh_token offline_access orders_read")
        #expect(narrowed.customScopeLabels.values.map(\.self) == ["Read orders"])
        let unknown = try merge(nil, "orders_delete")
        #expect(unknown.scopes.text == "api refresh_token offline_access")
        #expect(unknown.warnings.contains { $0.problem.contains("no custom scope 'orders_delete'") })
    }

    @Test("app-model 0: where both owners have a say the stricter wins")
    func stricter() throws {
        #expect(try Self.merge(isPKCERequiredByOrg: true).isPKCERequired)
        for (settings, policy) in [(true, true), (true, false), (false, true), (false, false)] {
            let app = try Self.merge {
                $0.globalOAuth?.record.isClientCredentialsFlowEnabled = settings
                $0.oauthPolicies?.record.isClientCredentialsFlowEnabled = policy
            }
            #expect(app.isClientCredentialsFlowEnabled == (settings && policy))
        }
        let capped = try Self.merge {
            $0.globalOAuth?.record.isEnforceRefreshTokenTTL = true
            $0.oauthPolicies?.record.refreshTokenPolicyType = .infinite
        }
        #expect(capped.refreshTokenPolicy == .inactivity(.days(30)))
        #expect(try !Self.merge { $0.appPolicies?.record.isOAuthPluginEnabled = false }.isOAuthEnabled)
        #expect(try !Self.merge { $0.appPolicies?.record.isEnabled = false }.isEnabled)
    }

    @Test("app-model 0: policies resolve names, months are 30 days, the deprecated flag warns and decides nothing")
    func policies() throws {
        let app = try Self.merge {
            $0.oauthPolicies?.record.permittedUsersPolicyType = .adminApprovedPreAuthorized
            $0.oauthPolicies?.record.commaSeparatedProfile = "Clerk"
            $0.oauthPolicies?.record.refreshTokenPolicyType = .specificInactivity
            $0.oauthPolicies?.record.refreshTokenValidityPeriod = 2
            $0.oauthPolicies?.record.refreshTokenValidityUnit = .months
            $0.oauthPolicies?.record.isNamedUserJWTEnabled = true
            $0.globalOAuth?.record.isNamedUserJWTEnabled = false
            $0.oauthPolicies?.record.namedUserJWTTimeout = nil
        }
        #expect(app.permittedUsers == .adminApproved(profiles: [Self.profile], permissionSets: []))
        #expect(app.refreshTokenPolicy == .inactivity(.days(60)))
        #expect(app.tokenFormat == .opaque && app.jwtLifetime == .userSession)
        #expect(app.warnings.map(\.element) == ["customAttributes", "isNamedUserJwtEnabled"])
        let error = try #require(throws: MetadataError.self) {
            try Self.merge { $0.oauthPolicies?.record.clientCredentialsFlowUser = "nobody" }
        }
        #expect(error.problem == "Enter a valid execution user for the OAuth client credentials flow.")
    }

    @Test("app-model 0: a plugin that is kept and has no effect is said aloud, in the words of its kind of app")
    func plugins() throws {
        let app = try Self.merge { app in
            var saml = SAMLPolicies()
            saml.externalClientApplication = "Orders"
            app.plugins[.samlPolicies] = MetadataComponent(fullName: "Orders_saml", content: .samlPolicies(saml))
        }
        #expect(app.warnings.map(\.element) == ["customAttributes", "ExtlClntAppSamlConfigurablePolicies"])
        let saml =
            "<samlConfig><acsUrl>https://a.example</acsUrl><entityUrl>e</entityUrl><samlSubjectType>Username</samlSubjectType></samlConfig>"
        #expect(try ConnectedBundle.merge(ConnectedBundle.document([saml])).warnings.map(\.element) == ["samlConfig"])
    }

    @Test("RFC 7523: an app's certificate gives the numbers that openssl gives; a weak or broken one is refused")
    func certificate() throws {
        let app = try Self.merge { $0.globalOAuth?.record.certificate = Certificates.good }
        let certificate = try #require(app.certificate)
        let hex = certificate.modulus.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }
            .joined()
        #expect(
            hex == Certificates.modulusStart && certificate.exponent == [1, 0, 1] && certificate.modulus.count == 256
        )
        #expect(certificate.notBefore == Timestamp(seconds: Certificates.notBefore))
        #expect(throws: MetadataError.self) { try AppCertificate(pem: Certificates.weak) }
        #expect(throws: MetadataError.self) { try AppCertificate(pem: "nonsense") }
    }

    @Test("app-model 3: 36 metadata names, each with its wire names")
    func scopes() throws {
        #expect(OAuthScopeName.table.count == 36)
        #expect(Set(OAuthScopeName.table.map(\.metadata)).count == 36)
        #expect(
            try OAuthScopeName.scopes(of: "Basic,OpenID , Chatter").text
                == "id profile email address phone openid chatter_api"
        )
        #expect(OAuthScopeName.scopes.scopes.count == 36)
        #expect(OAuthScopeName.table.allSatisfy { !$0.wire.isEmpty })
        #expect(
            try OAuthScopeName.label(of: #require(Scope("wave_api")))
                == "Access Analytics REST API resources (wave_api)"
        )
        #expect(try OAuthScopeName.label(of: #require(Scope("scrt_api"))) == "scrt_api")
        let error = try #require(throws: MetadataError.self) { try OAuthScopeName.scopes(of: "refresh_token") }
        #expect(OAuthScopeName.table.allSatisfy { error.remedy.contains($0.metadata) })
    }

    @Test("app-model 7: a generated key has 85 characters after the original's fashion, a secret 64 hexadecimal digits")
    func consumers() {
        var randomness = SystemRandomNumberGenerator()
        let key = ConsumerKey.generate(using: &randomness)
        #expect(key.hasPrefix("3MVG9") && key.utf8.count == 85)
        #expect(ConsumerSecret.generate(using: &randomness).count == 64)
        #expect(ConsumerKey.generate(using: &randomness) != key)
    }

    @Test(
        "app-model 3: web includes visualforce, api includes chatter_api, full all but the refresh token; nothing else is implied",
        arguments: [
            ("web", "visualforce", true), ("api", "chatter_api", true), ("full", "api openid visualforce id", true),
            ("api web", "visualforce chatter_api api", true), ("full refresh_token", "api refresh_token", true),
            ("full", "refresh_token", false), ("full", "offline_access", false), ("full", "no_such_scope", false),
            ("api", "visualforce", false), ("web", "chatter_api", false), ("visualforce", "web", false),
            ("api", "full", false), ("chatter_api", "api", false),
        ]
    )
    func implied(_ granted: String, _ asked: String, _ isCovered: Bool) throws {
        #expect(try ScopeSet(parsing: granted).covers(ScopeSet(parsing: asked)) == isCovered)
    }
}
