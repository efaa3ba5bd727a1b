import Testing

@testable import ClientApps

/// The fields of each type as the documentation lists them (facts: app-model 1.2 to 1.10 and 2), and what each refuses.
@Suite("Metadata fields")
struct MetadataFieldTests {
    /// A type with its documented fields and those of them that are required, in the words of the documentation.
    struct Documented: Sendable {
        let record: any MetadataRecord.Type
        let fields: [String]
        let required: [String]

        init(_ record: any MetadataRecord.Type, _ fields: String, required: String = "") {
            self.record = record
            self.fields = fields.split(separator: " ").map(String.init)
            self.required = required.split(separator: " ").map(String.init)
        }
    }

    static let documented: [Documented] = [
        Documented(
            ExternalClientApplication.self,
            "contactEmail contactPhone description distributionState iconUrl infoUrl isProtected label logoUrl managedType orgScopedExternalApp"
        ),
        Documented(
            GlobalOAuthSettings.self,
            "callbackUrl certificate consumerKey consumerSecret externalClientApplication idTokenConfig isClientCredentialsFlowEnabled isCodeCredFlowEnabled isCodeCredPostOnly isConsumerSecretOptional isDeviceFlowEnabled isIntrospectAllTokens isNamedUserJwtEnabled isPkceRequired isRefreshTokenRotationEnabled isSecretRequiredForRefreshToken isSecretRequiredForTokenExchange isTokenExchangeEnabled label shouldRotateConsumerKey shouldRotateConsumerSecret isDPopEnabled isEnforceRefreshTokenTTL",
            required: "externalClientApplication"
        ),
        Documented(
            IDTokenConfig.self,
            "idTokenAudience idTokenIncludeAttributes idTokenIncludeStandardClaims idTokenValidityInMinutes"
        ),
        Documented(
            OAuthSettings.self,
            "externalClientApplication label commaSeparatedOauthScopes customAttributes oauthLink singleLogoutUrl trustedIpRanges isFirstPartyAppEnabled clientAssertionCertificate areAttributesIncludedInAssetToken areCustomPermsIncludedInAssetToken assetTokenAudiences assetTokenSigningCertificate assetTokenValidity",
            required: "externalClientApplication"
        ),
        Documented(CustomAttribute.self, "formula key", required: "formula key"),
        Documented(
            TrustedIPRange.self,
            "startIpAddress endIpAddress description",
            required: "startIpAddress endIpAddress"
        ),
        Documented(
            OAuthPolicies.self,
            "externalClientApplication label permittedUsersPolicyType commaSeparatedPermissionSet commaSeparatedProfile ipRelaxationPolicyType refreshTokenPolicyType refreshTokenValidityPeriod refreshTokenValidityUnit requiredSessionLevel policyAction sessionTimeoutInMinutes singleLogoutUrl startUrl customAttributes commaSeparatedCustomScopes isClientCredentialsFlowEnabled clientCredentialsFlowUser isTokenExchangeFlowEnabled isGuestCodeCredFlowEnabled isNamedUserJwtEnabled namedUserJwtSessionTimeoutType namedUserJwtTimeout guestJwtSessionTimeoutType guestJwtTimeout apexHandler executeHandlerAs",
            required: "externalClientApplication"
        ),
        Documented(
            AppPolicies.self,
            "externalClientApplication isEnabled isOauthPluginEnabled isSamlPluginEnabled isMobilePluginEnabled isPushPluginEnabled isNotificationPluginEnabled isCanvasPluginEnabled label startPage startUrl",
            required: "externalClientApplication"
        ),
        Documented(
            SAMLPolicies.self,
            "acsUrl entityUrl externalClientApplication issuer certificate encryptionCertificate encryptionType signingAlgorithmType nameIdFormat subjectType subjectCustomAttribute singleLogoutUrl singleLogoutBindingType customAttributes commaSeparatedPermissionSet commaSeparatedProfile label startUrl",
            required: "acsUrl entityUrl externalClientApplication"
        ),
        Documented(
            CanvasSettings.self,
            "accessMethod canvasUrl canvasLocationOptions canvasOptions externalClientApplication label lifeCycleHandler samlInitiationMethod",
            required: "accessMethod canvasUrl externalClientApplication"
        ),
        Documented(
            MobileSettings.self,
            "externalClientApplication isScreenLockEnabled label",
            required: "externalClientApplication isScreenLockEnabled"
        ),
        Documented(
            MobilePolicies.self,
            "externalClientApplication label screenLockTimeout",
            required: "externalClientApplication"
        ),
        Documented(
            PushSettings.self,
            "externalClientApplication label pushServiceType androidPushConfig applePushConfig pushConfigLink",
            required: "externalClientApplication pushServiceType"
        ),
        Documented(AndroidPushConfig.self, "fcmProject serviceAccount", required: "fcmProject serviceAccount"),
        Documented(
            ApplePushConfig.self,
            "environment applicationBundle signingKey keyIdentifier teamIdentifier certificate password",
            required: "environment"
        ),
        Documented(
            PushPolicies.self,
            "externalClientApplication isFullContent label",
            required: "externalClientApplication isFullContent"
        ),
        Documented(
            NotificationSettings.self,
            "externalClientApplication label notificationTypes",
            required: "externalClientApplication"
        ),
        Documented(
            NotificationType.self,
            "notificationType pushByDefault",
            required: "notificationType pushByDefault"
        ),
        Documented(
            ConnectedApp.self,
            "attributes canvasConfig contactEmail contactPhone description iconUrl infoUrl ipRanges label logoUrl mobileStartUrl oauthConfig oauthPolicy permissionSetName plugin pluginExecutionUser profileName samlConfig sessionPolicy startUrl",
            required: "contactEmail label"
        ),
        Documented(
            ConnectedAppOAuthConfig.self,
            "callbackUrl certificate consumerKey consumerSecret scopes isAdminApproved isClientCredentialEnabled oauthClientCredentialUser isCodeCredentialEnabled isCodeCredentialPostOnly isConsumerSecretOptional isIntrospectAllTokens isNamedUserJwtEnabled isPkceRequired isRefreshTokenRotationEnabled isSecretRequiredForRefreshToken isTokenExchangeEnabled isSecretRequiredForTokenExchange singleLogoutUrl idTokenConfig assetTokenConfig",
            required: "callbackUrl"
        ),
        Documented(
            ConnectedAppSAMLConfig.self,
            "acsUrl entityUrl samlSubjectType samlSubjectCustomAttr samlNameIdFormat certificate encryptionCertificate encryptionType issuer samlIdpSLOBindingEnum samlSloUrl samlSigningAlgoType",
            required: "acsUrl entityUrl samlSubjectType"
        ),
        Documented(
            ConnectedAppCanvasConfig.self,
            "accessMethod canvasUrl lifecycleClass locations options samlInitiationMethod",
            required: "accessMethod canvasUrl"
        ),
        Documented(
            ExternalClientAppSettings.self,
            "enableClientSecretInRestApiAccess enableConsumerSecretApiAccess enablePackageEcaOauthFromDevOrg enableExternalClientApps"
        ),
        Documented(
            ConnectedAppSettings.self,
            "enableAdminApprovedAppsOnly enableAdminApprovedAppsOnlyForExternalUser enableSkipUserProvisioningWizardWelcomePage"
        ),
        Documented(
            OAuthOIDCSettings.self,
            "blockOAuthUnPwFlow blockOAuthUsrAgtFlow isPkceRequired oAuthCdCrdtFlowEnable"
        ),
        Documented(
            OAuthCustomScope.self,
            "developerName masterLabel description isProtected isPublic assignedTo",
            required: "developerName masterLabel description isProtected"
        ),
        Documented(
            OAuthTokenExchangeHandler.self,
            "developerName masterLabel description isEnabled isAccessTokenSupported isIdTokenSupported isJwtSupported isRefreshTokenSupported isSaml2Supported isUserCreationAllowed tokenHandlerApex isProtected enablements",
            required:
                "developerName masterLabel description isEnabled isAccessTokenSupported isIdTokenSupported isJwtSupported isRefreshTokenSupported isSaml2Supported isUserCreationAllowed tokenHandlerApex"
        ),
    ]

