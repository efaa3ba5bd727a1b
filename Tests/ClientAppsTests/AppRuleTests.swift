import ClientApps
import Testing

/// The rules that go beyond one field (facts: app-model 1.2 to 1.8), each broken in one place of a bundle that keeps them all.
@Suite("Rules of an app's documents")
struct AppRuleTests {
    static let samlPath = "extlClntAppSamlConfigurablePolicies/Orders_saml.ecaSamlPlcy"
    static let canvasPath = "extlClntAppCanvasSettings/Orders_canvas.ecaCanvas"
    static let pushPath = "extlClntAppPushSettings/Orders_push.ecaPush"
    static let notificationPath = "extlClntAppNotifSettings/Orders_n.ecaNotifications"
    static let securityPath = "extlClntAppOauthSecuritySettings/Orders_s.ecaOauthSecurity"
    static let pushPolicyPath = "extlClntAppPushPolicies/Orders_push.ecaPushPlcy"

    static let plugins = [
        samlPath: Bundle.document(
            "ExtlClntAppSamlConfigurablePolicies",
            [
                "<acsUrl>https://a.example/acs</acsUrl>", "<entityUrl>https://a.example</entityUrl>",
                "<externalClientApplication>Orders</externalClientApplication>",
            ]
        ),
        canvasPath: Bundle.document(
            "ExtlClntAppCanvasSettings",
            [
                "<accessMethod>Get</accessMethod>", "<canvasUrl>https://a.example/canvas</canvasUrl>",
                "<externalClientApplication>Orders</externalClientApplication>",
            ]
        ),
        pushPath: Bundle.document(
            "ExtlClntAppPushSettings",
            [
                "<applePushConfig>", "    <certificate>MIIB</certificate>", "    <environment>Sandbox</environment>",
                "    <password>p</password>", "</applePushConfig>",
                "<externalClientApplication>Orders</externalClientApplication>",
                "<pushServiceType>Apple</pushServiceType>",
            ]
        ),
        pushPolicyPath: Bundle.document(
            "ExtlClntAppPushConfigurablePolicies",
            [
                "<externalClientApplication>Orders</externalClientApplication>",
                "<isFullContent>false</isFullContent>",
            ]
        ),
        notificationPath: Bundle.document(
            "ExtlClntAppNotificationSettings",
            ["<externalClientApplication>Orders</externalClientApplication>"]
        ),
        securityPath: Bundle.document(
            "ExtlClntAppOauthSecuritySettings",
            ["<externalClientApplication>Orders</externalClientApplication>"]
        ),
        "extlClntAppMobileSettings/Orders_m.ecaMobile": Bundle.document(
            "ExtlClntAppMobileSettings",
            [
                "<externalClientApplication>Orders</externalClientApplication>",
                "<isScreenLockEnabled>true</isScreenLockEnabled>",
            ]
        ),
    ]

    static func errors(_ path: String, _ old: String, _ new: String) throws -> [MetadataError] {
        var files = Bundle.files.merging(plugins) { $1 }
        let text = try #require(files[path])
        #expect(text.contains(old))
        files[path] = text.replacing(old, with: new)
        do throws(MetadataErrors) {
            _ = try Bundle.read(files)
            return []
        } catch {
            return error.errors
        }
    }

    static let parent = "<externalClientApplication>Orders</externalClientApplication>"
    static let apple =
        "<certificate>MIIB</certificate>\n        <environment>Sandbox</environment>\n        <password>p</password>"
    static let android =
        "<androidPushConfig><fcmProject>p</fcmProject><serviceAccount>ZGF0YQ==</serviceAccount></androidPushConfig>"

    static func attributes(_ count: Int, sameKey: Bool = false) -> String {
        (0..<count).map {
            "<customAttributes><formula>User.Country</formula><key>k\(sameKey ? 0 : $0)</key></customAttributes>"
        }.joined()
    }

    static func ranges(_ count: Int, _ element: String = "trustedIpRanges") -> String {
        (0..<count).map { number in
            let address = "10.1.\(number / 256).\(number % 256)"
            return range(address, address, element)
        }.joined()
    }

    static func range(_ start: String, _ end: String, _ element: String = "tokenIpRanges") -> String {
        "<\(element)><endIpAddress>\(end)</endIpAddress><startIpAddress>\(start)</startIpAddress></\(element)>"
    }

