import ClientApps
import Testing

/// What the errors and warnings of metadata say: the place, the truth and the remedy.
@Suite struct MetadataMessageTests {
    private func errors(_ path: String, _ part: String, _ mistake: String) throws -> [MetadataError] {
        var files = Bundle.files
        files[path]?.replace(part, with: mistake)
        return try #require(throws: MetadataErrors.self) { try Bundle.read(files) }.errors
    }

    @Test(
        "XML 1.0 section 4.1: an & that begins no reference is named as such, with its line",
        arguments: ["& bills", "&bills;", "&"]
    )
    func looseAmpersand(_ text: String) throws {
        let error = try #require(try errors(Bundle.headerPath, "&amp; bills", text).first)
        #expect(error.code == .malformedXML && error.line == 4)
        #expect(error.remedy.contains("&amp;"))
    }

    @Test(
        "XML 1.0 sections 2.5 and 2.7: an & in a comment or a CDATA section is a character; character numbers are references"
    )
    func verbatimAmpersand() throws {
        for text in ["<![CDATA[& bills]]>", "<!-- a & b -->bills", "&#38; &#x26; bills"] {
            var files = Bundle.files
            files[Bundle.headerPath]?.replace("&amp; bills", with: text)
            #expect(try Bundle.read(files).count == 1)
        }
    }

    @Test(
        "app-model 11.6: a value that is none of its type is told which are",
        arguments: [
            (Bundle.headerPath, "<isProtected>false", "<isProtected>no", "true or false"),
            (
                Bundle.headerPath, "<distributionState>Local", "<distributionState>local",
                "Local, Packaged, AutoInstalled, Managed"
            ),
            (Bundle.oauthPolicyPath, "<namedUserJwtTimeout>15", "<namedUserJwtTimeout>x", "a whole number"),
        ]
    )
    func validValues(path: String, part: String, mistake: String, named: String) throws {
        let error = try #require(try errors(path, part, mistake).first)
        #expect(error.remedy.contains(named))
        #expect(error.problem.hasSuffix("."))
        #expect(error.file == path)
    }

    @Test(
        "app-model 11.6: what is wrong with an app as a whole names the file, the line and the element",
        arguments: [
            (Bundle.oauthPath, "Api, RefreshToken", "api", "commaSeparatedOauthScopes", 3),
            (Bundle.globalPath, "https://orders", "http://orders", "callbackUrl", 3),
            (Bundle.oauthPolicyPath, "<namedUserJwtTimeout>15", "<namedUserJwtTimeout>16", "namedUserJwtTimeout", 6),
            (
                Bundle.oauthPolicyPath, "<namedUserJwtTimeout>15</namedUserJwtTimeout>",
                "<guestJwtTimeout>16</guestJwtTimeout>", "guestJwtTimeout", 6
            ),
        ]
    )
    func places(path: String, part: String, mistake: String, element: String, line: Int) throws {
        let error = try #require(try errors(path, part, mistake).first)
        #expect(error.file == path && error.element == element && error.line == line)
    }

    @Test("app-model 1: developer names that differ in case alone are one name")
    func oneName() throws {
        var files = Bundle.files
        files[Bundle.oauthPath]?.replace("<externalClientApplication>Orders", with: "<externalClientApplication>orders")
        let apps = try Bundle.read(files)
        #expect(apps.map(\.developerName) == ["Orders"])
        #expect(apps.first?.oauth != nil)
        files["externalClientApps/ORDERS.eca"] = Bundle.header
        let twice = try #require(throws: MetadataErrors.self) { try Bundle.read(files) }
        #expect(twice.errors.map(\.code) == [.duplicateDeveloperName])
    }

    @Test("app-model 11.6: nothing is accepted in silence that has no effect: one warning for each such element")
    func warnings() throws {
        let app = try EffectiveAppTests.merge {
            $0.globalOAuth?.record.isDeviceFlowEnabled = true
            $0.globalOAuth?.record.isTokenExchangeEnabled = true
            $0.globalOAuth?.record.isCodeCredFlowEnabled = false
            $0.globalOAuth?.record.isDPoPEnabled = true
            $0.oauth?.record.customAttributes = []
            $0.oauth?.record.commaSeparatedCustomScopes = "orders"
            $0.oauth?.record.singleLogoutURL = "https://orders.example/out"
            $0.oauth?.record.isFirstPartyAppEnabled = true
            $0.oauthPolicies?.record.apexHandler = "Handler"
            $0.oauthPolicies?.record.isGuestCodeCredFlowEnabled = true
            $0.oauthPolicies?.record.guestJWTTimeout = 15
            $0.appPolicies?.record.isSAMLPluginEnabled = true
        }
        #expect(
            app.warnings.map(\.element) == [
                "isDeviceFlowEnabled", "isDPopEnabled", "isTokenExchangeEnabled",
                "isFirstPartyAppEnabled", "singleLogoutUrl", "apexHandler", "guestJwtTimeout",
                "isGuestCodeCredFlowEnabled", "isSamlPluginEnabled", "commaSeparatedCustomScopes",
            ]
        )
    }
}
