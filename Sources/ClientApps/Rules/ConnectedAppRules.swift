/// The rules of a connected app's document (facts: app-model 2). What it shares with the settings and policies of an external client
/// app is checked by the rules of those, in the words of its own elements.
extension AppRules {
    static func check(_ app: ConnectedApp, named name: String, _ report: inout RuleReport) {
        checkNames(of: app, &report)
        checkAssignments(of: app, &report)
        check(ranges: app.ipRanges.map(\.trustedRange), "ipRanges", "trusted ranges", &report)
        check(attributes: app.attributes, element: "attributes", &report)
        if let config = app.oauthConfig { check(config, &report) }
        if let policy = app.oauthPolicy { check(policy, &report) }
        if let minutes = app.sessionPolicy?.sessionTimeout, !(1...525_600).contains(minutes) {
            report.add("sessionTimeout", .numberOutsideValidRange, "\(minutes) is no timeout.", "Give 1 to 525600.")
        }
        if let config = app.samlConfig { check(config, &report) }
        if let config = app.canvasConfig { check(config, &report) }
    }

    private static func check(_ config: ConnectedAppSAMLConfig, _ report: inout RuleReport) {
        if config.samlSubjectType == .customAttribute, config.samlSubjectCustomAttribute?.trimmed.isEmpty != false {
            report.add(
                "samlSubjectCustomAttr",
                .requiredFieldMissing,
                "The subject type CustomAttr needs an attribute.",
                "Add samlSubjectCustomAttr."
            )
        }
        requireTogether(
            ("encryptionCertificate", config.encryptionCertificate),
            ("encryptionType", config.encryptionType?.rawValue),
            &report
        )
        checkAddress("acsUrl", config.acsURL, &report)
        checkAddress("samlSloUrl", config.samlSLOURL, &report)
    }

    private static func check(_ config: ConnectedAppCanvasConfig, _ report: inout RuleReport) {
        checkCanvas("canvasUrl", config.canvasURL, &report)
        checkOnce("locations", config.locations.map(\.rawValue), &report)
        checkOnce("options", config.options.map(\.rawValue), &report)
    }

    private static func checkNames(of app: ConnectedApp, _ report: inout RuleReport) {
        if app.label.utf8.count > 80 {
            report.add("label", .stringTooLong, "The label is longer than 80 characters.", "Shorten it.")
        }
        if let logo = app.logoURL, !logo.hasPrefix("https://") {
            report.add("logoUrl", .invalidURL, "The logo is not at an https address.", "Give an https URL.")
        }
    }

    private static func checkAssignments(of app: ConnectedApp, _ report: inout RuleReport) {
        let lists = [("permissionSetName", app.permissionSetName), ("profileName", app.profileName)]
        for (element, names) in lists where names.contains(where: { !$0.trimmed.isEmpty }) {
            if app.oauthConfig?.isAdminApproved != true {
                report.add(
                    element,
                    .invalidField,
                    "'\(element)' is for apps whose users an admin approves.",
                    "Set isAdminApproved of oauthConfig to true, or remove it."
                )
            }
            for name in names where name.contains(",") {
                report.add(element, .invalidField, "'\(name)' has a comma.", "Give the id in place of the name.")
            }
        }
    }

    private static func check(_ config: ConnectedAppOAuthConfig, _ report: inout RuleReport) {
        if RedirectURIRule.split(config.callbackURL).isEmpty {
            report.add("callbackUrl", .requiredFieldMissing, "There is no callback URL.", "Give one a line.")
        }
        check(callbackURLs: config.callbackURL, &report)
        if let pem = config.certificate, !pem.trimmed.isEmpty {
            report.collect { () throws(MetadataError) in _ = try AppCertificate(pem: pem) }
        }
        check(consumerKey: config.consumerKey, secret: config.consumerSecret, &report)
        for scope in config.scopes {
            report.collect { () throws(MetadataError) in
                _ = try OAuthScopeName.scopes(named: scope.trimmed, element: "scopes")
            }
        }
        if let minutes = config.idTokenConfig?.idTokenValidity, !(1...720).contains(minutes) {
            report.add(
                "idTokenValidity",
                .numberOutsideValidRange,
                "\(minutes) is outside 1 to 720.",
                "Give 1 to 720, or leave it out for 2."
            )
        }
        if let asset = config.assetTokenConfig, asset.assetSigningCertID.utf8.count > 4_096 {
            report.add(
                "assetSigningCertId",
                .stringTooLong,
                "The certificate is longer than 4 KB.",
                "Give the id of one certificate."
            )
        }
        checkAddress("singleLogoutUrl", config.singleLogoutURL, &report)
    }

    private static func check(_ policy: ConnectedAppOAuthPolicy, _ report: inout RuleReport) {
        if policy.parsedRefreshTokenPolicy == nil {
            report.add(
                "refreshTokenPolicy",
                .invalidOrNullForRestrictedPicklist,
                "'\(policy.refreshTokenPolicy)' is not a valid refresh token policy.",
                "Write infinite, zero, specific_lifetime:N:UNIT or specific_inactivity:N:UNIT, with N from 1 to 36500 and UNIT one of HOURS, DAYS, MONTHS."
            )
        }
        checkAddress("singleLogoutUrl", policy.singleLogoutURL, &report)
    }

    static func checkAddress(_ element: String, _ url: String?, _ report: inout RuleReport) {
        guard let url, !url.trimmed.isEmpty else { return }
        guard url.hasPrefix("https://"), RedirectURIRule.problem(of: url) == nil else {
            return report.add(element, .invalidURL, "The URL is not absolute and https.", "Give an https URL.")
        }
    }
}
