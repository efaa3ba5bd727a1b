public import Orgs

/// The rules that the documents of one app must keep together.
public enum AppRules {
    /// The minutes that a custom JWT timeout may have.
    public static let jwtTimeouts = [1, 5, 10, 15, 30, 60, 90, 120, 240, 480, 720]

    /// All that is wrong with an app; nothing if it may be saved.
    public static func problems(of app: AppComponents, existsAlready: Bool) -> [MetadataError] {
        var problems: [MetadataError] = []
        func report(_ file: String, _ element: String, _ code: String, _ problem: String, _ remedy: String) {
            problems.append(MetadataError(file: file, element: element, code: code, problem: problem, remedy: remedy))
        }
        func collect(_ file: String, _ body: () throws(MetadataError) -> Void) {
            do { try body() } catch { report(file, error.element ?? "", error.code, error.problem, error.remedy) }
        }
        let name = app.developerName
        if app.header == nil, !existsAlready {
            report(
                name,
                "externalClientApplication",
                "INVALID_CROSS_REFERENCE_KEY",
                "No external client app '\(name)' exists.",
                "Add externalClientApps/\(name).eca or correct the name."
            )
        }
        if !isDeveloperName(name) {
            report(
                name,
                "fullName",
                "INVALID_DEVELOPER_NAME",
                "'\(name)' is not a developer name.",
                "Use letters, digits and single underscores; start with a letter, end with no underscore."
            )
        }
        if let global = app.globalOAuth {
            if app.oauth == nil, !existsAlready {
                report(
                    global.fullName,
                    "externalClientApplication",
                    "INVALID_CROSS_REFERENCE_KEY",
                    "The external client app configured in your global OAuth Settings doesn't have a valid OAuth settings configuration.",
                    "Add a file in extlClntAppOauthSettings for '\(name)'."
                )
            }
            let uris = global.record.callbackURL ?? ""
            if uris.utf8.count > 2_000 {
                report(
                    global.fullName,
                    "callbackUrl",
                    "STRING_TOO_LONG",
                    "The callback URLs are longer than 2,000 characters.",
                    "Remove some."
                )
            }
            for uri in RedirectURIRule.split(uris) {
                collect(global.fullName) { () throws(MetadataError) in try RedirectURIRule.check(uri) }
            }
            if let pem = global.record.certificate {
                collect(global.fullName) { () throws(MetadataError) in _ = try AppCertificate(pem: pem) }
            }
            if let key = global.record.consumerKey, !isCredential(key, more: "._") {
                report(
                    global.fullName,
                    "consumerKey",
                    "INVALID_CONSUMER_KEY",
                    "The consumer key is not valid.",
                    "Use 8 to 256 of A-Z a-z 0-9 . _"
                )
            }
            if let secret = global.record.consumerSecret, !isCredential(secret, more: "") {
                report(
                    global.fullName,
                    "consumerSecret",
                    "INVALID_CONSUMER_SECRET",
                    "The consumer secret is not valid.",
                    "Use 8 to 256 of A-Z a-z 0-9."
                )
            }
            if let minutes = global.record.idTokenConfig?.idTokenValidityInMinutes, !(0...720).contains(minutes) {
                report(
                    global.fullName,
                    "idTokenValidityInMinutes",
                    "NUMBER_OUTSIDE_VALID_RANGE",
                    "\(minutes) is outside 1 to 720.",
                    "Give 1 to 720, or 0 for the default of 2."
                )
            }
            for (element, isAsked) in [
                ("shouldRotateConsumerKey", global.record.shouldRotateConsumerKey),
                ("shouldRotateConsumerSecret", global.record.shouldRotateConsumerSecret),
            ] where isAsked == true {
                report(
                    global.fullName,
                    element,
                    "FEATURE_NOT_ENABLED",
                    "Rotation by a deployment is not part of this release.",
                    "Set \(element) to false or leave it out."
                )
            }
        }
        if let oauth = app.oauth {
            collect(oauth.fullName) { () throws(MetadataError) in
                _ = try OAuthScopeName.scopes(of: oauth.record.commaSeparatedOAuthScopes ?? "")
            }
            for range in oauth.record.trustedIPRanges where range.parsed == nil {
                report(
                    oauth.fullName,
                    "trustedIpRanges",
                    "INVALID_IP_RANGE",
                    "'\(range.startIPAddress)' to '\(range.endIPAddress)' is no range.",
                    "Give two addresses of one version, the lower first."
                )
            }
        }
        if let policies = app.oauthPolicies {
            if let minutes = policies.record.namedUserJWTTimeout, !jwtTimeouts.contains(minutes) {
                report(
                    policies.fullName,
                    "namedUserJwtTimeout",
                    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
                    "\(minutes) is not a valid timeout.",
                    "Use one of \(jwtTimeouts.map(String.init).joined(separator: ", "))."
                )
            }
            let isTimed = [.specificLifetime, .specificInactivity].contains(policies.record.refreshTokenPolicyType)
            if isTimed, !(1...36_500).contains(policies.record.refreshTokenValidityPeriod ?? 0) {
                report(
                    policies.fullName,
                    "refreshTokenValidityPeriod",
                    "REQUIRED_FIELD_MISSING",
                    "This refresh token policy needs a period.",
                    "Give 1 to 36500."
                )
            }
        }
        return problems
    }

    static func isDeveloperName(_ name: String) -> Bool {
        let isWord = name.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 95
        }
        return isWord && name.first?.isLetter == true && !name.hasSuffix("_") && !name.contains("__")
    }

    static func isCredential(_ text: String, more: String) -> Bool {
        (8...256).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || more.utf8.contains(byte)
            }
    }
}

extension TrustedIPRange {
    /// The range, if its two texts are one.
    public var parsed: IPRange? {
        guard let start = IPAddress(startIPAddress), let end = IPAddress(endIPAddress) else { return nil }
        return IPRange(start: start, end: end)
    }
}
