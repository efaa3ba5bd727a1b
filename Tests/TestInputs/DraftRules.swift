/// What the fields of one document ask of each other (app-model 1.2 to 1.10 and 2).
enum DraftRules {
    static func settle(_ draft: inout Draft, _ type: String, _ generator: inout SeededGenerator) {
        switch type {
        case "ExternalClientApplication": limit(&draft, "distributionState", ["Local", "Packaged"], &generator)
        case "ExtlClntAppOauthSettings":
            together(&draft, ["assetTokenAudiences", "assetTokenSigningCertificate"], "a.example")
            draft["assetTokenValidity"] = draft.has("assetTokenAudiences") ? "60" : nil
        case "ExtlClntAppOauthConfigurablePolicies":
            if draft["refreshTokenPolicyType"]?.hasPrefix("Specific") == true {
                draft["refreshTokenValidityPeriod"] = "30"
            }
        case "ExtlClntAppConfigurablePolicies":
            if draft["startPage"] == "Custom" { draft["startUrl"] = "https://start.example/" }
            draft["isEnabled"] = draft["isEnabled"] ?? "true"
        case "ExtlClntAppSamlConfigurablePolicies", "ConnectedAppSamlConfig": settleSAML(&draft)
        case "ExtlClntAppCanvasSettings", "ConnectedAppCanvasConfig":
            for list in ["canvasLocationOptions", "canvasOptions", "locations", "options"] { draft.makeUnique(list) }
            if draft.elements.filter({ $0.name == "canvasLocationOptions" }).count > 1 {
                draft.remove("canvasLocationOptions")
            }
        case "ExtlClntAppPushSettings": settlePush(&draft, &generator)
        case "ExtlClntAppApplePushConfig": settleApple(&draft, &generator)
        case "ConnectedApp": settleConnectedApp(&draft)
        case "OauthCustomScope":
            draft["masterLabel"] = draft["developerName"]
            draft["description"] = "Reads \(draft["developerName"]?.filter { $0 != "_" } ?? "")"
            draft.remove("assignedTo")
        case "OauthTokenExchangeHandler":
            draft["isJwtSupported"] = "true"
            draft.remove("enablements")
        case "ExternalClientAppSettings":
            draft["enableExternalClientApps"] = "true"
            // So that who may see secrets retrieves them, and takes them to another org.
            draft["enableConsumerSecretApiAccess"] = "true"
        case "Profile":
            draft["custom"] = "true"
        default: break
        }
    }

    private static func limit(
        _ draft: inout Draft,
        _ name: String,
        _ words: [String],
        _ generator: inout SeededGenerator
    ) {
        if draft.has(name) { draft[name] = generator.one(of: words) }
    }

    /// All of some elements or none of them.
    private static func together(_ draft: inout Draft, _ names: [String], _ text: String) {
        guard names.contains(where: draft.has) else { return }
        for name in names where !draft.has(name) { draft[name] = text }
    }

    private static func settleSAML(_ draft: inout Draft) {
        if draft.has("encryptionCertificate") || draft.has("encryptionType") {
            draft["encryptionCertificate"] = draft["encryptionCertificate"] ?? "MIIC"
            draft["encryptionType"] = draft["encryptionType"] ?? "AES_256"
        }
        if draft.has("singleLogoutBindingType") { draft["singleLogoutUrl"] = "https://slo.example/" }
        if draft["subjectType"] == "CustomAttribute" { draft["subjectCustomAttribute"] = "Country" }
        if draft["samlSubjectType"] == "CustomAttr" { draft["samlSubjectCustomAttr"] = "Country" }
    }

    private static func settlePush(_ draft: inout Draft, _ generator: inout SeededGenerator) {
        let apple = draft["pushServiceType"] == "Apple"
        draft.remove(apple ? "androidPushConfig" : "applePushConfig")
        if draft.has(apple ? "applePushConfig" : "androidPushConfig") {
            draft.remove("pushConfigLink")
        } else {
            draft["pushConfigLink"] = "00DSG000009FYVd:1DhSG000009FYVd"
        }
    }

    private static func settleApple(_ draft: inout Draft, _ generator: inout SeededGenerator) {
        let (token, certificate) = (["signingKey", "keyIdentifier", "teamIdentifier"], ["certificate", "password"])
        let hasToken = Bool.random(using: &generator)
        for name in hasToken ? certificate : token { draft.remove(name) }
        for name in hasToken ? token : certificate where !draft.has(name) { draft[name] = "MIIC" }
    }

    private static func settleConnectedApp(_ draft: inout Draft) {
        if !draft.has("oauthConfig") { return draft.remove("profileName", "permissionSetName") }
        draft.makeUnique("profileName")
        draft.makeUnique("permissionSetName")
        guard draft.has("profileName") || draft.has("permissionSetName") else { return }
        draft.change("oauthConfig") { $0["isAdminApproved"] = "true" }
    }

    /// What the documents of one external client app ask of each other.
    static func settle(_ drafts: inout [String: Draft], _ generator: inout SeededGenerator) {
        let (header, policies) = ("ExternalClientApplication", "ExtlClntAppConfigurablePolicies")
        if drafts["ExtlClntAppSamlConfigurablePolicies"] != nil {
            drafts[header]?["distributionState"] = "Local"
            drafts[policies]?.remove("isSamlPluginEnabled")
        }
        let needOAuth = [
            "ExtlClntAppPushSettings", "ExtlClntAppPushConfigurablePolicies", "ExtlClntAppNotificationSettings",
        ]
        if needOAuth.contains(where: { drafts[$0] != nil }) { drafts[policies]?.remove("isOauthPluginEnabled") }
        if drafts["ExtlClntAppGlobalOauthSettings"]?["isNamedUserJwtEnabled"] != "true" {
            drafts["ExtlClntAppOauthConfigurablePolicies"]?.remove("isGuestCodeCredFlowEnabled")
        }
    }
}
