/// What an app's documents ask for and this release does not do: accepted, as the original accepts it, and said aloud.
struct EffectiveWarnings {
    private(set) var warnings: [MetadataWarning] = []

    init(
        global: GlobalOAuthSettings,
        oauth: OAuthSettings,
        policies: OAuthPolicies,
        switches: AppPolicies,
        plugins: [MetadataType] = []
    ) {
        look(at: global)
        look(at: oauth)
        look(at: policies)
        look(at: switches)
        for plugin in plugins { addNoEffect(plugin.rawValue, "This plugin") }
    }

    private mutating func look(at global: GlobalOAuthSettings) {
        flag("isCodeCredFlowEnabled", global.isCodeCredFlowEnabled, "The authorization code and credentials flow")
        flag("isCodeCredPostOnly", global.isCodeCredPostOnly, "The authorization code and credentials flow")
        flag("isDeviceFlowEnabled", global.isDeviceFlowEnabled, "The device flow")
        flag("isDPopEnabled", global.isDPoPEnabled, "Binding tokens to a key (DPoP)")
        flag("isTokenExchangeEnabled", global.isTokenExchangeEnabled, "Token exchange")
        flag("isSecretRequiredForTokenExchange", global.isSecretRequiredForTokenExchange, "Token exchange")
        flag(
            "idTokenIncludeCustomPermissions",
            global.idTokenConfig?.idTokenIncludeCustomPermissions,
            "Custom permissions in ID tokens"
        )
    }

    private mutating func look(at oauth: OAuthSettings) {
        flag("areAttributesIncludedInAssetToken", oauth.areAttributesIncludedInAssetToken, "Asset tokens")
        flag("areCustomPermsIncludedInAssetToken", oauth.areCustomPermsIncludedInAssetToken, "Asset tokens")
        given("assetTokenAudiences", oauth.assetTokenAudiences, "Asset tokens")
        given("assetTokenSigningCertificate", oauth.assetTokenSigningCertificate, "Asset tokens")
        given("assetTokenValidity", oauth.assetTokenValidity.map(String.init), "Asset tokens")
        given("clientAssertionCertificate", oauth.clientAssertionCertificate, "A certificate by its name in the org")
        flag("isFirstPartyAppEnabled", oauth.isFirstPartyAppEnabled, "First-party apps")
        given("singleLogoutUrl", oauth.singleLogoutURL, "Single logout")
    }

    private mutating func look(at policies: OAuthPolicies) {
        if policies.isNamedUserJWTEnabled != nil {
            add(
                "isNamedUserJwtEnabled",
                "It is deprecated in policies and decides nothing; set it in the global OAuth settings."
            )
        }
        given("apexHandler", policies.apexHandler, "Apex")
        given("executeHandlerAs", policies.executeHandlerAs, "Apex")
        given("guestJwtSessionTimeoutType", policies.guestJWTSessionTimeoutType?.rawValue, "Guest users")
        given("guestJwtTimeout", policies.guestJWTTimeout.map(String.init), "Guest users")
        flag("isGuestCodeCredFlowEnabled", policies.isGuestCodeCredFlowEnabled, "Guest users")
        flag("isTokenExchangeFlowEnabled", policies.isTokenExchangeFlowEnabled, "Token exchange")
        if policies.requiredSessionLevel == .highAssurance {
            add(
                "requiredSessionLevel",
                "HIGH_ASSURANCE refuses every flow: this server has no second factor to raise a session with. Set STANDARD to let users in."
            )
        }
        given("singleLogoutUrl", policies.singleLogoutURL, "Single logout")
        given("startUrl", policies.startURL, "A start page")
    }

    private mutating func look(at switches: AppPolicies) {
        flag("isCanvasPluginEnabled", switches.isCanvasPluginEnabled, "The canvas plugin")
        flag("isMobilePluginEnabled", switches.isMobilePluginEnabled, "The mobile plugin")
        flag("isNotificationPluginEnabled", switches.isNotificationPluginEnabled, "The notification plugin")
        flag("isPushPluginEnabled", switches.isPushPluginEnabled, "The push plugin")
        flag("isSamlPluginEnabled", switches.isSAMLPluginEnabled, "SAML")
        given("startUrl", switches.startURL, "A start page")
    }

    private mutating func flag(_ element: String, _ isOn: Bool?, _ feature: String) {
        if isOn == true { addNoEffect(element, feature) }
    }

    private mutating func given(_ element: String, _ text: String?, _ feature: String) {
        if text?.trimmed.isEmpty == false { addNoEffect(element, feature) }
    }

    private mutating func addNoEffect(_ element: String, _ feature: String) {
        add(element, "It is kept and has no effect: \(feature) is not part of this release.")
    }

    private mutating func add(_ element: String, _ problem: String) {
        warnings.append(MetadataWarning(element: element, problem: problem))
    }
}