    @Test("app-model 1: a bundle with every plugin is taken")
    func all() throws {
        let app = try #require(try Bundle.read(Bundle.files.merging(Self.plugins) { $1 }).first)
        #expect(app.plugins.count == 7)
    }

    @Test(
        "app-model 1: a rule that is broken is an error that names the element, the code and the remedy",
        arguments: [
            // 1.2 header
            (Bundle.headerPath, ">Local<", ">Managed<", "distributionState", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
            (
                Bundle.headerPath, ">Local<", ">AutoInstalled<", "distributionState",
                "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
            ),
            (Bundle.headerPath, "orders@example.com", "orders", "contactEmail", "INVALID_EMAIL_ADDRESS"),
            (
                Bundle.headerPath, "<label>", "<logoUrl>http://a.example/l.png</logoUrl><label>", "logoUrl",
                "INVALID_URL"
            ),
            (Bundle.headerPath, "<label>", "<infoUrl>javascript:x</infoUrl><label>", "infoUrl", "INVALID_URL"),
            (
                Bundle.headerPath, "<label>", "<orgScopedExternalApp>Orders</orgScopedExternalApp><label>",
                "orgScopedExternalApp", "INVALID_FIELD"
            ),
            (
                Bundle.headerPath, "<label>",
                "<orgScopedExternalApp>00D000000000001AAA:Other</orgScopedExternalApp><label>", "orgScopedExternalApp",
                "INVALID_FIELD"
            ),
            // 1.3 global OAuth settings
            (
                Bundle.globalPath, "<label>",
                "<idTokenConfig><idTokenValidityInMinutes>721</idTokenValidityInMinutes></idTokenConfig><label>",
                "idTokenValidityInMinutes", "NUMBER_OUTSIDE_VALID_RANGE"
            ),
            (
                Bundle.globalPath, "<label>", "<certificate>nonsense</certificate><label>", "certificate",
                "INVALID_CERTIFICATE"
            ),
            (
                Bundle.globalPath, "https://orders.example.com/back",
                "https://orders.example.com/" + String(repeating: "a", count: 1_990), "callbackUrl", "STRING_TOO_LONG"
            ),
            (
                Bundle.globalPath, "<isPkceRequired>", "<consumerSecret>short</consumerSecret><isPkceRequired>",
                "consumerSecret", "INVALID_CONSUMER_SECRET"
            ),
            // 1.4 OAuth settings
            (Bundle.oauthPath, "<label>", attributes(129) + "<label>", "customAttributes", "LIMIT_EXCEEDED"),
            (
                Bundle.oauthPath, "<label>", attributes(2, sameKey: true) + "<label>", "customAttributes",
                "DUPLICATE_VALUE"
            ),
            (
                Bundle.oauthPath, "<label>",
                "<customAttributes><formula>'\(String(repeating: "a", count: 8_191))'</formula><key>k</key></customAttributes><label>",
                "customAttributes", "LIMIT_EXCEEDED"
            ),
            (
                Bundle.oauthPath, "<label>",
                "<customAttributes><formula>User.Id</formula><key>\(String(repeating: "k", count: 81))</key></customAttributes><label>",
                "customAttributes", "INVALID_FIELD"
            ),
            (
                Bundle.oauthPath, "<label>",
                "<customAttributes><formula>User.Id</formula><key>a\u{202E}b</key></customAttributes><label>",
                "customAttributes", "INVALID_FIELD"
            ),
            (Bundle.oauthPath, "<label>", ranges(128) + "<label>", "trustedIpRanges", "LIMIT_EXCEEDED"),
            (
                Bundle.oauthPath, "<label>", "<singleLogoutUrl>http://a.example</singleLogoutUrl><label>",
                "singleLogoutUrl", "INVALID_URL"
            ),
            (
                Bundle.oauthPath, "<label>", "<oauthLink>888000000000001AAA</oauthLink><label>", "oauthLink",
                "INVALID_FIELD"
            ),
            (
                Bundle.oauthPath, "<label>", "<assetTokenValidity>60</assetTokenValidity><label>",
                "assetTokenAudiences", "REQUIRED_FIELD_MISSING"
            ),
            (
                Bundle.oauthPath, "<label>",
                "<assetTokenAudiences>a</assetTokenAudiences><assetTokenSigningCertificate>c</assetTokenSigningCertificate><label>",
                "assetTokenValidity", "REQUIRED_FIELD_MISSING"
            ),
            (
                Bundle.oauthPath, "<label>",
                "<assetTokenAudiences>a</assetTokenAudiences><assetTokenSigningCertificate>c</assetTokenSigningCertificate><assetTokenValidity>0</assetTokenValidity><label>",
                "assetTokenValidity", "NUMBER_OUTSIDE_VALID_RANGE"
            ),
            (
                Bundle.oauthPath, "<label>",
                "<clientAssertionCertificate>\(String(repeating: "c", count: 4_097))</clientAssertionCertificate><label>",
                "clientAssertionCertificate", "STRING_TOO_LONG"
            ),
            // 1.5 OAuth policies
            (
                Bundle.oauthPolicyPath, "<namedUserJwtTimeout>",
                "<guestJwtTimeout>2</guestJwtTimeout><namedUserJwtTimeout>", "guestJwtTimeout",
                "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
            ),
            (
                Bundle.oauthPolicyPath, "<namedUserJwtTimeout>",
                "<refreshTokenPolicyType>SpecificLifetime</refreshTokenPolicyType><namedUserJwtTimeout>",
                "refreshTokenValidityPeriod", "REQUIRED_FIELD_MISSING"
            ),
            (
                Bundle.oauthPolicyPath, "<namedUserJwtTimeout>",
                "<refreshTokenPolicyType>SpecificInactivity</refreshTokenPolicyType><refreshTokenValidityPeriod>0</refreshTokenValidityPeriod><namedUserJwtTimeout>",
                "refreshTokenValidityPeriod", "REQUIRED_FIELD_MISSING"
            ),
            (
                Bundle.oauthPolicyPath, "<namedUserJwtTimeout>",
                "<sessionTimeoutInMinutes>0</sessionTimeoutInMinutes><namedUserJwtTimeout>", "sessionTimeoutInMinutes",
                "NUMBER_OUTSIDE_VALID_RANGE"
            ),
            (
                Bundle.oauthPolicyPath, "<namedUserJwtTimeout>",
                "<singleLogoutUrl>ftp://a.example</singleLogoutUrl><namedUserJwtTimeout>", "singleLogoutUrl",
                "INVALID_URL"
            ),
            (
                Bundle.oauthPolicyPath, "<namedUserJwtTimeout>",
                "<startUrl>javascript:alert(1)</startUrl><namedUserJwtTimeout>", "startUrl", "INVALID_URL"
            ),
            (
                Bundle.oauthPolicyPath, "<namedUserJwtTimeout>", attributes(129) + "<namedUserJwtTimeout>",
                "customAttributes", "LIMIT_EXCEEDED"
            ),
            (
                Bundle.oauthPolicyPath, "<namedUserJwtTimeout>", attributes(2, sameKey: true) + "<namedUserJwtTimeout>",
                "customAttributes", "DUPLICATE_VALUE"
            ),
            // 1.6 app policies
            (Bundle.policyPath, "<isEnabled>true</isEnabled>", "", "isEnabled", "REQUIRED_FIELD_MISSING"),
            (
                Bundle.policyPath, "</isEnabled>", "</isEnabled><startPage>Custom</startPage>", "startUrl",
                "REQUIRED_FIELD_MISSING"
            ),
            (Bundle.policyPath, "</isEnabled>", "</isEnabled><startUrl>data:x</startUrl>", "startUrl", "INVALID_URL"),
            // 1.9 security settings and 8.4
            (securityPath, parent, parent + ranges(129, "tokenIpRanges"), "tokenIpRanges", "LIMIT_EXCEEDED"),
            (
                securityPath, parent, parent + range("192.0.2.0", "192.0.2.255") + range("::1", "::1"),
                "tokenIpRanges", "LIMIT_EXCEEDED"
            ),
            (securityPath, parent, parent + range("2001:db8::", "2001:db9::"), "tokenIpRanges", "LIMIT_EXCEEDED"),
            (securityPath, parent, parent + range("192.0.2.2", "192.0.2.1"), "tokenIpRanges", "INVALID_IP_RANGE"),
            // 1.7 SAML policies
            (Bundle.headerPath, ">Local<", ">Packaged<", "externalClientApplication", "INVALID_FIELD"),
            (
                Bundle.policyPath, "</isEnabled>", "</isEnabled><isSamlPluginEnabled>false</isSamlPluginEnabled>",
                "externalClientApplication", "INVALID_CROSS_REFERENCE_KEY"
            ),
            (
                samlPath, parent, parent + "<subjectType>CustomAttribute</subjectType>", "subjectCustomAttribute",
                "REQUIRED_FIELD_MISSING"
            ),
            (
                samlPath, parent, parent + "<encryptionType>AES_256</encryptionType>", "encryptionCertificate",
                "REQUIRED_FIELD_MISSING"
            ),
            (
                samlPath, parent, parent + "<encryptionCertificate>c</encryptionCertificate>", "encryptionType",
                "REQUIRED_FIELD_MISSING"
            ),
            (
                samlPath, parent, parent + "<singleLogoutBindingType>PostBinding</singleLogoutBindingType>",
                "singleLogoutUrl", "REQUIRED_FIELD_MISSING"
            ),
            (samlPath, "https://a.example/acs", "http://a.example/acs", "acsUrl", "INVALID_URL"),
            (samlPath, parent, attributes(2, sameKey: true) + parent, "customAttributes", "DUPLICATE_VALUE"),
            // 1.8 canvas, push, notification
            (canvasPath, "https://a.example/canvas", "javascript:alert(1)", "canvasUrl", "INVALID_URL"),
            (
                canvasPath, parent,
                "<canvasLocationOptions>Aura</canvasLocationOptions><canvasLocationOptions>Aura</canvasLocationOptions>"
                    + parent, "canvasLocationOptions", "DUPLICATE_VALUE"
            ),
            (
                canvasPath, parent,
                "<canvasLocationOptions>Aura</canvasLocationOptions><canvasLocationOptions>None</canvasLocationOptions>"
                    + parent, "canvasLocationOptions", "INVALID_FIELD"
            ),
            (
                canvasPath, parent,
                "<canvasOptions>HideShare</canvasOptions><canvasOptions>HideShare</canvasOptions>" + parent,
                "canvasOptions", "DUPLICATE_VALUE"
            ),
            (pushPath, parent, android + parent, "androidPushConfig", "INVALID_FIELD"),
            (
                pushPath, parent, parent + "<pushConfigLink>00D000000000001AAA:1Dh000000000001AAA</pushConfigLink>",
                "applePushConfig", "INVALID_FIELD"
            ),
            (pushPath, ">Apple<", ">Android<", "applePushConfig", "INVALID_FIELD"),
            (pushPath, "<certificate>MIIB</certificate>", "", "certificate", "REQUIRED_FIELD_MISSING"),
            (
                pushPath, "<certificate>MIIB</certificate>",
                "<certificate>MIIB</certificate><signingKey>k</signingKey>", "applePushConfig", "INVALID_FIELD"
            ),
            (pushPath, apple, "<environment>Sandbox</environment>", "applePushConfig", "REQUIRED_FIELD_MISSING"),
            (
                pushPath, apple,
                "<environment>Sandbox</environment><keyIdentifier>k</keyIdentifier><signingKey>s</signingKey>",
                "teamIdentifier", "REQUIRED_FIELD_MISSING"
            ),
            (
                Bundle.policyPath, "</isEnabled>", "</isEnabled><isOauthPluginEnabled>false</isOauthPluginEnabled>",
                "externalClientApplication", "INVALID_CROSS_REFERENCE_KEY"
            ),
            (
                notificationPath, parent,
                parent
                    + String(
                        repeating:
                            "<notificationTypes><notificationType>n</notificationType><pushByDefault>true</pushByDefault></notificationTypes>",
                        count: 2
                    ), "notificationTypes", "DUPLICATE_VALUE"
            ),
        ]
    )
    func rules(path: String, old: String, new: String, element: String, code: String) throws {
        let errors = try Self.errors(path, old, new)
        #expect(errors.contains { $0.element == element && $0.code.rawValue == code }, "\(errors)")
        #expect(errors.allSatisfy { !$0.remedy.isEmpty && !$0.file.isEmpty })
    }

    @Test("app-model 1.5: the guest flow needs JWT access tokens")
    func guests() throws {
        var files = Bundle.files
        files[Bundle.oauthPolicyPath]?.replace(
            "<isClientCredentialsFlowEnabled>",
            with: "<isGuestCodeCredFlowEnabled>true</isGuestCodeCredFlowEnabled><isClientCredentialsFlowEnabled>"
        )
        #expect(try Bundle.read(files).count == 1)
        files[Bundle.globalPath]?.replace("<isNamedUserJwtEnabled>true", with: "<isNamedUserJwtEnabled>false")
        let errors = try #require(throws: MetadataErrors.self) { try Bundle.read(files) }.errors
        #expect(errors.map(\.element) == ["isGuestCodeCredFlowEnabled"])
    }

    @Test(
        "app-model 1.8: push and notification need the OAuth plugin",
        arguments: [pushPath, pushPolicyPath, notificationPath]
    )
    func needsOAuth(path: String) throws {
        var files = Bundle.files
        for gone in [Bundle.globalPath, Bundle.oauthPath, Bundle.oauthPolicyPath] { files[gone] = nil }
        #expect(try Bundle.read(files).count == 1)
        files[path] = Self.plugins[path]
        let errors = try #require(throws: MetadataErrors.self) { try Bundle.read(files) }.errors
        #expect(errors.map(\.code) == [.invalidCrossReferenceKey] && errors.first?.file == path)
    }

    @Test(
        "app-model 1.8: exactly one push configuration, of the service that is named",
        arguments: [
            ("Android", android, nil), ("Android", "", "pushServiceType"), ("Apple", android, "androidPushConfig"),
            ("Android", "<pushConfigLink>00D000000000001AAA:1Dh000000000001AAA</pushConfigLink>", nil),
            ("Android", "<pushConfigLink>00D000000000001AAA:888000000000001AAA</pushConfigLink>", "pushConfigLink"),
            ("Android", android.replacing("ZGF0YQ==", with: "not base64!"), "serviceAccount"),
            ("Android", android.replacing("ZGF0YQ==", with: String(repeating: "A", count: 8_001)), "serviceAccount"),
        ]
    )
    func push(service: String, config: String, element: String?) throws {
        let text = Bundle.document(
            "ExtlClntAppPushSettings",
            [config, Self.parent, "<pushServiceType>\(service)</pushServiceType>"]
        )
        var errors: [MetadataError] = []
        do throws(MetadataErrors) {
            _ = try Bundle.read(Bundle.files.merging([Self.pushPath: text]) { $1 })
        } catch { errors = error.errors }
        #expect(errors.map(\.element) == (element.map { [$0] } ?? []))
    }

    @Test(
        "app-model 2: the plugins of a connected app keep the same rules",
        arguments: [
            ("<encryptionType>AES_128</encryptionType>", "", "encryptionCertificate"),
            ("<samlSloUrl>http://a.example</samlSloUrl>", "", "samlSloUrl"),
            ("", "<canvasUrl>data:x</canvasUrl>", "canvasUrl"),
            (
                "", "<canvasUrl>https://a.example</canvasUrl><locations>Aura</locations><locations>Aura</locations>",
                "locations"
            ),
        ]
    )
    func connectedApp(saml: String, canvas: String, element: String) {
        let samlConfig =
            "<samlConfig><acsUrl>https://a.example</acsUrl><entityUrl>e</entityUrl>\(saml)<samlSubjectType>Username</samlSubjectType></samlConfig>"
        let canvasConfig = "<canvasConfig><accessMethod>Get</accessMethod>\(canvas)</canvasConfig>"
        let document = ConnectedBundle.document([saml.isEmpty ? canvasConfig : samlConfig])
        #expect(ConnectedBundle.refusals(document).map(\.element) == [element])
    }
}

/// The rules of documents that belong to the org (facts: app-model 1.10).
@Suite("Rules of an org's documents")
struct OrgRuleTests {
    static func problems(_ path: String, _ type: String, _ lines: [String]) throws -> [MetadataError] {
        let text = Bundle.document(type, lines)
        return OrgRules.problems(
            of: try MetadataDocument.parse(file: SourceFile(path: path, bytes: Array(text.utf8)))
        )
    }

