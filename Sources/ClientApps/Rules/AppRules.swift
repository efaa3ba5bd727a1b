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
        if let header = app.header { check(header, named: app.developerName, &report) }
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
            check(policies.record, beside: app.globalOAuth?.record, &report)
        }
        if let switches = app.appPolicies {
            report.file = file(.appPolicies)
            check(switches.record, &report)
        }
        checkPlugins(of: app, &report, file: file)
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
                .invalidCrossReferenceKey,
                "No external client app '\(name)' exists.",
                "Add externalClientApps/\(name).eca or correct the name."
            )
        }
        if !isDeveloperName(name) {
            report.add(
                "fullName",
                .invalidDeveloperName,
                "'\(name)' is not a developer name.",
                "Use up to 80 letters, digits and single underscores; start with a letter, end with no underscore."
            )
        }
        let shown = [
            ("label", app.header?.label, false), ("description", app.header?.description, true),
            ("contactEmail", app.header?.contactEmail, false), ("contactPhone", app.header?.contactPhone, false),
        ]
        for (element, text, allowsLines) in shown where !PlainText.isPlain(text ?? "", allowsLines: allowsLines) {
            report.add(
                element,
                .invalidCharacter,
                "It has a character that is not seen and changes how the rest is read.",
                "Remove control characters and the marks of text direction, such as U+202E."
            )
        }
        if app.globalOAuth != nil, app.oauth == nil, !existsAlready {
            report.add(
                "externalClientApplication",
                .invalidCrossReferenceKey,
                "The external client app configured in your global OAuth Settings doesn't have a valid OAuth settings configuration.",
                "Add a file in extlClntAppOauthSettings for '\(name)'."
            )
        }
    }

    /// Whether a text may be a developer name: up to 80 letters, digits and single underscores, from a letter to no underscore. The
    /// documentation names no longest length; a key of PostgreSQL has one, and a label has this.
    public static func isDeveloperName(_ name: String, longest: Int = 80) -> Bool {
        let isWord = name.utf8.allSatisfy { Base62.isDigit($0) || $0 == UInt8(ascii: "_") }
        return isWord && name.utf8.count <= longest && name.first?.isLetter == true && !name.hasSuffix("_")
            && !name.contains("__")
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

    mutating func add(_ element: String, _ code: StatusCode, _ problem: String, _ remedy: String) {
        problems.append(MetadataError(file: file, element: element, code: code, problem: problem, remedy: remedy))
    }

    mutating func collect(_ body: () throws(MetadataError) -> Void) {
        do { try body() } catch { add(error.element ?? "", error.code, error.problem, error.remedy) }
    }
}
