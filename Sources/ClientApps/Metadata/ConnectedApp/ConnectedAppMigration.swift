extension ConnectedApp {
    /// The external client app that a connected app becomes (facts: app-model 10): the same values, those that were left out spelled
    /// out where the kinds have other defaults, so that no client notices. The document of the connected app stays beside it.
    ///
    /// - Throws: everything that has no counterpart, by name.
    public func migrated(developerName: String) throws(MetadataErrors) -> AppComponents {
        let lost = withoutCounterpart
        guard lost.isEmpty else {
            throw MetadataErrors(
                errors: lost.map { element in
                    MetadataError(
                        file: MetadataType.connectedApp.path(of: developerName),
                        element: element,
                        code: .cannotMigrate,
                        problem: "An external client app has no counterpart of '\(element)'.",
                        remedy: "Remove it from the connected app, or keep the connected app."
                    )
                }
            )
        }
        var app = components(developerName: developerName)
        let kind = AppKind.connectedApp
        app.globalOAuth?.record.isPKCERequired = oauthConfig?.isPKCERequired ?? kind.isPKCERequiredByDefault
        if var policies = app.oauthPolicies?.record {
            policies.ipRelaxation = policies.ipRelaxation ?? .enforce
            policies.refreshTokenPolicyType = policies.refreshTokenPolicyType ?? kind.refreshTokenPolicyByDefault
            policies.permittedUsersPolicyType = policies.permittedUsersPolicyType ?? .allSelfAuthorized
            policies.requiredSessionLevel = policies.requiredSessionLevel ?? .standard
            app.oauthPolicies?.record = policies
        }
        app.appPolicies?.record.isEnabled = true
        app.globalOAuth?.record.consumerKey = nil
        app.globalOAuth?.record.consumerSecret = nil
        for plugin in plugins(of: developerName) { _ = app.add(plugin) }
        app.addDefaultPolicies()
        app.connectedApp = self
        return app
    }

    private var withoutCounterpart: [String] {
        var lost: [String] = []
        if canvas?.trimmed.isEmpty == false { lost.append("canvas") }
        if mobileAppConfig != nil { lost.append("mobileAppConfig") }
        if mobileStartURL?.trimmed.isEmpty == false { lost.append("mobileStartUrl") }
        for location in canvasConfig?.locations ?? [] where CanvasLocation(rawValue: location.rawValue) == nil {
            lost.append("canvasConfig.locations \(location.rawValue)")
        }
        for option in canvasConfig?.options ?? [] where CanvasOption(rawValue: option.rawValue) == nil {
            lost.append("canvasConfig.options \(option.rawValue)")
        }
        return lost
    }

    func plugins(of name: String) -> [MetadataComponent] {
        [
            samlConfig.map {
                MetadataComponent(fullName: "\(name)_saml", content: .samlPolicies($0.policies(of: name)))
            },
            canvasConfig.map {
                MetadataComponent(fullName: "\(name)_canvas", content: .canvasSettings($0.settings(of: name)))
            },
        ].compactMap { $0 }
    }
}

extension ConnectedAppSAMLConfig {
    fileprivate func policies(of name: String) -> SAMLPolicies {
        var policies = SAMLPolicies()
        policies.externalClientApplication = name
        (policies.acsURL, policies.entityURL, policies.issuer) = (acsURL, entityURL, issuer)
        (policies.certificate, policies.encryptionCertificate) = (certificate, encryptionCertificate)
        (policies.encryptionType, policies.nameIDFormat) = (encryptionType, samlNameIDFormat)
        policies.signingAlgorithmType = samlSigningAlgorithm
        (policies.singleLogoutBindingType, policies.singleLogoutURL) = (samlIdpSLOBinding, samlSLOURL)
        policies.subjectCustomAttribute = samlSubjectCustomAttribute
        policies.subjectType = samlSubjectType?.subjectType
        return policies
    }
}

extension ConnectedAppSAMLSubjectType {
    fileprivate var subjectType: SAMLSubjectType {
        switch self {
        case .username: .username
        case .federationID: .federationID
        case .userID: .userID
        case .persistentID: .persistentID
        case .customAttribute: .customAttribute
        }
    }
}

extension ConnectedAppCanvasConfig {
    fileprivate func settings(of name: String) -> CanvasSettings {
        var settings = CanvasSettings()
        settings.externalClientApplication = name
        (settings.accessMethod, settings.canvasURL) = (accessMethod, canvasURL)
        settings.canvasLocationOptions = locations.compactMap { CanvasLocation(rawValue: $0.rawValue) }
        settings.canvasOptions = options.compactMap { CanvasOption(rawValue: $0.rawValue) }
        (settings.lifeCycleHandler, settings.samlInitiationMethod) = (lifecycleClass, samlInitiationMethod)
        return settings
    }
}
