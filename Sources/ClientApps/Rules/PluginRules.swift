import OAuthTypes

/// The rules of the documents of an app's other plugins, and of what they ask of the rest of the app (facts: app-model 1.7, 1.8).
extension AppRules {
    /// Checks each plugin document that an app has; the rest of the app is looked at only as far as it is known.
    static func checkPlugins(of app: AppComponents, _ report: inout RuleReport, file: (MetadataType) -> String) {
        for type in MetadataType.allCases {
            guard let content = app.plugins[type]?.content else { continue }
            report.file = file(type)
            switch content {
            case .samlPolicies(let policies): check(policies, of: app, &report)
            case .canvasSettings(let settings): check(settings, &report)
            case .oauthSecuritySettings(let settings): check(settings, &report)
            case .pushSettings(let settings): check(settings, of: app, &report)
            case .pushPolicies: requireOAuth(of: app, "push", &report)
            case .notificationSettings(let settings): check(settings, of: app, &report)
            default: break
            }
        }
    }

    private static func check(_ policies: SAMLPolicies, of app: AppComponents, _ report: inout RuleReport) {
        if let state = app.header?.distributionState, state != .local {
            report.add(
                "externalClientApplication",
                .invalidField,
                "An app with SAML policies cannot be packaged, and its distributionState is \(state.rawValue).",
                "Set distributionState to Local, or use an app of its own for SAML."
            )
        }
        if app.appPolicies?.record.isSAMLPluginEnabled == false {
            report.add(
                "externalClientApplication",
                .invalidCrossReferenceKey,
                "The app policies have isSamlPluginEnabled false.",
                "Set it to true, or leave it out."
            )
        }
        if policies.subjectType == .customAttribute, policies.subjectCustomAttribute?.trimmed.isEmpty != false {
            report.add(
                "subjectCustomAttribute",
                .requiredFieldMissing,
                "The subject type CustomAttribute needs an attribute.",
                "Add subjectCustomAttribute."
            )
        }
        requireTogether(
            ("encryptionCertificate", policies.encryptionCertificate),
            ("encryptionType", policies.encryptionType?.rawValue),
            &report
        )
        if policies.singleLogoutBindingType != nil, policies.singleLogoutURL?.trimmed.isEmpty != false {
            report.add(
                "singleLogoutUrl",
                .requiredFieldMissing,
                "A single logout binding needs an address.",
                "Add singleLogoutUrl, or remove singleLogoutBindingType."
            )
        }
        checkAddress("acsUrl", policies.acsURL, &report)
        checkAddress("singleLogoutUrl", policies.singleLogoutURL, &report)
        checkAddress("startUrl", policies.startURL, &report)
        check(attributes: policies.customAttributes, &report)
    }

    private static func check(_ settings: CanvasSettings, _ report: inout RuleReport) {
        checkCanvas("canvasUrl", settings.canvasURL, &report)
        checkOnce("canvasLocationOptions", settings.canvasLocationOptions.map(\.rawValue), &report)
        checkOnce("canvasOptions", settings.canvasOptions.map(\.rawValue), &report)
        if settings.canvasLocationOptions.contains(.none), settings.canvasLocationOptions.count > 1 {
            report.add(
                "canvasLocationOptions",
                .invalidField,
                "The location None stands beside others.",
                "Remove None, or the others."
            )
        }
    }

    /// A canvas is a page of the app in a frame: it has an address that a browser may load.
    static func checkCanvas(_ element: String, _ url: String, _ report: inout RuleReport) {
        guard url.hasPrefix("https://") || url.hasPrefix("http://"), RedirectURIRule.problem(of: url) == nil else {
            return report.add(
                element,
                .invalidURL,
                "The address of the canvas is not an absolute URL that a browser may load.",
                "Give an https URL, or http on localhost."
            )
        }
    }

    private static func check(_ settings: PushSettings, of app: AppComponents, _ report: inout RuleReport) {
        requireOAuth(of: app, "push", &report)
        let given = [
            ("androidPushConfig", settings.androidPushConfig != nil),
            ("applePushConfig", settings.applePushConfig != nil),
            ("pushConfigLink", settings.pushConfigLink?.trimmed.isEmpty == false),
        ].filter(\.1).map(\.0)
        if given.count != 1 {
            report.add(
                given.first ?? "pushServiceType",
                given.isEmpty ? .requiredFieldMissing : .invalidField,
                given.isEmpty ? "There is no push configuration." : "There are \(given.joined(separator: " and ")).",
                "Give exactly one of androidPushConfig, applePushConfig and pushConfigLink."
            )
        }
        let other = settings.pushServiceType == .apple ? "androidPushConfig" : "applePushConfig"
        if given.contains(other) {
            report.add(
                other,
                .invalidField,
                "The push service is \(settings.pushServiceType?.rawValue ?? "").",
                "Give the configuration of this service, or change pushServiceType."
            )
        }
        if let link = settings.pushConfigLink, given.contains("pushConfigLink"), !isLink(link, to: "1Dh") {
            report.add(
                "pushConfigLink",
                .invalidField,
                "It is no link to a push configuration.",
                "Write ORG-ID:PUSH-CONFIGURATION-ID, such as 00D…:1Dh…."
            )
        }
        if let android = settings.androidPushConfig { check(android, &report) }
        if let apple = settings.applePushConfig { check(apple, &report) }
    }

