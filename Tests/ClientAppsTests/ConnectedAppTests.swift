import ClientApps
import OAuthTypes
import Orgs
import Testing

/// A connected app as its document says it, and ways to bend it in one place.
enum ConnectedBundle {
    static let path = "connectedApps/Billing.connectedApp"

    static func document(oauth: [String] = [], _ lines: [String] = [], scopes: [String] = ["Api", "RefreshToken"])
        -> String
    {
        let config =
            ["<callbackUrl>https://billing.example/back</callbackUrl>"] + oauth
            + scopes.map { "<scopes>\($0)</scopes>" }
        return Bundle.document(
            "ConnectedApp",
            ["<contactEmail>billing@example.com</contactEmail>", "<label>Billing</label>"] + lines + ["<oauthConfig>"]
                + config + ["</oauthConfig>"]
        )
    }

    static func read(_ document: String) throws(MetadataErrors) -> AppComponents {
        guard let app = try Bundle.read([path: document]).first else { throw MetadataErrors(errors: []) }
        return app
    }

    static func merge(_ document: String, identity: AppIdentity? = nil) throws -> EffectiveApp {
        try EffectiveApp.merge(
            components: read(document),
            identity: identity ?? AppIdentity(id: AppID(stored: "0xI000000000001AAA"), consumers: []),
            org: Org(
                id: OrgID(stored: "00D000000000001AAA"),
                name: "Example",
                edition: .developer,
                issuer: "https://example.test",
                createdAt: Timestamp(seconds: 0)
            ),
            resolve: EffectiveAppTests.resolve
        )
    }

    static func refusals(_ document: String) -> [MetadataError] {
        do throws(MetadataErrors) {
            _ = try read(document)
            return []
        } catch {
            return error.errors
        }
    }
}

@Suite("Connected apps")
struct ConnectedAppTests {
    @Test("app-model 2: what a connected app leaves out has the defaults of its kind, which are not those of the other")
    func defaults() throws {
        let app = try ConnectedBundle.merge(ConnectedBundle.document())
        #expect(app.kind == .connectedApp && app.label == "Billing" && app.contactEmail == "billing@example.com")
        #expect(!app.isPKCERequired && app.refreshTokenPolicy == .infinite && app.ipRelaxation == .enforce)
        #expect(app.isSecretRequiredForRefreshToken && app.isSecretRequiredForWebServerFlow)
        #expect(app.tokenFormat == .opaque && app.permittedUsers == .selfAuthorized && app.isEnabled)
        #expect(app.isOAuthEnabled && app.isInstalled && !app.isClientCredentialsFlowEnabled)
        #expect(app.scopes.text == "api refresh_token offline_access")
        #expect(app.callbackURLs == ["https://billing.example/back"] && app.idTokenValidityMinutes == 2)
        #expect(app.requiredSessionLevel == .standard && app.opaqueSessionTimeoutMinutes == nil)
    }

