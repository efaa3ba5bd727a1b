import ClientApps
import OAuthTypes
import Orgs
import Testing

@Suite("Explanation of apps")
struct AppExplanationTests {
    static func explain(
        edition: Edition = .developer,
        isPKCERequiredByOrg: Bool = false,
        isRunAsUserAPIOnly: Bool? = true,
        _ bend: (inout AppComponents) -> Void = { _ in }
    ) throws -> AppExplanation {
        var app = try #require(try Bundle.read(Bundle.files).first)
        bend(&app)
        return try explain(app, edition: edition, isPKCERequiredByOrg, isRunAsUserAPIOnly)
    }

    static func explain(
        _ app: AppComponents,
        edition: Edition = .developer,
        _ isPKCERequiredByOrg: Bool = false,
        _ isRunAsUserAPIOnly: Bool? = nil,
        isBlocked: Bool = false,
        isInstalled: Bool = true
    ) throws -> AppExplanation {
        try AppExplanation.merge(
            components: app,
            identity: AppIdentity(
                id: AppID(stored: "0xI000000000001AAA"),
                consumers: [],
                isBlocked: isBlocked,
                isInstalled: isInstalled
            ),
            org: Org(
                id: OrgID(stored: "00D000000000001AAA"),
                name: "Example",
                edition: edition,
                issuer: "https://example.test",
                createdAt: Timestamp(seconds: 0),
                isPKCERequired: isPKCERequiredByOrg
            ),
            resolve: EffectiveAppTests.resolve,
            isRunAsUserAPIOnly: isRunAsUserAPIOnly
        )
    }

    private func decision(_ element: String, in explanation: AppExplanation) throws -> Decision {
        let found = explanation.decisions.filter { $0.element == element }
        #expect(found.count == 1)
        return try #require(found.first)
    }

    @Test(
        "app-model 0: each value names who decided it and who may change it",
        arguments: [
            ("isNamedUserJwtEnabled", "true", Origin.developerSetting, [AppOwner.developer]),
            ("namedUserJwtTimeout", "15 minutes", .adminPolicy, [.admin]),
            ("ipRelaxationPolicyType", "Enforce", .default, [.admin]),
            ("refreshTokenPolicyType", "valid for 365 days", .default, [.admin]),
            ("isSecretRequiredForRefreshToken", "true", .default, [.developer]),
            ("callbackUrl", "https://orders.example.com/back, http://127.0.0.1/back", .developerSetting, [.developer]),
            ("commaSeparatedOauthScopes", "Api, RefreshToken", .developerSetting, [.developer]),
            ("clientCredentialsFlowUser", "robot@example.com", .adminPolicy, [.admin]),
            ("isPkceRequired", "false", .developerSetting, [.developer, .org]),
            ("isEnabled", "true", .default, [.admin]),
            ("customAttributes", "country = Organization.Country", .developerSetting, [.developer, .admin]),
        ]
    )
    func origins(element: String, value: String, origin: Origin, owners: [AppOwner]) throws {
        let decision = try decision(element, in: Self.explain())
        #expect(decision.value == value && decision.origin == origin && decision.owners == owners)
    }

    @Test("app-model 0: the policies that come with a new app are nobody's decision")
    func generatedPolicies() throws {
        let explanation = try Self.explain {
            $0.oauthPolicies = nil
            $0.addDefaultPolicies()
        }
        let policies = explanation.decisions.filter { $0.owners == [.admin] }
        #expect(policies.count > 8 && policies.allSatisfy { $0.origin == .default })
    }

    @Test(
        "app-model 0: a switch of two owners is on if both have it on, and the half that is off decides",
        arguments: [
            (true, true, "true", AppOwner.developer, nil), (true, false, "false", .admin, AppOwner.admin),
            (false, true, "false", .developer, .developer), (false, false, "false", .developer, nil),
        ]
    )
    func twoSteps(developer: Bool, admin: Bool, value: String, first: AppOwner, mustAct: AppOwner?) throws {
        let explanation = try Self.explain {
            $0.globalOAuth?.record.isClientCredentialsFlowEnabled = developer
            $0.oauthPolicies?.record.isClientCredentialsFlowEnabled = admin
        }
        let decision = try decision("isClientCredentialsFlowEnabled", in: explanation)
        #expect(decision.value == value && decision.owners.first == first)
        #expect(decision.says.map(\.owner) == [.developer, .admin])
        #expect(decision.says.map(\.value) == ["\(developer)", "\(admin)"])
        #expect(explanation.notices.first { $0.element == "isClientCredentialsFlowEnabled" }?.owner == mustAct)
    }

    @Test("app-model 1.10: what the org requires of every app is the org's decision, and only the org can change it")
    func orgSetting() throws {
        let decision = try decision("isPkceRequired", in: Self.explain(isPKCERequiredByOrg: true))
        #expect(decision.value == "true" && decision.origin == .orgSetting && decision.owners == [.org])
        #expect(decision.says.map(\.value) == ["false", "true"])
    }

    @Test("app-model 5: an edition without JWT access tokens decides that they are opaque, and says so")
    func edition() throws {
        let explanation = try Self.explain(edition: .database)
        let decision = try decision("isNamedUserJwtEnabled", in: explanation)
        #expect(decision.value == "false" && decision.origin == .edition && decision.owners == [.operator])
        #expect(explanation.app.tokenFormat == .opaque)
        #expect(explanation.notices.contains { $0.owner == .operator && $0.text.contains("Database Edition") })
    }

