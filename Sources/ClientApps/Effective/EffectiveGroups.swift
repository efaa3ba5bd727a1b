import OAuthTypes
import Orgs

/// Both halves of the client credentials switch, and the user of that flow.
struct EffectiveClientCredentials {
    let isAllowedBySettings: Bool
    let isAllowedByPolicy: Bool
    let runAsUser: UserID?

    init(
        _ global: GlobalOAuthSettings,
        _ policies: OAuthPolicies,
        _ resolve: AppReferences,
        _ log: inout some DecisionLog
    ) throws(MetadataError) {
        (isAllowedBySettings, isAllowedByPolicy) = log.both(
            "isClientCredentialsFlowEnabled",
            developer: global.isClientCredentialsFlowEnabled,
            admin: policies.isClientCredentialsFlowEnabled
        )
        let name = log.policy("clientCredentialsFlowUser", policies.clientCredentialsFlowUser, or: "")
        runAsUser = try EffectiveApp.runAsUser(name, resolve)
    }
}

/// What is asked of clients, and what they get.
struct EffectiveClientRules {
    let isPKCERequired: Bool
    let isSecretRequiredForWebServerFlow: Bool
    let isSecretRequiredForRefreshToken: Bool
    let isRefreshTokenRotationEnabled: Bool
    let isIntrospectAllTokens: Bool

    init(_ global: GlobalOAuthSettings, _ kind: AppKind, _ org: Org, _ log: inout some DecisionLog) {
        isPKCERequired = log.either(
            "isPkceRequired",
            developer: global.isPKCERequired,
            org: org.isPKCERequired,
            or: kind.isPKCERequiredByDefault
        )
        isSecretRequiredForWebServerFlow = !log.setting(
            "isConsumerSecretOptional",
            global.isConsumerSecretOptional,
            or: false
        )
        isSecretRequiredForRefreshToken = log.setting(
            "isSecretRequiredForRefreshToken",
            global.isSecretRequiredForRefreshToken,
            or: true
        )
        isRefreshTokenRotationEnabled = log.setting(
            "isRefreshTokenRotationEnabled",
            global.isRefreshTokenRotationEnabled,
            or: false
        )
        isIntrospectAllTokens = log.setting("isIntrospectAllTokens", global.isIntrospectAllTokens, or: false)
    }
}

/// What the admin asks of sign-ins, and how long sessions last.
struct EffectiveSessionRules {
    let ipRelaxation: IPRelaxation
    let requiredLevel: SessionSecurityLevel
    let policyAction: PolicyAction?
    let opaqueTimeoutMinutes: Int?

    init(_ policies: OAuthPolicies, _ log: inout some DecisionLog) {
        ipRelaxation = log.policy("ipRelaxationPolicyType", policies.ipRelaxation, or: .enforce, \.rawValue)
        requiredLevel = log.policy("requiredSessionLevel", policies.requiredSessionLevel, or: .standard, \.rawValue)
        policyAction = log.policy("policyAction", .some(policies.policyAction), or: nil) { $0?.rawValue ?? "" }
        opaqueTimeoutMinutes = log.policy(
            "sessionTimeoutInMinutes",
            .some(policies.sessionTimeoutInMinutes),
            or: nil,
            EffectiveApp.minutes
        )
    }
}

/// The life, the audiences and the claims of ID tokens.
struct EffectiveIDTokenRules {
    let validityMinutes: Int
    let audiences: [String]
    let hasStandardClaims: Bool
    let hasAttributes: Bool

    init(_ config: IDTokenConfig?, _ log: inout some DecisionLog) {
        // The documentation's own sample has 0, which means the default.
        let validity = config?.idTokenValidityInMinutes.flatMap { $0 == 0 ? nil : $0 }
        validityMinutes = log.setting("idTokenValidityInMinutes", validity, or: 2)
        audiences = log.setting("idTokenAudience", config?.idTokenAudience, or: "")
            .split { $0 == "," || $0.isWhitespace }.map(String.init)
        hasStandardClaims = log.setting(
            "idTokenIncludeStandardClaims",
            config?.idTokenIncludeStandardClaims,
            or: false
        )
        hasAttributes = log.setting("idTokenIncludeAttributes", config?.idTokenIncludeAttributes, or: false)
    }
}

extension EffectiveApp {
    /// The developer's certificate; an empty one is an element that is left out.
    static func certificate(
        _ global: GlobalOAuthSettings,
        _ log: inout some DecisionLog
    ) throws(MetadataError) -> AppCertificate? {
        let given = global.certificate.flatMap { $0.trimmed.isEmpty ? nil : $0 }
        let pem = log.setting("certificate", given, or: "") { $0.isEmpty ? "" : "given" }
        return pem.isEmpty ? nil : try AppCertificate(pem: pem)
    }
}
