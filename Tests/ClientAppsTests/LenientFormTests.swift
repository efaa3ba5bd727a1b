import ClientApps
import OAuthTypes
import Testing

/// Forms of documents that the original takes and that real sources have.
@Suite("Forms of documents")
struct LenientFormTests {
    private func app(_ path: String, _ part: String, _ other: String) throws -> AppComponents {
        var files = Bundle.files
        files[path]?.replace(part, with: other)
        return try #require(try Bundle.read(files).first)
    }

    private func error(_ path: String, _ part: String, _ other: String) throws -> MetadataError {
        var files = Bundle.files
        files[path]?.replace(part, with: other)
        return try #require(try #require(throws: MetadataErrors.self) { try Bundle.read(files) }.errors.first)
    }

    // MARK: Certificates

    private static let body = Certificates.good.split(separator: "\n").dropFirst().dropLast().joined()

    @Test(
        "app-model 1.3: a certificate is taken with its BEGIN and END or without, however its lines are broken",
        arguments: [
            body, body + "\n", Certificates.good.split(separator: "\n").dropFirst().dropLast().joined(separator: "\n"),
            "-----BEGIN CERTIFICATE-----\(body)-----END CERTIFICATE-----",
            "-----BEGIN CERTIFICATE----- \(body) -----END CERTIFICATE-----",
            Certificates.good.replacing("\n", with: "\r\n"), Certificates.good.replacing("\n", with: "\n        "),
            "subject=CN = orders\n" + Certificates.good,
        ]
    )
    func certificateForms(text: String) throws {
        let certificate = try AppCertificate(pem: text)
        #expect(certificate.modulus.prefix(4) == [0xB5, 0xCC, 0xD6, 0x8E] && certificate.modulus.count == 256)
        #expect(certificate.pem == text)
        let app = try EffectiveAppTests.merge { $0.globalOAuth?.record.certificate = text }
        #expect(app.certificate?.modulus == certificate.modulus && app.isJWTBearerFlowEnabled)
    }

    @Test(
        "app-model 1.3: a text that is not one certificate is refused",
        arguments: [
            Certificates.good + "\n" + Certificates.good, String(body.dropLast(40)), body + body,
            "-----BEGIN PRIVATE KEY-----\n\(body)\n-----END PRIVATE KEY-----",
            "-----BEGIN CERTIFICATE-----\n\(body)", "-----END CERTIFICATE----------BEGIN CERTIFICATE-----",
        ]
    )
    func badCertificates(text: String) {
        #expect { try AppCertificate(pem: text) } throws: { ($0 as? MetadataError)?.code == .invalidCertificate }
    }

    @Test(
        "app-model 1.3 and 2: an empty certificate, consumerKey or consumerSecret is one that is left out",
        arguments: [
            "<certificate/>", "<certificate> </certificate>", "<consumerSecret/>", "<consumerSecret></consumerSecret>",
        ]
    )
    func emptyElements(element: String) throws {
        let external = try app(Bundle.globalPath, "<consumerKey>", element + "<consumerKey>")
        #expect(external.globalOAuth?.record.callbackURL?.hasPrefix("https://orders.example.com/back") == true)
        let keyless = try app(Bundle.globalPath, "<consumerKey>orders.key_1</consumerKey>", "<consumerKey/>")
        #expect(keyless.globalOAuth != nil)
        let connected = try ConnectedBundle.merge(ConnectedBundle.document(oauth: [element, "<consumerKey/>"]))
        #expect(connected.certificate == nil && !connected.isJWTBearerFlowEnabled)
    }

    // MARK: fullName, blanks, words

    @Test("app-model 1.1: fullName is an element of every type; in a file it says the name of the file")
    func fullName() throws {
        let named = try app(Bundle.headerPath, "<contactEmail>", "<fullName>Orders</fullName><contactEmail>")
        #expect(try [named] == Bundle.read(Bundle.files))
        let document = ConnectedBundle.document(["<fullName>Billing</fullName>"])
        #expect(try ConnectedBundle.read(document) == ConnectedBundle.read(ConnectedBundle.document()))
        let other = try error(Bundle.headerPath, "<contactEmail>", "<fullName>Sales</fullName>\n<contactEmail>")
        #expect(other.code == .fieldIntegrityException && other.element == "fullName" && other.line == 3)
        #expect(other.file == Bundle.headerPath)
    }

    @Test("app-model 11.5: blanks around a value mean nothing, in files as in calls")
    func blanks() throws {
        var files = Bundle.files
        files[Bundle.policyPath]?.replace("true", with: " true\n    ")
        files[Bundle.headerPath]?.replace("<label>Orders</label>", with: "<label>\n        Orders\n    </label>")
        files[Bundle.oauthPath]?.replace("Application>Orders<", with: "Application>\n        Orders\n    <")
        files[Bundle.oauthPolicyPath]?.replace("robot@example.com", with: "\n        robot@example.com\n    ")
        files[Bundle.oauthPolicyPath]?.replace("AllSelfAuthorized", with: " AllSelfAuthorized ")
        #expect(try Bundle.read(files) == Bundle.read(Bundle.files))
    }

