extension ConnectedApp {
    /// What the one document says, as the documents of an external client app say it; what it leaves out is left out there too, so
    /// that the defaults stay those of the kind. Of its parts beside OAuth there is nothing here.
    public func components(developerName: String) -> AppComponents {
        var header = ExternalClientApplication()
        (header.label, header.description) = (label, description)
        (header.contactEmail, header.contactPhone) = (contactEmail, contactPhone)
        (header.iconURL, header.infoURL, header.logoURL) = (iconURL, infoURL, logoURL)
        header.distributionState = .local
        var app = AppComponents(developerName: developerName, header: header)
        if let oauthConfig {
            app.globalOAuth = .init(
                fullName: "\(developerName)_glbloauth",
                record: oauthConfig.globalSettings(of: developerName)
            )
            app.oauth = .init(fullName: "\(developerName)_oauth", record: settings(oauthConfig, of: developerName))
            app.oauthPolicies = .init(
                fullName: "\(developerName)_oauth_defaultPolicy",
                record: policies(oauthConfig, of: developerName)
            )
        }
        if let startURL {
            var switches = AppPolicies()
            switches.externalClientApplication = developerName
            (switches.startPage, switches.startURL) = (.custom, startURL)
            app.appPolicies = .init(fullName: "\(developerName)_defaultPolicy", record: switches)
        }
        return app
    }

    private func settings(_ config: ConnectedAppOAuthConfig, of name: String) -> OAuthSettings {
        var settings = OAuthSettings()
        settings.externalClientApplication = name
        settings.commaSeparatedOAuthScopes = config.scopes.map(\.trimmed).joined(separator: ", ")
        settings.customAttributes = attributes
        settings.singleLogoutURL = config.singleLogoutURL
        settings.trustedIPRanges = ipRanges.map(\.trustedRange)
        if let asset = config.assetTokenConfig {
            settings.areAttributesIncludedInAssetToken = asset.assetIncludeAttributes
            settings.areCustomPermsIncludedInAssetToken = asset.assetIncludeCustomPerms
            settings.assetTokenAudiences = asset.assetAudiences
            settings.assetTokenSigningCertificate = asset.assetSigningCertID
            settings.assetTokenValidity = asset.assetValidityPeriod
        }
        return settings
    }

    private func policies(_ config: ConnectedAppOAuthConfig, of name: String) -> OAuthPolicies {
        var policies = OAuthPolicies()
        policies.externalClientApplication = name
        (policies.apexHandler, policies.executeHandlerAs) = (plugin, pluginExecutionUser)
        policies.permittedUsersPolicyType = config.isAdminApproved.map {
            $0 ? .adminApprovedPreAuthorized : .allSelfAuthorized
        }
        policies.commaSeparatedProfile = Self.list(profileName)
        policies.commaSeparatedPermissionSet = Self.list(permissionSetName)
        policies.isClientCredentialsFlowEnabled = config.isClientCredentialEnabled
        policies.clientCredentialsFlowUser = config.oauthClientCredentialUser
        policies.ipRelaxation = oauthPolicy?.ipRelaxation?.relaxation
        policies.isTokenExchangeFlowEnabled = oauthPolicy?.isTokenExchangeFlowEnabled
        policies.singleLogoutURL = oauthPolicy?.singleLogoutURL
        if let policy = oauthPolicy?.parsedRefreshTokenPolicy {
            policies.refreshTokenPolicyType = policy.type
            (policies.refreshTokenValidityPeriod, policies.refreshTokenValidityUnit) = (policy.period, policy.unit)
        }
        policies.requiredSessionLevel = sessionPolicy?.sessionLevel
        policies.policyAction = sessionPolicy?.policyAction
        policies.sessionTimeoutInMinutes = sessionPolicy?.sessionTimeout
        return policies
    }

    private static func list(_ names: [String]) -> String? {
        let named = names.map(\.trimmed).filter { !$0.isEmpty }
        return named.isEmpty ? nil : named.joined(separator: ", ")
    }

    /// This document, with the policies of an earlier one where it leaves out its own: what the admin owns stays while the developer
    /// changes settings. An empty `permissionSetName` or `profileName` clears the list (facts: app-model 2).
    public func keepingPolicies(of earlier: ConnectedApp) -> ConnectedApp {
        var kept = self
        kept.oauthPolicy = oauthPolicy ?? earlier.oauthPolicy
        kept.sessionPolicy = sessionPolicy ?? earlier.sessionPolicy
        guard oauthConfig?.isAdminApproved == true else { return kept }
        if permissionSetName.isEmpty { kept.permissionSetName = earlier.permissionSetName }
        if profileName.isEmpty { kept.profileName = earlier.profileName }
        return kept
    }
}

extension ConnectedAppOAuthConfig {
    fileprivate func globalSettings(of name: String) -> GlobalOAuthSettings {
        var settings = GlobalOAuthSettings()
        settings.externalClientApplication = name
        (settings.callbackURL, settings.certificate) = (callbackURL, certificate)
        (settings.consumerKey, settings.consumerSecret) = (consumerKey, consumerSecret)
        settings.idTokenConfig = idTokenConfig?.config
        settings.isClientCredentialsFlowEnabled = isClientCredentialEnabled
        settings.isCodeCredFlowEnabled = isCodeCredentialEnabled
        settings.isCodeCredPostOnly = isCodeCredentialPostOnly
        settings.isConsumerSecretOptional = isConsumerSecretOptional
        settings.isIntrospectAllTokens = isIntrospectAllTokens
        settings.isNamedUserJWTEnabled = isNamedUserJWTEnabled
        settings.isPKCERequired = isPKCERequired
        settings.isRefreshTokenRotationEnabled = isRefreshTokenRotationEnabled
        settings.isSecretRequiredForRefreshToken = isSecretRequiredForRefreshToken
        settings.isSecretRequiredForTokenExchange = isSecretRequiredForTokenExchange
        settings.isTokenExchangeEnabled = isTokenExchangeEnabled
        return settings
    }
}