    @Test("app-model 2: every value of the document that the protocol goes by is in the effective app")
    func values() throws {
        let document = ConnectedBundle.document(
            oauth: [
                "<certificate>\(Certificates.good)</certificate>",
                "<idTokenConfig><idTokenAudience>a, b</idTokenAudience><idTokenIncludeStandardClaims>true</idTokenIncludeStandardClaims><idTokenValidity>9</idTokenValidity></idTokenConfig>",
                "<isAdminApproved>true</isAdminApproved>",
                "<isClientCredentialEnabled>true</isClientCredentialEnabled>",
                "<isConsumerSecretOptional>true</isConsumerSecretOptional>",
                "<isIntrospectAllTokens>true</isIntrospectAllTokens>",
                "<isNamedUserJwtEnabled>true</isNamedUserJwtEnabled>", "<isPkceRequired>true</isPkceRequired>",
                "<isRefreshTokenRotationEnabled>true</isRefreshTokenRotationEnabled>",
                "<isSecretRequiredForRefreshToken>false</isSecretRequiredForRefreshToken>",
                "<oauthClientCredentialUser>robot@example.com</oauthClientCredentialUser>",
            ],
            [
                "<attributes><formula>$User.Email</formula><key>mail</key></attributes>",
                "<ipRanges><end>10.0.0.9</end><start>10.0.0.1</start></ipRanges>",
                "<oauthPolicy><ipRelaxation>ENFORCE_RELAXREFRESH</ipRelaxation><refreshTokenPolicy>specific_inactivity:2:MONTHS</refreshTokenPolicy></oauthPolicy>",
                "<profileName>Clerk</profileName>",
                "<sessionPolicy><policyAction>Block</policyAction><sessionLevel>HIGH_ASSURANCE</sessionLevel><sessionTimeout>30</sessionTimeout></sessionPolicy>",
            ]
        )
        let app = try ConnectedBundle.merge(document)
        #expect(app.isJWTBearerFlowEnabled && app.tokenFormat == .jwt && app.isIntrospectAllTokens)
        #expect(app.permittedUsers == .adminApproved(profiles: [EffectiveAppTests.profile], permissionSets: []))
        #expect(app.isClientCredentialsFlowEnabled && app.runAsUser == EffectiveAppTests.robot)
        #expect(app.isPKCERequired && app.isRefreshTokenRotationEnabled && !app.isSecretRequiredForRefreshToken)
        #expect(!app.isSecretRequiredForWebServerFlow && app.idTokenAudiences == ["a", "b"])
        #expect(app.idTokenValidityMinutes == 9 && app.isIDTokenWithStandardClaims)
        #expect(app.refreshTokenPolicy == .inactivity(.days(60)) && app.ipRelaxation == .enforceRelaxRefresh)
        #expect(app.requiredSessionLevel == .highAssurance && app.policyAction == .block)
        #expect(app.opaqueSessionTimeoutMinutes == 30 && app.trustedIPRanges.count == 1)
        #expect(app.customAttributes.map(\.key) == ["mail"])
        #expect(app.warnings.map(\.element) == ["sessionLevel"])
    }

    @Test(
        "app-model 2: the refresh token policy is infinite, zero, or a time with its unit",
        arguments: [
            ("infinite", RefreshTokenPolicy.infinite), ("zero", .zero),
            ("specific_lifetime:12:HOURS", .lifetime(.hours(12))),
            ("specific_lifetime:1:DAYS", .lifetime(.days(1))), ("specific_inactivity:30:DAYS", .inactivity(.days(30))),
        ]
    )
    func refreshPolicies(text: String, policy: RefreshTokenPolicy) throws {
        let document = ConnectedBundle.document([
            "<oauthPolicy><ipRelaxation>ENFORCE</ipRelaxation><refreshTokenPolicy>\(text)</refreshTokenPolicy></oauthPolicy>"
        ])
        #expect(try ConnectedBundle.merge(document).refreshTokenPolicy == policy)
    }