    @Test(
        "app-model 11.6: a parent that is missing or empty is asked for in the original's words",
        arguments: ["", "<externalClientApplication/>", "<externalClientApplication> </externalClientApplication>"]
    )
    func missingParent(element: String) throws {
        for path in [Bundle.globalPath, Bundle.oauthPath, Bundle.oauthPolicyPath, Bundle.policyPath] {
            let parent = "<externalClientApplication>Orders</externalClientApplication>"
            let error = try error(path, parent, element)
            #expect(error.problem == "Enter the name of the parent external client app." && error.file == path)
        }
    }

    @Test(
        "app-model 1.2, 1.6 and 11.6: an error about an enum has the name that the original gives it",
        arguments: [
            (Bundle.headerPath, "<distributionState>Local", "<distributionState>Nowhere", "ExtlClntAppDistState"),
            (Bundle.headerPath, "<isProtected>", "<managedType>X</managedType><isProtected>", "ExtlClntAppManagedType"),
            (Bundle.policyPath, "</isEnabled>", "</isEnabled><startPage>X</startPage>", "ExtlClntAppStartPage"),
            (Bundle.oauthPolicyPath, "AllSelfAuthorized", "AdminApproved", "PermittedUsersPolicyType"),
        ]
    )
    func enumNames(path: String, part: String, other: String, name: String) throws {
        #expect(try error(path, part, other).problem.hasSuffix("is not a valid value for the enum '\(name)'."))
    }

    @Test("app-model 1.4, 1.5 and 2: an attribute is of the type that its document has for it")
    func attributeTypes() throws {
        let bad = "<customAttributes><formula>User.Country</formula></customAttributes>"
        let settings = try error(Bundle.oauthPath, "<customAttributes>", bad + "<customAttributes>")
        #expect(settings.problem.contains("'ExtlClntAppOauthSettingsAttribute'"))
        let policies = try error(Bundle.oauthPolicyPath, "<externalClient", bad + "<externalClient")
        #expect(policies.problem.contains("'ExtlClntAppOauthPoliciesAttribute'"))
        let connected = ConnectedBundle.refusals(
            ConnectedBundle.document(["<attributes><formula>User.Country</formula></attributes>"])
        )
        #expect(connected.first?.problem.contains("'ConnectedAppAttribute'") == true)
    }

    // MARK: What is written

    @Test("app-model 3: of a connected app's scopes that mean the same, Basic and RefreshToken are kept")
    func synonyms() throws {
        let scopes = ["Api", "OfflineAccess", "Phone", "Profile", "RefreshToken", "Basic", "OpenID"]
        let app = try ConnectedBundle.read(ConnectedBundle.document(scopes: scopes))
        #expect(app.connectedApp?.oauthConfig?.scopes == ["Api", "RefreshToken", "Basic", "OpenID"])
        let effective = try ConnectedBundle.merge(ConnectedBundle.document(scopes: scopes))
        #expect(effective.scopes.text == "api refresh_token offline_access id profile email address phone openid")
        #expect(ConnectedBundle.refusals(ConnectedBundle.document(scopes: ["api"])).map(\.code) == [.invalidScope])
    }

    @Test("app-model 1.5: the policies that are made for an app have the documented values, all of them")
    func defaultPolicies() throws {
        var files = Bundle.files
        files[Bundle.oauthPolicyPath] = nil
        var app = try #require(try Bundle.read(files).first)
        app.addDefaultPolicies()
        let document = try #require(app.documents.first { $0.type == .oauthPolicies })
        #expect(
            String(decoding: MetadataDocument.xml(document), as: UTF8.self) == """
                <?xml version="1.0" encoding="UTF-8"?>
                <ExtlClntAppOauthConfigurablePolicies xmlns="http://soap.sforce.com/2006/04/metadata">
                    <externalClientApplication>Orders</externalClientApplication>
                    <ipRelaxationPolicyType>Enforce</ipRelaxationPolicyType>
                    <isClientCredentialsFlowEnabled>false</isClientCredentialsFlowEnabled>
                    <isGuestCodeCredFlowEnabled>false</isGuestCodeCredFlowEnabled>
                    <isTokenExchangeFlowEnabled>false</isTokenExchangeFlowEnabled>
                    <permittedUsersPolicyType>AllSelfAuthorized</permittedUsersPolicyType>
                    <refreshTokenPolicyType>SpecificLifetime</refreshTokenPolicyType>
                    <refreshTokenValidityPeriod>365</refreshTokenValidityPeriod>
                    <refreshTokenValidityUnit>Days</refreshTokenValidityUnit>
                    <requiredSessionLevel>STANDARD</requiredSessionLevel>
                </ExtlClntAppOauthConfigurablePolicies>

                """
        )
    }

    @Test("app-model 8.5: who asks for high assurance is told that nobody has it")
    func highAssurance() throws {
        let app = try EffectiveAppTests.merge { $0.oauthPolicies?.record.requiredSessionLevel = .highAssurance }
        let warning = try #require(app.warnings.first { $0.element == "requiredSessionLevel" })
        #expect(warning.problem.contains("no second factor") && warning.problem.contains("STANDARD"))
        #expect(try EffectiveAppTests.merge { _ in }.warnings.allSatisfy { $0.element != "requiredSessionLevel" })
    }
}
