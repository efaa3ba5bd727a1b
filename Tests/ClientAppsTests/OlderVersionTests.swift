import ClientApps
import Testing

/// What an update in an older version of the API leaves of a document. Elements, values and versions are those of the facts.
@Suite("Documents in older versions")
struct OlderVersionTests {
    struct Later: Sendable {
        let type: MetadataType
        let element: String
        let value: String
        let since: Int

        init(_ type: MetadataType, _ element: String, _ value: String, _ since: Int) {
            (self.type, self.element, self.value, self.since) = (type, element, value, since)
        }
    }

    private static let required: [MetadataType: [String]] = [
        .globalOAuthSettings: ["<externalClientApplication>Orders</externalClientApplication>"],
        .oauthSettings: ["<externalClientApplication>Orders</externalClientApplication>"],
        .oauthPolicies: ["<externalClientApplication>Orders</externalClientApplication>"],
        .appPolicies: [
            "<externalClientApplication>Orders</externalClientApplication>", "<isEnabled>true</isEnabled>",
        ],
        .connectedApp: ["<contactEmail>a@b.example</contactEmail>", "<label>Orders</label>"],
        .externalClientAppSettings: [],
    ]

    private static func document(_ later: Later, isSaid: Bool) -> [UInt8] {
        var lines = required[later.type] ?? []
        let said = isSaid ? ["<\(later.element)>\(later.value)</\(later.element)>"] : []
        if later.type == .connectedApp {
            lines += ["<oauthConfig><callbackUrl>https://a.example/cb</callbackUrl>\(said.joined())</oauthConfig>"]
        } else {
            lines += said
        }
        return Array(Bundle.document(later.type.rawValue, lines).utf8)
    }

    @Test(
        "app-model 1.3 to 1.6, 1.10, 2 and 12: an update in an older version keeps what that version does not know, and no more",
        arguments: [
            Later(.globalOAuthSettings, "certificate", "c", 60),
            Later(.globalOAuthSettings, "isClientCredentialsFlowEnabled", "true", 60),
            Later(.globalOAuthSettings, "isCodeCredFlowEnabled", "true", 61),
            Later(.globalOAuthSettings, "isCodeCredPostOnly", "true", 61),
            Later(.globalOAuthSettings, "isDeviceFlowEnabled", "true", 60),
            Later(.globalOAuthSettings, "isNamedUserJwtEnabled", "true", 61),
            Later(.globalOAuthSettings, "isRefreshTokenRotationEnabled", "true", 60),
            Later(.globalOAuthSettings, "isTokenExchangeEnabled", "true", 60),
            Later(.oauthSettings, "areAttributesIncludedInAssetToken", "true", 61),
            Later(.oauthSettings, "areCustomPermsIncludedInAssetToken", "true", 61),
            Later(.oauthSettings, "assetTokenAudiences", "a", 61),
            Later(.oauthSettings, "assetTokenSigningCertificate", "a", 61),
            Later(.oauthSettings, "assetTokenValidity", "60", 61),
            Later(.oauthPolicies, "commaSeparatedCustomScopes", "orders", 61),
            Later(.oauthPolicies, "isClientCredentialsFlowEnabled", "true", 60),
            Later(.oauthPolicies, "clientCredentialsFlowUser", "robot@example.com", 60),
            Later(.oauthPolicies, "isTokenExchangeFlowEnabled", "true", 60),
            Later(.oauthPolicies, "isGuestCodeCredFlowEnabled", "true", 61),
            Later(.oauthPolicies, "namedUserJwtSessionTimeoutType", "Custom", 65),
            Later(.oauthPolicies, "namedUserJwtTimeout", "15", 61),
            Later(.oauthPolicies, "guestJwtSessionTimeoutType", "Custom", 65),
            Later(.oauthPolicies, "guestJwtTimeout", "15", 61),
            Later(.oauthPolicies, "apexHandler", "Handler", 61),
            Later(.oauthPolicies, "executeHandlerAs", "robot@example.com", 61),
            Later(.appPolicies, "isSamlPluginEnabled", "false", 63),
            Later(.appPolicies, "isMobilePluginEnabled", "false", 63),
            Later(.appPolicies, "isPushPluginEnabled", "false", 63),
            Later(.appPolicies, "isNotificationPluginEnabled", "false", 63),
            Later(.appPolicies, "isCanvasPluginEnabled", "false", 66),
            Later(.appPolicies, "startPage", "OAuth", 63),
            Later(.appPolicies, "startUrl", "https://a.example", 63),
            Later(.connectedApp, "isRefreshTokenRotationEnabled", "true", 60),
            Later(.connectedApp, "isTokenExchangeEnabled", "true", 60),
            Later(.connectedApp, "isSecretRequiredForTokenExchange", "true", 60),
            Later(.externalClientAppSettings, "enableClientSecretInRestApiAccess", "true", 62),
            Later(.externalClientAppSettings, "enablePackageEcaOauthFromDevOrg", "true", 62),
        ]
    )
    func keeps(later: Later) throws {
        func read(isSaid: Bool, _ version: Int) throws -> MetadataComponent {
            try MetadataDocument.parse(
                later.type,
                fullName: "Orders",
                bytes: Self.document(later, isSaid: isSaid),
                version: version
            )
        }
        let stored = try read(isSaid: true, 68)
        for (version, isKept) in [(later.since - 1, true), (later.since, false)] {
            var given = try read(isSaid: false, version)
            given.content = try given.content.keeping(laterThan: version, of: stored.content)
            let text = String(decoding: MetadataDocument.xml(given), as: UTF8.self)
            #expect(text.contains("<\(later.element)>\(later.value)</\(later.element)>") == isKept, "\(version)")
            if isKept { #expect(given == stored) }
        }
    }

    @Test("app-model 12: what is said in an older version stands, though the stored document says otherwise")
    func saysOtherwise() throws {
        func read(_ lines: [String], _ version: Int) throws -> MetadataContent {
            let all = ["<externalClientApplication>Orders</externalClientApplication>"] + lines
            let text = Bundle.document("ExtlClntAppGlobalOauthSettings", all)
            return try MetadataDocument.parse(
                .globalOAuthSettings,
                fullName: "Orders",
                bytes: Array(text.utf8),
                version: version
            ).content
        }
        let stored = try read(["<isPkceRequired>true</isPkceRequired>", "<label>Old</label>"], 68)
        let given = try read(["<isPkceRequired>false</isPkceRequired>"], 59)
        #expect(try given.keeping(laterThan: 59, of: stored) == given)
    }

    @Test(
        "app-model 1.5: isNamedUserJwtEnabled of the policies is told in 61 to 63, taken in later versions, and kept where they leave it out"
    )
    func givenUp() throws {
        let field = Later(.oauthPolicies, "isNamedUserJwtEnabled", "true", 61)
        func read(isSaid: Bool, _ version: Int) throws -> MetadataComponent {
            let bytes = Self.document(field, isSaid: isSaid)
            return try MetadataDocument.parse(field.type, fullName: "Orders", bytes: bytes, version: version)
        }
        let stored = try read(isSaid: true, 68)
        for (version, isTold) in [(60, false), (61, true), (63, true), (64, false), (68, false)] {
            let text = String(decoding: MetadataDocument.xml(stored, version: version), as: UTF8.self)
            #expect(text.contains(field.element) == isTold, "\(version)")
        }
        for (version, isKept) in [(60, true), (62, false), (64, true), (68, true)] {
            let given = try read(isSaid: false, version).content
            let kept = try given.keeping(laterThan: version, of: stored.content) == stored.content
            #expect(kept == isKept, "\(version)")
        }
    }
}
