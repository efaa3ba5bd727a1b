import OAuthTypes
import Orgs

/// The rules of documents that belong to an org and to no app (facts: app-model 1.10), and of profiles and permission sets.
public enum OrgRules {
    /// All that is wrong with a document; nothing for one that may be saved, and for a type that belongs to apps.
    public static func problems(of component: MetadataComponent) -> [MetadataError] {
        var report = RuleReport(file: "")
        switch component.content {
        case .customScope(let scope): check(scope, named: component.fullName, &report)
        case .tokenExchangeHandler(let handler): check(handler, named: component.fullName, &report)
        case .externalClientAppSettings(let settings): check(settings, &report)
        case .profile(let profile):
            check(profile.userPermissions, &report)
            check(profile.loginIPRanges, &report)
        case .permissionSet(let set):
            checkName(component.fullName, &report)
            check(set.userPermissions, &report)
        default: break
        }
        return report.problems
    }

    private static func check(_ scope: OAuthCustomScope, named name: String, _ report: inout RuleReport) {
        checkName(name, is: scope.developerName, &report)
        let label = scope.masterLabel
        if label.first?.isLetter != true || !label.utf8.allSatisfy({ Base62.isDigit($0) || $0 == 0x5F }) {
            report.add(
                "masterLabel",
                .invalidField,
                "'\(label)' is no label of a custom scope.",
                "Use letters, digits and underscores, a letter first."
            )
        }
        if scope.description.count > 60 || !scope.description.allSatisfy({ $0.isLetter || $0.isNumber || $0 == " " }) {
            report.add(
                "description",
                scope.description.count > 60 ? .stringTooLong : .invalidField,
                "The description has more than 60 characters, or others than letters, digits and spaces.",
                "It stands on the consent page: write up to 60 letters, digits and spaces."
            )
        }
        if let wire = Scope(scope.developerName), OAuthScopeName.scopes.contains(wire) {
            report.add(
                "developerName",
                .duplicateValue,
                "'\(scope.developerName)' is a standard scope.",
                "Choose a name that no standard scope has."
            )
        }
        AppRules.checkOnce("assignedTo", scope.assignedTo.map { AppComponents.comparable(name: $0) }, &report)
    }

    private static func check(_ handler: OAuthTokenExchangeHandler, named name: String, _ report: inout RuleReport) {
        checkName(name, is: handler.developerName, &report)
        let supported = [
            handler.isAccessTokenSupported, handler.isIDTokenSupported, handler.isJWTSupported,
            handler.isRefreshTokenSupported, handler.isSAML2Supported,
        ]
        if !supported.contains(true) {
            report.add(
                "isAccessTokenSupported",
                .invalidField,
                "The handler takes no kind of token.",
                "Set at least one of isAccessTokenSupported, isIdTokenSupported, isJwtSupported, isRefreshTokenSupported and isSaml2Supported to true."
            )
        }
        for enablement in handler.enablements {
            let apps = [enablement.connectedApp, enablement.externalClientApp].filter { $0?.trimmed.isEmpty == false }
            guard apps.count != 1 else { continue }
            report.add(
                "enablements",
                apps.isEmpty ? .requiredFieldMissing : .invalidField,
                apps.isEmpty ? "An enablement names no app." : "An enablement names two apps.",
                "Give connectedApp or externalClientApp."
            )
        }
        let apps = handler.enablements.compactMap { $0.connectedApp ?? $0.externalClientApp }
        AppRules.checkOnce("enablements", apps.map { AppComponents.comparable(name: $0) }, &report)
    }

    private static func check(_ settings: ExternalClientAppSettings, _ report: inout RuleReport) {
        guard settings.enableExternalClientApps == false else { return }
        let others = [
            ("enableClientSecretInRestApiAccess", settings.enableClientSecretInRESTAPIAccess),
            ("enableConsumerSecretApiAccess", settings.enableConsumerSecretAPIAccess),
            ("enablePackageEcaOauthFromDevOrg", settings.enablePackageECAOAuthFromDevOrg),
        ]
        for (element, isOn) in others where isOn == true {
            report.add(
                element,
                .invalidField,
                "It is on, and external client apps are off.",
                "Set enableExternalClientApps to true, or this to false."
            )
        }
    }

    private static func check(_ permissions: [UserPermission], _ report: inout RuleReport) {
        AppRules.checkOnce("userPermissions", permissions.map(\.name), &report)
    }

    private static func check(_ ranges: [ProfileIPRange], _ report: inout RuleReport) {
        for range in ranges {
            let ends = (IPAddress(range.startAddress), IPAddress(range.endAddress))
            if let start = ends.0, let end = ends.1, IPRange(start: start, end: end) != nil { continue }
            report.add(
                "loginIpRanges",
                .invalidIPRange,
                "'\(range.startAddress)' to '\(range.endAddress)' is no range.",
                "Give two addresses of one version, the lower first."
            )
        }
    }

    private static func checkName(_ name: String, is given: String, _ report: inout RuleReport) {
        checkName(given, &report)
        guard name != given else { return }
        report.add(
            "developerName",
            .invalidDeveloperName,
            "The developer name is '\(given)', and the document is named '\(name)'.",
            "Give both the same name."
        )
    }

    private static func checkName(_ name: String, _ report: inout RuleReport) {
        guard !AppRules.isDeveloperName(name) else { return }
        report.add(
            "fullName",
            .invalidDeveloperName,
            "'\(name)' is not a developer name.",
            "Use up to 80 letters, digits and single underscores; start with a letter, end with no underscore."
        )
    }
}
