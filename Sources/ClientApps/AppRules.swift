import OAuthTypes
public import Orgs

/// The rules that the documents of one app must keep together.
public enum AppRules {
    /// The minutes that a custom JWT timeout may have.
    public static let jwtTimeouts = [1, 5, 10, 15, 30, 60, 90, 120, 240, 480, 720]

    /// All that is wrong with an app; nothing if it may be saved.
    ///
    /// - Parameter file: the file that a document came from, for the errors; empty where there is none.
    public static func problems(
        of app: AppComponents,
        existsAlready: Bool,
        file: (MetadataType) -> String = { _ in "" }
    ) -> [MetadataError] {
        let first = MetadataType.allCases.map(file)
            .first { !$0.isEmpty }
        var report = RuleReport(file: first ?? "")
        checkNames(of: app, existsAlready: existsAlready, &report)
        if let global = app.globalOAuth {
            report.file = file(.globalOAuthSettings)
            check(global.record, &report)
        }
        if let oauth = app.oauth {
            report.file = file(.oauthSettings)
            check(oauth.record, &report)
        }
        if let policies = app.oauthPolicies {
            report.file = file(.oauthPolicies)
            check(policies.record, &report)
        }
        if let connectedApp = app.connectedApp {
            report.file = file(.connectedApp)
            check(connectedApp, named: app.developerName, &report)
        }
        return report.problems
    }

    private static func checkNames(of app: AppComponents, existsAlready: Bool, _ report: inout RuleReport) {
        let name = app.developerName
        if app.header == nil, app.kind == .externalClientApp, !existsAlready {
            report.add(
                "externalClientApplication",
                "INVALID_CROSS_REFERENCE_KEY",
                "No external client app '\(name)' exists.",
                "Add externalClientApps/\(name).eca or correct the name."
            )
        }
        if !isDeveloperName(name) {
            report.add(
                "fullName",
                "INVALID_DEVELOPER_NAME",
                "'\(name)' is not a developer name.",
                "Use letters, digits and single underscores; start with a letter, end with no underscore."
            )
        }
        let shown = [
            ("label", app.header?.label, false), ("description", app.header?.description, true),
            ("contactEmail", app.header?.contactEmail, false), ("contactPhone", app.header?.contactPhone, false),
        ]
        for (element, text, allowsLines) in shown where !PlainText.isPlain(text ?? "", allowsLines: allowsLines) {
            report.add(
                element,
                "INVALID_CHARACTER",
                "It has a character that is not seen and changes how the rest is read.",
                "Remove control characters and the marks of text direction, such as U+202E."
            )
        }
        if app.globalOAuth != nil, app.oauth == nil, !existsAlready {
            report.add(
                "externalClientApplication",
                "INVALID_CROSS_REFERENCE_KEY",
                "The external client app configured in your global OAuth Settings doesn't have a valid OAuth settings configuration.",
                "Add a file in extlClntAppOauthSettings for '\(name)'."
            )
        }
    }

    private static func check(_ global: GlobalOAuthSettings, _ report: inout RuleReport) {
        check(callbackURLs: global.callbackURL ?? "", &report)
        if let pem = global.certificate {
            report.collect { () throws(MetadataError) in _ = try AppCertificate(pem: pem) }
        }
        check(consumerKey: global.consumerKey, secret: global.consumerSecret, &report)
        if let minutes = global.idTokenConfig?.idTokenValidityInMinutes, !(0...720).contains(minutes) {
            report.add(
                "idTokenValidityInMinutes",
                "NUMBER_OUTSIDE_VALID_RANGE",
                "\(minutes) is outside 1 to 720.",
                "Give 1 to 720, or 0 for the default of 2."
            )
        }
    }

    static func check(callbackURLs uris: String, _ report: inout RuleReport) {
        if uris.utf8.count > 2_000 {
            report.add(
                "callbackUrl",
                "STRING_TOO_LONG",
                "The callback URLs are longer than 2,000 characters.",
                "Remove some."
            )
        }
        for uri in RedirectURIRule.split(uris) {
            report.collect { () throws(MetadataError) in try RedirectURIRule.check(uri) }
        }
    }