    @Test("app-model 8.3: the developer's idle cap cuts what the admin allows, and the explanation has both")
    func idleCap() throws {
        let explanation = try Self.explain {
            $0.globalOAuth?.record.isEnforceRefreshTokenTTL = true
            $0.oauthPolicies?.record.refreshTokenPolicyType = .infinite
        }
        let decision = try decision("refreshTokenPolicyType", in: explanation)
        #expect(decision.value == "valid for 30 days after the last use" && decision.origin == .developerSetting)
        #expect(decision.says.map(\.value) == ["valid for 30 days after the last use", "valid until revoked"])
    }

    @Test("app-model 1.5: an admin's attribute replaces the developer's of the same key, which still shows")
    func attributes() throws {
        let explanation = try Self.explain {
            var attribute = CustomAttribute()
            (attribute.key, attribute.formula) = ("country", "User.Country")
            $0.oauthPolicies?.record.customAttributes = [attribute]
        }
        let decision = try decision("customAttributes", in: explanation)
        #expect(decision.value == "country = User.Country" && decision.origin == .adminPolicy)
        #expect(decision.says.map(\.value) == ["Organization.Country", "User.Country"])
    }

    @Test("app-model 2: the explanation of a connected app has the names of its own document")
    func connectedApp() throws {
        let document = ConnectedBundle.document(
            oauth: ["<isAdminApproved>true</isAdminApproved>"],
            ["<profileName>Clerk</profileName>"]
        )
        let app = try ConnectedBundle.read(document)
        let explanation = try Self.explain(app, isBlocked: true, isInstalled: false)
        let names = explanation.decisions.map(\.element)
        for name in ["isAdminApproved", "profileName", "refreshTokenPolicy", "scopes", "isClientCredentialEnabled"] {
            #expect(names.contains(name))
        }
        #expect(try decision("refreshTokenPolicy", in: explanation).value == "valid until revoked")
        #expect(try decision("isEnabled", in: explanation).origin == .adminPolicy)
        #expect(AppOwner.admin.action(on: "profileName", of: .connectedApp) == .assignConnectedApp)
        #expect(AppOwner.admin.action(on: "ipRelaxation", of: .connectedApp) == .developConnectedApp)
        #expect(explanation.notices.map(\.element) == ["isEnabled", "isInstalled"])
    }

    @Test(
        "app-model 12: what is half done or said in vain is named with who has to act",
        arguments: [
            (
                "clientCredentialsFlowUser", AppOwner.admin,
                { @Sendable app in app.oauthPolicies?.record.clientCredentialsFlowUser = nil }
            ),
            (
                "commaSeparatedOauthScopes", .developer,
                { app in app.oauth?.record.commaSeparatedOAuthScopes = "Full, RefreshToken" }
            ),
            (
                "commaSeparatedOauthScopes", .developer,
                { app in
                    app.globalOAuth?.record.certificate = Certificates.good
                    app.oauth?.record.commaSeparatedOAuthScopes = "Api"
                }
            ),
            (
                "permittedUsersPolicyType", .admin,
                { app in app.oauthPolicies?.record.permittedUsersPolicyType = .adminApprovedPreAuthorized }
            ),
            ("commaSeparatedProfile", .admin, { app in app.oauthPolicies?.record.commaSeparatedProfile = "Clerk" }),
            (
                "requiredSessionLevel", .admin,
                { app in app.oauthPolicies?.record.requiredSessionLevel = .highAssurance }
            ),
            ("policyAction", .admin, { app in app.oauthPolicies?.record.policyAction = .block }),
            ("namedUserJwtTimeout", .admin, { app in app.globalOAuth?.record.isNamedUserJWTEnabled = false }),
            (
                "namedUserJwtTimeout", .admin,
                { app in app.oauthPolicies?.record.namedUserJWTSessionTimeoutType = .userSession }
            ),
            ("sessionTimeoutInMinutes", .admin, { app in app.oauthPolicies?.record.sessionTimeoutInMinutes = 30 }),
            ("refreshTokenPolicyType", .admin, { app in app.oauthPolicies?.record.refreshTokenPolicyType = .zero }),
            (
                "refreshTokenValidityPeriod", .admin,
                { app in
                    app.oauthPolicies?.record.refreshTokenPolicyType = .infinite
                    app.oauthPolicies?.record.refreshTokenValidityPeriod = 3
                }
            ),
            ("isEnabled", .admin, { app in app.appPolicies?.record.isEnabled = false }),
            ("isOauthPluginEnabled", .admin, { app in app.appPolicies?.record.isOAuthPluginEnabled = false }),
            ("externalClientApplication", .developer, { app in app.globalOAuth = nil }),
        ] as [(String, AppOwner, @Sendable (inout AppComponents) -> Void)]
    )
    func notices(element: String, owner: AppOwner, bend: @Sendable (inout AppComponents) -> Void) throws {
        #expect(try Self.explain().notices.isEmpty)
        let notices = try Self.explain(bend).notices
        #expect(notices.contains { $0.element == element && $0.owner == owner })
    }

    @Test("app-model 1.5: a run-as user who is not API Only is named")
    func runAsUser() throws {
        let notices = try Self.explain(isRunAsUserAPIOnly: false).notices
        #expect(notices.map(\.element) == ["clientCredentialsFlowUser"])
    }
}