    @Test(
        "app-model 1.10: a custom scope has a name of its own, a plain label and a description of at most 60 characters",
        arguments: [
            ("orders", "orders", "Orders", "See orders", nil),
            ("orders", "other", "Orders", "See orders", "developerName"),
            ("orders__x", "orders__x", "Orders", "See orders", "fullName"),
            ("orders", "orders", "1Orders", "See orders", "masterLabel"),
            ("orders", "orders", "My orders", "See orders", "masterLabel"),
            ("orders", "orders", "Orders", "See <b>orders</b>", "description"),
            ("orders", "orders", "Orders", String(repeating: "a", count: 61), "description"),
            ("api", "api", "Orders", "See orders", "developerName"),
        ] as [(String, String, String, String, String?)]
    )
    func customScope(file: String, name: String, label: String, description: String, element: String?) throws {
        let problems = try Self.problems(
            "oauthcustomscopes/\(file).oauthcustomscope",
            "OauthCustomScope",
            [
                "<description>\(description.replacing("<", with: "&lt;"))</description>",
                "<developerName>\(name)</developerName>", "<isProtected>false</isProtected>",
                "<masterLabel>\(label)</masterLabel>",
            ]
        )
        #expect(problems.map(\.element) == (element.map { [$0] } ?? []))
        #expect(problems.allSatisfy { !$0.remedy.isEmpty })
    }

