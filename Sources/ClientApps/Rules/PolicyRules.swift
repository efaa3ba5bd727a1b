import Orgs

/// The rules of what the admin owns: OAuth and app policies (facts: app-model 1.5, 1.6), and of attributes, which both may set.
extension AppRules {
    static func check(
        _ policies: OAuthPolicies,
        beside global: GlobalOAuthSettings?,
        _ report: inout RuleReport
    ) {
        if let minutes = policies.namedUserJWTTimeout, !jwtTimeouts.contains(minutes) {
            report.add(
                "namedUserJwtTimeout",
                .invalidOrNullForRestrictedPicklist,
                "\(minutes) is not a valid timeout.",
                "Use one of \(jwtTimeouts.map(String.init).joined(separator: ", "))."
            )
        }
        if let minutes = policies.guestJWTTimeout, !jwtTimeouts.contains(minutes) {
            report.add(
                "guestJwtTimeout",
                .invalidOrNullForRestrictedPicklist,
                "\(minutes) is not a valid timeout.",
                "Use one of \(jwtTimeouts.map(String.init).joined(separator: ", "))."
            )
        }
        let isTimed = [.specificLifetime, .specificInactivity].contains(policies.refreshTokenPolicyType)
        if isTimed, !(1...36_500).contains(policies.refreshTokenValidityPeriod ?? 0) {
            report.add(
                "refreshTokenValidityPeriod",
                .requiredFieldMissing,
                "This refresh token policy needs a period.",
                "Give 1 to 36500."
            )
        }
        if let minutes = policies.sessionTimeoutInMinutes, !(1...525_600).contains(minutes) {
            report.add(
                "sessionTimeoutInMinutes",
                .numberOutsideValidRange,
                "\(minutes) is no timeout.",
                "Give 1 to 525600."
            )
        }
        if policies.isGuestCodeCredFlowEnabled == true, let global, global.isNamedUserJWTEnabled != true {
            report.add(
                "isGuestCodeCredFlowEnabled",
                .invalidField,
                "Guest users need JWT access tokens, and the app issues opaque ones.",
                "Set isNamedUserJwtEnabled of the global OAuth settings to true, or switch the guest flow off."
            )
        }
        checkAddress("singleLogoutUrl", policies.singleLogoutURL, &report)
        checkStart(policies.startURL, &report)
        check(attributes: policies.customAttributes, &report)
    }

    static func check(_ switches: AppPolicies, _ report: inout RuleReport) {
        if switches.isEnabled == nil {
            report.add(
                "isEnabled",
                .requiredFieldMissing,
                "Required element 'isEnabled' of type 'ExtlClntAppConfigurablePolicies' is missing.",
                "Add it: true lets the app be used, false switches it off."
            )
        }
        if switches.startPage == .custom, switches.startURL?.trimmed.isEmpty != false {
            report.add(
                "startUrl",
                .requiredFieldMissing,
                "The start page Custom needs an address.",
                "Add startUrl, or choose another startPage."
            )
        }
        checkStart(switches.startURL, &report)
    }

    /// A start page is opened by a browser, so it is held to what a browser may be sent to.
    private static func checkStart(_ url: String?, _ report: inout RuleReport) {
        guard let url, !url.trimmed.isEmpty, let problem = RedirectURIRule.problem(of: url) else { return }
        report.add(
            "startUrl",
            .invalidURL,
            problem.replacing("callback URL", with: "start URL"),
            "Use an absolute https URL, http on localhost, or a scheme of your own."
        )
    }

    static func check(
        attributes: [CustomAttribute],
        element: String = "customAttributes",
        _ report: inout RuleReport
    ) {
        if attributes.count > 128 {
            report.add(element, .limitExceeded, "There are more than 128 custom attributes.", "Remove some.")
        }
        for attribute in attributes {
            if attribute.key.utf8.count > 80 || !PlainText.isPlain(attribute.key) {
                report.add(
                    element,
                    .invalidField,
                    "The key of a custom attribute has more than 80 bytes or a character that is not seen.",
                    "Use a short name of letters, digits and underscores."
                )
            }
        }
        if attributes.reduce(0, { $0 + $1.formula.utf8.count }) > 8_192 {
            report.add(
                element,
                .limitExceeded,
                "The formulas of the custom attributes have more than 8,192 bytes together, and each answer of userinfo would carry what they make.",
                "Make them shorter, or leave some out."
            )
        }
        checkOnce(element, attributes.map(\.key), &report)
    }
}