    private static func check(_ android: AndroidPushConfig, _ report: inout RuleReport) {
        let account = android.serviceAccount
        // A sealed one was looked at when it was given.
        guard !account.hasPrefix(PushSettings.sealedMark) else { return }
        guard account.utf8.count <= 8_000 else {
            return report.add(
                "serviceAccount",
                .stringTooLong,
                "The service account is longer than 8,000 characters.",
                "Give the base64 of the service account's key file alone."
            )
        }
        let isBase64 = account.utf8.allSatisfy {
            Base62.isDigit($0) || "+/=\n\r ".utf8.contains($0)
        }
        if !isBase64 {
            report.add(
                "serviceAccount",
                .invalidField,
                "The service account is not in base64.",
                "Give the base64 of the service account's key file."
            )
        }
    }

    private static func check(_ apple: ApplePushConfig, _ report: inout RuleReport) {
        func isGiven(_ text: String?) -> Bool { text?.trimmed.isEmpty == false }
        let token = [
            ("signingKey", apple.signingKey), ("keyIdentifier", apple.keyIdentifier),
            ("teamIdentifier", apple.teamIdentifier),
        ]
        let certificate = [("certificate", apple.certificate), ("password", apple.password)]
        let (hasToken, hasCertificate) = (token.contains { isGiven($0.1) }, certificate.contains { isGiven($0.1) })
        guard hasToken != hasCertificate else {
            return report.add(
                "applePushConfig",
                hasToken ? .invalidField : .requiredFieldMissing,
                hasToken
                    ? "It has both a signing key and a certificate."
                    : "It has neither a signing key nor a certificate.",
                "Give signingKey, keyIdentifier and teamIdentifier, or certificate and password."
            )
        }
        for (element, text) in hasToken ? token : certificate where !isGiven(text) {
            report.add(
                element,
                .requiredFieldMissing,
                "The configuration of Apple's service lacks \(element).",
                "Give signingKey, keyIdentifier and teamIdentifier, or certificate and password."
            )
        }
    }

    private static func check(_ settings: NotificationSettings, of app: AppComponents, _ report: inout RuleReport) {
        requireOAuth(of: app, "notification", &report)
        checkOnce("notificationTypes", settings.notificationTypes.map(\.notificationType), &report)
    }

    // MARK: What plugins ask of the rest of the app

    private static func requireOAuth(of app: AppComponents, _ plugin: String, _ report: inout RuleReport) {
        // Documents that come without the header belong to an app whose others are not known here.
        let isMissing = app.header != nil && app.oauth == nil
        guard isMissing || app.appPolicies?.record.isOAuthPluginEnabled == false else { return }
        report.add(
            "externalClientApplication",
            .invalidCrossReferenceKey,
            "The \(plugin) plugin needs the OAuth plugin, and the app has \(isMissing ? "no OAuth settings" : "isOauthPluginEnabled false").",
            isMissing
                ? "Add a file in extlClntAppOauthSettings and one in extlClntAppGlobalOauthSets."
                : "Set isOauthPluginEnabled of the app policies to true, or leave it out."
        )
    }

    static func requireTogether(
        _ first: (element: String, value: String?),
        _ second: (element: String, value: String?),
        _ report: inout RuleReport
    ) {
        let isGiven = (first.value?.trimmed.isEmpty == false, second.value?.trimmed.isEmpty == false)
        guard isGiven.0 != isGiven.1 else { return }
        let (here, missing) = isGiven.0 ? (first.element, second.element) : (second.element, first.element)
        report.add(missing, .requiredFieldMissing, "\(here) needs \(missing).", "Add \(missing), or remove \(here).")
    }

    static func checkOnce(_ element: String, _ values: [String], _ report: inout RuleReport) {
        guard Set(values).count != values.count else { return }
        report.add(element, .duplicateValue, "A value stands more than once.", "Give each value once.")
    }

    /// Whether a text is `ORG-ID:ID`, both of 15 or 18 characters and the second of a prefix.
    static func isLink(_ text: String, to prefix: String) -> Bool {
        let parts = text.trimmed.split(separator: ":", omittingEmptySubsequences: false)
        func isID(_ part: Substring, _ prefix: String) -> Bool {
            part.hasPrefix(prefix) && [15, 18].contains(part.utf8.count)
                && part.utf8.allSatisfy { Base62.isDigit($0) }
        }
        return parts.count == 2 && isID(parts[0], "00D") && isID(parts[1], prefix)
    }
}