    @Test(
        "app-model 1.10: a token exchange handler takes some kind of token and serves each app once",
        arguments: [
            ("true", "<externalClientApp>Orders</externalClientApp>", "<connectedApp>Billing</connectedApp>", nil),
            (
                "false", "<externalClientApp>Orders</externalClientApp>", "<connectedApp>Billing</connectedApp>",
                "isAccessTokenSupported"
            ),
            (
                "true", "<externalClientApp>Orders</externalClientApp>",
                "<externalClientApp>orders</externalClientApp>", "enablements"
            ),
            ("true", "", "<connectedApp>Billing</connectedApp>", "enablements"),
            (
                "true", "<connectedApp>A</connectedApp><externalClientApp>B</externalClientApp>",
                "<connectedApp>C</connectedApp>", "enablements"
            ),
        ] as [(String, String, String, String?)]
    )
    func handler(isJWTSupported: String, first: String, second: String, element: String?) throws {
        let enablements = [first, second].map {
            "<enablements><apexExecutionUser>u</apexExecutionUser>\($0)<isDefault>false</isDefault></enablements>"
        }
        let problems = try Self.problems(
            "oauthtokenexchangehandlers/H.oauthtokenexchangehandler",
            "OauthTokenExchangeHandler",
            ["<description>d</description>", "<developerName>H</developerName>"] + enablements + [
                "<isAccessTokenSupported>false</isAccessTokenSupported>", "<isEnabled>true</isEnabled>",
                "<isIdTokenSupported>false</isIdTokenSupported>", "<isJwtSupported>\(isJWTSupported)</isJwtSupported>",
                "<isRefreshTokenSupported>false</isRefreshTokenSupported>",
                "<isSaml2Supported>false</isSaml2Supported>", "<isUserCreationAllowed>false</isUserCreationAllowed>",
                "<masterLabel>H</masterLabel>", "<tokenHandlerApex>H</tokenHandlerApex>",
            ]
        )
        #expect(problems.map(\.element) == (element.map { [$0] } ?? []))
    }

