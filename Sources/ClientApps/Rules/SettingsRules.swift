import OAuthTypes
import Orgs

/// The rules of what the developer owns: header, global and local OAuth settings (facts: app-model 1.2 to 1.4).
extension AppRules {
    static func check(_ header: ExternalClientApplication, named name: String, _ report: inout RuleReport) {
        if let state = header.distributionState, state != .local, state != .packaged {
            report.add(
                "distributionState",
                .invalidOrNullForRestrictedPicklist,
                "'\(state.rawValue)' is for internal use.",
                "Use Local for an app of this org alone, or Packaged for one that may be installed in others."
            )
        }
        if let link = header.orgScopedExternalApp?.trimmed, !link.isEmpty {
            let parts = link.split(separator: ":", omittingEmptySubsequences: false)
            let isLink =
                parts.count == 2 && parts[1] == name && parts[0].hasPrefix("00D")
                && [15, 18].contains(parts[0].utf8.count) && parts[0].utf8.allSatisfy { Base62.isDigit($0) }
            if !isLink {
                report.add(
                    "orgScopedExternalApp",
                    .invalidField,
                    "The Org Scoped External Client App must be in the format DeveloperOrganizationId:ExternalClientAppDeveloperName.",
                    "Leave it out: it is made when the app is."
                )
            }
        }
        for (element, url) in [("logoUrl", header.logoURL), ("iconUrl", header.iconURL), ("infoUrl", header.infoURL)] {
            checkAddress(element, url, &report)
        }
        if let email = header.contactEmail?.trimmed, !email.isEmpty, !email.contains("@") {
            report.add("contactEmail", .invalidEmailAddress, "'\(email)' is no e-mail address.", "Correct it.")
        }
    }

    static func check(_ global: GlobalOAuthSettings, _ report: inout RuleReport) {
        check(callbackURLs: global.callbackURL ?? "", &report)
        if let pem = global.certificate, !pem.trimmed.isEmpty {
            report.collect { () throws(MetadataError) in _ = try AppCertificate(pem: pem) }
        }
        check(consumerKey: global.consumerKey, secret: global.consumerSecret, &report)
        if let minutes = global.idTokenConfig?.idTokenValidityInMinutes, !(0...720).contains(minutes) {
            report.add(
                "idTokenValidityInMinutes",
                .numberOutsideValidRange,
                "\(minutes) is outside 1 to 720.",
                "Give 1 to 720, or 0 for the default of 2."
            )
        }
    }

    static func check(callbackURLs uris: String, _ report: inout RuleReport) {
        if uris.utf8.count > 2_000 {
            report.add(
                "callbackUrl",
                .stringTooLong,
                "The callback URLs are longer than 2,000 characters.",
                "Remove some."
            )
        }
        for uri in RedirectURIRule.split(uris) {
            report.collect { () throws(MetadataError) in try RedirectURIRule.check(uri) }
        }
    }

    static func check(consumerKey key: String?, secret: String?, _ report: inout RuleReport) {
        // What is empty is absent: templates leave such elements.
        if let key, !key.trimmed.isEmpty, !isCredential(key, more: "._") {
            report.add(
                "consumerKey",
                .invalidConsumerKey,
                "The consumer key is not valid.",
                "Use 8 to 256 of A-Z a-z 0-9 . _"
            )
        }
        if let secret, !secret.trimmed.isEmpty, !isCredential(secret, more: "") {
            report.add(
                "consumerSecret",
                .invalidConsumerSecret,
                "The consumer secret is not valid.",
                "Use 8 to 256 of A-Z a-z 0-9."
            )
        }
    }

    static func check(_ oauth: OAuthSettings, _ report: inout RuleReport) {
        report.collect { () throws(MetadataError) in
            _ = try OAuthScopeName.scopes(of: oauth.commaSeparatedOAuthScopes ?? "")
        }
        check(ranges: oauth.trustedIPRanges, "trustedIpRanges", "trusted ranges", &report)
        check(attributes: oauth.customAttributes, &report)
        checkAddress("singleLogoutUrl", oauth.singleLogoutURL, &report)
        checkAssetTokens(oauth, &report)
        if let link = oauth.oauthLink?.trimmed, !link.isEmpty, !isLink(link, to: "888") {
            report.add(
                "oauthLink",
                .invalidField,
                "It is no link to global OAuth settings.",
                "Leave it out: the link is made when the app is. Its form is ORG-ID:CONSUMER-ID, such as 00D…:888…."
            )
        }
    }

    /// Holds each range to two addresses in order, and all of them to 128.
    static func check(ranges: [TrustedIPRange], _ element: String, _ plural: String, _ report: inout RuleReport) {
        for range in ranges where range.parsed == nil {
            report.add(
                element,
                .invalidIPRange,
                "'\(range.startIPAddress)' to '\(range.endIPAddress)' is no range.",
                "Give two addresses of one version, the lower first."
            )
        }
        if ranges.count > 128 {
            report.add(element, .limitExceeded, "There are more than 128 \(plural).", "Remove some.")
        }
    }

    static func check(_ security: OAuthSecuritySettings, _ report: inout RuleReport) {
        check(ranges: security.tokenIPRanges, "tokenIpRanges", "ranges", &report)
        let limit = OAuthSecuritySettings.addressLimit
        let count = security.tokenIPRanges.compactMap(\.parsed).reduce(0) { $0 + $1.addressCount(upTo: limit + 1) }
        if count > limit {
            report.add(
                "tokenIpRanges",
                .limitExceeded,
                "The ranges have more than \(limit) addresses together.",
                "Name the addresses of the servers that hold refresh tokens, not whole networks."
            )
        }
    }

    private static func checkAssetTokens(_ oauth: OAuthSettings, _ report: inout RuleReport) {
        let parts = [
            ("assetTokenAudiences", oauth.assetTokenAudiences?.trimmed.isEmpty == false),
            ("assetTokenSigningCertificate", oauth.assetTokenSigningCertificate?.trimmed.isEmpty == false),
            ("assetTokenValidity", oauth.assetTokenValidity != nil),
        ]
        if parts.contains(where: \.1) {
            for (element, isGiven) in parts where !isGiven {
                report.add(
                    element,
                    .requiredFieldMissing,
                    "Asset tokens need \(element).",
                    "Give assetTokenAudiences, assetTokenSigningCertificate and assetTokenValidity, or none of them."
                )
            }
        }
        if let validity = oauth.assetTokenValidity, validity < 1 {
            report.add(
                "assetTokenValidity",
                .numberOutsideValidRange,
                "\(validity) is no validity.",
                "Give the seconds that an asset token is good for, 1 or more."
            )
        }
        let certificates = [
            ("assetTokenSigningCertificate", oauth.assetTokenSigningCertificate),
            ("clientAssertionCertificate", oauth.clientAssertionCertificate),
        ]
        for (element, text) in certificates where (text?.utf8.count ?? 0) > 4_096 {
            report.add(element, .stringTooLong, "The certificate is longer than 4 KB.", "Give one certificate.")
        }
    }
}