    @Test(
        "app-model 2: a rule of the document that is broken is an error that names the element and the remedy",
        arguments: [
            ("oauth", "<idTokenConfig><idTokenValidity>721</idTokenValidity></idTokenConfig>", "idTokenValidity"),
            ("oauth", "<idTokenConfig><idTokenValidity>0</idTokenValidity></idTokenConfig>", "idTokenValidity"),
            ("oauth", "<consumerKey>short</consumerKey>", "consumerKey"),
            ("oauth", "<consumerSecret>with space</consumerSecret>", "consumerSecret"),
            ("oauth", "<scopes>refresh_token</scopes>", "scopes"),
            ("oauth", "<singleLogoutUrl>http://a.example</singleLogoutUrl>", "singleLogoutUrl"),
            ("oauth", "<certificate>nonsense</certificate>", "certificate"),
            ("top", "<permissionSetName>Clerks</permissionSetName>", "permissionSetName"),
            ("top", "<profileName>Clerk</profileName>", "profileName"),
            ("top", "<logoUrl>http://a.example/logo.png</logoUrl>", "logoUrl"),
            ("top", "<ipRanges><end>10.0.0.1</end><start>10.0.0.9</start></ipRanges>", "ipRanges"),
            (
                "top",
                "<attributes><formula>a</formula><key>k</key></attributes><attributes><formula>b</formula><key>k</key></attributes>",
                "attributes"
            ),
            (
                "top",
                "<oauthPolicy><ipRelaxation>ENFORCE</ipRelaxation><refreshTokenPolicy>specific_lifetime:1</refreshTokenPolicy></oauthPolicy>",
                "refreshTokenPolicy"
            ),
            (
                "top",
                "<oauthPolicy><ipRelaxation>ENFORCE</ipRelaxation><refreshTokenPolicy>specific_lifetime:0:DAYS</refreshTokenPolicy></oauthPolicy>",
                "refreshTokenPolicy"
            ),
            (
                "top",
                "<oauthPolicy><ipRelaxation>Enforce</ipRelaxation><refreshTokenPolicy>zero</refreshTokenPolicy></oauthPolicy>",
                "ipRelaxation"
            ),
            ("top", "<sessionPolicy><sessionTimeout>0</sessionTimeout></sessionPolicy>", "sessionTimeout"),
            (
                "top",
                "<samlConfig><acsUrl>https://a.example</acsUrl><entityUrl>https://a.example</entityUrl><samlSubjectType>CustomAttr</samlSubjectType></samlConfig>",
                "samlSubjectCustomAttr"
            ),
        ]
    )
    func rules(place: String, element: String, named: String) throws {
        let document =
            place == "top" ? ConnectedBundle.document([element]) : ConnectedBundle.document(oauth: [element])
        let errors = ConnectedBundle.refusals(document)
        #expect(errors.map(\.element) == [named])
        #expect(errors.allSatisfy { $0.file == ConnectedBundle.path && !$0.remedy.isEmpty })
    }

    @Test("app-model 2: contact e-mail, label and callback URL are required")
    func required() {
        for part in [
            "<contactEmail>billing@example.com</contactEmail>", "<label>Billing</label>",
            "<callbackUrl>https://billing.example/back</callbackUrl>",
        ] {
            let document = ConnectedBundle.document().replacing(part, with: "")
            #expect(ConnectedBundle.refusals(document).map(\.code) == [.requiredFieldMissing])
        }
    }

    @Test("clients 4: SFAP, as the WSDL has it, is the scope SFApiPlatform")
    func alias() throws {
        let app = try ConnectedBundle.merge(ConnectedBundle.document(scopes: ["SFAP"]))
        #expect(app.scopes.text == "sfap_api")
    }

    @Test("app-model 2: a new document without policies keeps the admin's, an empty list name clears the list")
    func policiesStay() throws {
        let approved = "<isAdminApproved>true</isAdminApproved>"
        let policy =
            "<oauthPolicy><ipRelaxation>BYPASS</ipRelaxation><refreshTokenPolicy>zero</refreshTokenPolicy></oauthPolicy>"
        func app(_ lines: [String], _ oauth: [String] = [approved]) throws -> ConnectedApp {
            try #require(try ConnectedBundle.read(ConnectedBundle.document(oauth: oauth, lines)).connectedApp)
        }
        let before = try app([policy, "<profileName>Clerk</profileName>"])
        let kept = try app([]).keepingPolicies(of: before)
        #expect(kept.oauthPolicy == before.oauthPolicy && kept.profileName == ["Clerk"])
        #expect(try app(["<profileName></profileName>"]).keepingPolicies(of: before).profileName == [""])
        #expect(try app([], []).keepingPolicies(of: before).profileName.isEmpty)
    }

    @Test("app-model 6.3: a blocked app is off, whatever its document says")
    func blocked() throws {
        let identity = AppIdentity(id: AppID(stored: "0xI000000000001AAA"), consumers: [], isBlocked: true)
        #expect(try !ConnectedBundle.merge(ConnectedBundle.document(), identity: identity).isEnabled)
    }

    @Test("app-model 2: a name that does not resolve is an error that names the element of the connected app")
    func references() throws {
        let document = ConnectedBundle.document(oauth: [
            "<oauthClientCredentialUser>nobody@example.com</oauthClientCredentialUser>"
        ])
        let error = try #require(throws: MetadataError.self) { try ConnectedBundle.merge(document) }
        #expect(error.element == "oauthClientCredentialUser")
        #expect(error.problem == "Enter a valid execution user for the OAuth client credentials flow.")
    }
}