    static func check(consumerKey key: String?, secret: String?, _ report: inout RuleReport) {
        if let key, !isCredential(key, more: "._") {
            report.add(
                "consumerKey",
                "INVALID_CONSUMER_KEY",
                "The consumer key is not valid.",
                "Use 8 to 256 of A-Z a-z 0-9 . _"
            )
        }
        if let secret, !isCredential(secret, more: "") {
            report.add(
                "consumerSecret",
                "INVALID_CONSUMER_SECRET",
                "The consumer secret is not valid.",
                "Use 8 to 256 of A-Z a-z 0-9."
            )
        }
    }

    private static func check(_ oauth: OAuthSettings, _ report: inout RuleReport) {
        report.collect { () throws(MetadataError) in
            _ = try OAuthScopeName.scopes(of: oauth.commaSeparatedOAuthScopes ?? "")
        }
        for range in oauth.trustedIPRanges where range.parsed == nil {
            report.add(
                "trustedIpRanges",
                "INVALID_IP_RANGE",
                "'\(range.startIPAddress)' to '\(range.endIPAddress)' is no range.",
                "Give two addresses of one version, the lower first."
            )
        }
        if oauth.trustedIPRanges.count > 128 {
            report.add("trustedIpRanges", "LIMIT_EXCEEDED", "There are more than 128 trusted ranges.", "Remove some.")
        }
        check(attributes: oauth.customAttributes, &report)
    }

    private static func check(_ policies: OAuthPolicies, _ report: inout RuleReport) {
        if let minutes = policies.namedUserJWTTimeout, !jwtTimeouts.contains(minutes) {
            report.add(
                "namedUserJwtTimeout",
                "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
                "\(minutes) is not a valid timeout.",
                "Use one of \(jwtTimeouts.map(String.init).joined(separator: ", "))."
            )
        }
        if let minutes = policies.guestJWTTimeout, !jwtTimeouts.contains(minutes) {
            report.add(
                "guestJwtTimeout",
                "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
                "\(minutes) is not a valid timeout.",
                "Use one of \(jwtTimeouts.map(String.init).joined(separator: ", "))."
            )
        }
        let isTimed = [.specificLifetime, .specificInactivity].contains(policies.refreshTokenPolicyType)
        if isTimed, !(1...36_500).contains(policies.refreshTokenValidityPeriod ?? 0) {
            report.add(
                "refreshTokenValidityPeriod",
                "REQUIRED_FIELD_MISSING",
                "This refresh token policy needs a period.",
                "Give 1 to 36500."
            )
        }
        if let minutes = policies.sessionTimeoutInMinutes, !(1...525_600).contains(minutes) {
            report.add(
                "sessionTimeoutInMinutes",
                "NUMBER_OUTSIDE_VALID_RANGE",
                "\(minutes) is no timeout.",
                "Give 1 to 525600."
            )
        }
        check(attributes: policies.customAttributes, &report)
    }

    static func check(
        attributes: [CustomAttribute],
        element: String = "customAttributes",
        _ report: inout RuleReport
    ) {
        if attributes.count > 128 || Set(attributes.map(\.key)).count != attributes.count {
            report.add(
                element,
                "DUPLICATE_VALUE",
                "There are more than 128 custom attributes, or two have the same key.",
                "Give each key once."
            )
        }
    }

    static func isDeveloperName(_ name: String) -> Bool {
        let isWord = name.utf8.allSatisfy { Base62.isDigit($0) || $0 == UInt8(ascii: "_") }
        return isWord && name.first?.isLetter == true && !name.hasSuffix("_") && !name.contains("__")
    }

    static func isCredential(_ text: String, more: String) -> Bool {
        (8...256).contains(text.utf8.count)
            && text.utf8.allSatisfy { Base62.isDigit($0) || more.utf8.contains($0) }
    }
}

extension TrustedIPRange {
    /// The range, if its two texts are one.
    public var parsed: IPRange? {
        guard let start = IPAddress(startIPAddress), let end = IPAddress(endIPAddress) else { return nil }
        return IPRange(start: start, end: end)
    }
}

/// The errors of one app while its documents are looked at.
struct RuleReport {
    var file: String
    private(set) var problems: [MetadataError] = []

    init(file: String) { self.file = file }

    mutating func add(_ element: String, _ code: String, _ problem: String, _ remedy: String) {
        problems.append(MetadataError(file: file, element: element, code: code, problem: problem, remedy: remedy))
    }

    mutating func collect(_ body: () throws(MetadataError) -> Void) {
        do { try body() } catch { add(error.element ?? "", error.code, error.problem, error.remedy) }
    }
}