    @Test("app-model 1 and 2: every documented field is known, and what is required is required", arguments: documented)
    func fields(documented: Documented) {
        let known = Self.fields(of: documented.record)
        for name in documented.fields { #expect(known.contains { $0.name == name }, "\(name)") }
        for name in documented.required { #expect(known.first { $0.name == name }?.isRequired == true, "\(name)") }
        let names = known.map { $0.name.lowercased() }
        #expect(names == names.sorted())
    }

    /// A field without its record's type.
    struct Field {
        let name: String
        let kind: MetadataFieldKind
        let isList: Bool
        let isRequired: Bool
    }

    static func fields<Record: MetadataRecord>(of record: Record.Type) -> [Field] {
        Record.fields.map { Field(name: $0.name, kind: $0.kind, isList: $0.isList, isRequired: $0.isRequired) }
    }

    private static func refusal<Record: MetadataRecord>(of record: Record.Type, _ children: [XMLNode]) -> MetadataError?
    {
        do throws(MetadataError) {
            _ = try Record.read(XMLNode(name: "record", line: 1, children: children))
            return nil
        } catch {
            return error
        }
    }

    private static func good(_ field: Field) -> XMLNode {
        switch field.kind {
        case .text: XMLNode(name: field.name, line: 2, text: "text")
        case .flag: XMLNode(name: field.name, line: 2, text: "true")
        case .number: XMLNode(name: field.name, line: 2, text: "1")
        case .word(let words): XMLNode(name: field.name, line: 2, text: words[0])
        case .record(let record):
            XMLNode(name: field.name, line: 2, children: fields(of: record).filter(\.isRequired).map(good))
        }
    }

    /// A value that a field of this kind cannot have; `nil` for a text.
    private static func bad(_ field: Field) -> XMLNode? {
        switch field.kind {
        case .text: XMLNode(name: field.name, line: 2, children: [XMLNode(name: "x", line: 2, text: "y")])
        case .flag: XMLNode(name: field.name, line: 2, text: "yes")
        case .number: XMLNode(name: field.name, line: 2, text: "1.5")
        case .word(let words): XMLNode(name: field.name, line: 2, text: words[0].lowercased() + "x")
        case .record: XMLNode(name: field.name, line: 2, text: "text")
        }
    }

    @Test(
        "app-model 1 and 2: every field refuses what it cannot have, by its name and with a remedy",
        arguments: documented
    )
    func values(documented: Documented) {
        let fields = Self.fields(of: documented.record)
        let required = fields.filter(\.isRequired).map(Self.good)
        #expect(Self.refusal(of: documented.record, required) == nil)
        for field in fields {
            let others = required.filter { $0.name != field.name }
            let error = Self.bad(field).flatMap { Self.refusal(of: documented.record, others + [$0]) }
            #expect(error?.element == field.name && error?.remedy.isEmpty == false, "\(field.name)")
            let twice = Self.refusal(of: documented.record, others + [Self.good(field), Self.good(field)])
            #expect(field.isList ? twice == nil : twice?.code == .duplicateElement, "\(field.name)")
            guard field.isRequired else { continue }
            let missing = Self.refusal(of: documented.record, others)
            #expect(missing?.code == .requiredFieldMissing && missing?.element == field.name, "\(field.name)")
        }
        let unknown = required + [XMLNode(name: "noSuchElement", line: 2, text: "x")]
        #expect(Self.refusal(of: documented.record, unknown)?.code == .unknownElement)
    }

    @Test(
        "app-model 1 and 2: every enum has the documented values and no other",
        arguments: [
            ("ipRelaxationPolicyType", OAuthPolicies.self, "Enforce Bypass Bypass_2factor Enforce_RelaxRefresh"),
            ("permittedUsersPolicyType", OAuthPolicies.self, "AllSelfAuthorized AdminApprovedPreAuthorized"),
            ("refreshTokenPolicyType", OAuthPolicies.self, "Infinite SpecificInactivity SpecificLifetime Zero"),
            ("refreshTokenValidityUnit", OAuthPolicies.self, "Days Hours Months"),
            ("requiredSessionLevel", OAuthPolicies.self, "HIGH_ASSURANCE LOW STANDARD"),
            ("policyAction", OAuthPolicies.self, "Block RaiseSessionLevel"),
            ("namedUserJwtSessionTimeoutType", OAuthPolicies.self, "UserSession Custom"),
            ("guestJwtSessionTimeoutType", OAuthPolicies.self, "UserSession Custom"),
            ("distributionState", ExternalClientApplication.self, "Local Packaged AutoInstalled Managed"),
            ("encryptionType", SAMLPolicies.self, "AES_128 AES_256"),
            ("signingAlgorithmType", SAMLPolicies.self, "SHA1 SHA256"),
            ("nameIdFormat", SAMLPolicies.self, "Unspecified EmailAddress Persistent Transient"),
            ("subjectType", SAMLPolicies.self, "Username FederationId UserId CustomAttribute PersistentId"),
            ("singleLogoutBindingType", SAMLPolicies.self, "PostBinding RedirectBinding"),
            ("accessMethod", CanvasSettings.self, "Get Post"),
            (
                "canvasLocationOptions", CanvasSettings.self,
                "Aura ChatterFeed MobileNav None PageLayout Publisher Visualforce"
            ),
            ("canvasOptions", CanvasSettings.self, "HideShare HideHeader"),
            ("samlInitiationMethod", CanvasSettings.self, "IdpInitiated SpInitiated None"),
            (
                "screenLockTimeout", MobilePolicies.self,
                "Never One Five Ten Thirty Sixty OneTwenty OneEighty TwoForty"
            ),
            ("pushServiceType", PushSettings.self, "Apple Android"),
            ("environment", ApplePushConfig.self, "Production Sandbox"),
            ("ipRelaxation", ConnectedAppOAuthPolicy.self, "ENFORCE BYPASS_2FACTOR BYPASS ENFORCE_RELAXREFRESH"),
            ("samlSubjectType", ConnectedAppSAMLConfig.self, "Username FederationId UserId PersistentID CustomAttr"),
            (
                "locations", ConnectedAppCanvasConfig.self,
                "Aura AppLauncher Chatter ChatterFeed MobileNav None OpenCTI PageLayout Publisher ServiceDesk UserProfile Visualforce"
            ),
            ("options", ConnectedAppCanvasConfig.self, "HideShare HideHeader PersonalEnabled"),
        ] as [(String, any MetadataRecord.Type, String)]
    )
    func enums(name: String, record: any MetadataRecord.Type, words: String) throws {
        let field = try #require(Self.fields(of: record).first { $0.name == name })
        guard case .word(let known) = field.kind else {
            Issue.record("\(name) is no enum")
            return
        }
        #expect(Set(known) == Set(words.split(separator: " ").map(String.init)))
    }
}