extension ConnectedAppIDTokenConfig {
    fileprivate var config: IDTokenConfig {
        var config = IDTokenConfig()
        config.idTokenAudience = idTokenAudience
        config.idTokenIncludeAttributes = idTokenIncludeAttributes
        config.idTokenIncludeCustomPermissions = idTokenIncludeCustomPerms
        config.idTokenIncludeStandardClaims = idTokenIncludeStandardClaims
        config.idTokenValidityInMinutes = idTokenValidity
        return config
    }
}

extension ConnectedAppIPRange {
    var trustedRange: TrustedIPRange {
        var range = TrustedIPRange()
        (range.startIPAddress, range.endIPAddress, range.description) = (start, end, description)
        return range
    }
}

extension ConnectedAppIPRelaxation {
    fileprivate var relaxation: IPRelaxation {
        switch self {
        case .enforce: .enforce
        case .bypassTwoFactor: .bypassTwoFactor
        case .bypass: .bypass
        case .enforceRelaxRefresh: .enforceRelaxRefresh
        }
    }
}

/// `refreshTokenPolicy` of a connected app, taken apart.
struct ConnectedAppRefreshPolicy: Hashable, Sendable {
    let type: RefreshTokenPolicyType
    var period: Int?
    var unit: ValidityUnit?
}

extension ConnectedAppOAuthPolicy {
    /// `infinite`, `zero`, `specific_lifetime:N:UNIT` or `specific_inactivity:N:UNIT`; `nil` for any other text.
    var parsedRefreshTokenPolicy: ConnectedAppRefreshPolicy? {
        let parts = refreshTokenPolicy.trimmed.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        switch (parts[0].lowercased(), parts.count) {
        case ("infinite", 1): return ConnectedAppRefreshPolicy(type: .infinite)
        case ("zero", 1): return ConnectedAppRefreshPolicy(type: .zero)
        case ("specific_lifetime", 3): return timed(.specificLifetime, parts[1], parts[2])
        case ("specific_inactivity", 3): return timed(.specificInactivity, parts[1], parts[2])
        default: return nil
        }
    }

    private func timed(_ type: RefreshTokenPolicyType, _ period: String, _ unit: String) -> ConnectedAppRefreshPolicy? {
        let units: [String: ValidityUnit] = ["HOURS": .hours, "DAYS": .days, "MONTHS": .months]
        guard let number = Int(period), (1...36_500).contains(number), let unit = units[unit.uppercased()] else {
            return nil
        }
        return ConnectedAppRefreshPolicy(type: type, period: number, unit: unit)
    }
}

/// How the document of a connected app names what the documents of an external client app have.
enum ConnectedAppElement {
    private static let names = [
        MetadataType.samlPolicies.rawValue: "samlConfig", MetadataType.canvasSettings.rawValue: "canvasConfig",
        "apexHandler": "plugin", "areAttributesIncludedInAssetToken": "assetIncludeAttributes",
        "areCustomPermsIncludedInAssetToken": "assetIncludeCustomPerms", "assetTokenAudiences": "assetAudiences",
        "assetTokenSigningCertificate": "assetSigningCertId", "assetTokenValidity": "assetValidityPeriod",
        "clientCredentialsFlowUser": "oauthClientCredentialUser", "commaSeparatedOauthScopes": "scopes",
        "commaSeparatedPermissionSet": "permissionSetName", "commaSeparatedProfile": "profileName",
        "customAttributes": "attributes", "executeHandlerAs": "pluginExecutionUser",
        "idTokenIncludeCustomPermissions": "idTokenIncludeCustomPerms",
        "idTokenValidityInMinutes": "idTokenValidity", "ipRelaxationPolicyType": "ipRelaxation",
        "isClientCredentialsFlowEnabled": "isClientCredentialEnabled",
        "isCodeCredFlowEnabled": "isCodeCredentialEnabled", "isCodeCredPostOnly": "isCodeCredentialPostOnly",
        "permittedUsersPolicyType": "isAdminApproved", "refreshTokenPolicyType": "refreshTokenPolicy",
        "requiredSessionLevel": "sessionLevel", "sessionTimeoutInMinutes": "sessionTimeout",
        "trustedIpRanges": "ipRanges",
    ]

    static func name(_ element: String, _ kind: AppKind) -> String {
        kind == .connectedApp ? names[element] ?? element : element
    }
}

extension AppKind {
    /// How the documents of this kind of app name an element of those of an external client app.
    public func elementName(_ element: String) -> String { ConnectedAppElement.name(element, self) }
}

extension MetadataError {
    /// The error with its element as the document of this kind of app has it.
    func named(as kind: AppKind) -> MetadataError {
        MetadataError(
            file: file,
            element: element.map { ConnectedAppElement.name($0, kind) },
            line: line,
            code: code,
            problem: problem,
            remedy: remedy
        )
    }
}