    @Test(
        "app-model 1.10: no switch of external client apps is on while they are off",
        arguments: [
            "enableClientSecretInRestApiAccess", "enableConsumerSecretApiAccess", "enablePackageEcaOauthFromDevOrg",
        ]
    )
    func settings(element: String) throws {
        func problems(_ isOptedIn: Bool) throws -> [MetadataError] {
            let lines = [
                "<\(element)>true</\(element)>", "<enableExternalClientApps>\(isOptedIn)</enableExternalClientApps>",
            ]
            return try Self.problems("settings/ExternalClientApp.settings", "ExternalClientAppSettings", lines)
        }
        #expect(try problems(true).isEmpty)
        #expect(try problems(false).map(\.element) == [element])
    }

    @Test("app-model 4.1: a permission stands once in a profile or permission set, and login ranges are ranges")
    func access() throws {
        let permission = "<userPermissions><enabled>true</enabled><name>ApiEnabled</name></userPermissions>"
        for (path, type, label) in [
            ("profiles/Clerk.profile", "Profile", ""),
            ("permissionsets/Clerks.permissionset", "PermissionSet", "<label>C</label>"),
        ] {
            #expect(try Self.problems(path, type, [label, permission]).isEmpty)
            #expect(
                try Self.problems(path, type, [label, permission, permission]).map(\.element) == ["userPermissions"]
            )
        }
        let range =
            "<loginIpRanges><endAddress>10.0.0.1</endAddress><startAddress>10.0.0.9</startAddress></loginIpRanges>"
        #expect(try Self.problems("profiles/Clerk.profile", "Profile", [range]).map(\.element) == ["loginIpRanges"])
    }
}
