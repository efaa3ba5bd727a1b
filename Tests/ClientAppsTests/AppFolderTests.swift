import ClientApps
import Testing

struct AppFolderTests {
    @Test("app-model 1: a bundle is read and each document is written back byte for byte")
    func golden() throws {
        for (path, text) in Bundle.files {
            for suffix in ["", "-meta.xml"] {
                let component = try MetadataDocument.parse(
                    file: SourceFile(path: path + suffix, bytes: Array(text.utf8))
                )
                #expect(String(decoding: MetadataDocument.xml(component), as: UTF8.self) == text)
                #expect(component.appName == "Orders")
            }
        }
        let apps = try Bundle.read(Bundle.files)
        #expect(apps.count == 1)
        #expect(apps.first?.documents.count == 5)
        #expect(apps.first?.header?.description == "Ships & bills")
    }

    @Test(
        "app-model 11.6: each error is reported with its code",
        arguments: [
            (Bundle.oauthPolicyPath, "AllSelfAuthorized", "AdminApproved", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
            (Bundle.oauthPath, "Api, RefreshToken", "api refresh_token", "INVALID_SCOPE"),
            (Bundle.oauthPath, "10.0.0.9", "10.0.0.0", "INVALID_IP_RANGE"),
            (Bundle.globalPath, "isPkceRequired>", "isPkceRequird>", "UNKNOWN_ELEMENT"),
            (Bundle.globalPath, ">Orders<", ">Other<", "INVALID_CROSS_REFERENCE_KEY"),
            (Bundle.globalPath, "orders.key_1", "no key", "INVALID_CONSUMER_KEY"),
            (Bundle.globalPath, "https://orders", "javascript://orders", "INVALID_CALLBACK_URL"),
            (
                Bundle.globalPath, "<isPkceRequired>false", "<isPkceRequired>no",
                "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
            ),
            (Bundle.oauthPolicyPath, ">15<", ">7<", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
            (Bundle.policyPath, "2006/04", "2006/05", "WRONG_NAMESPACE"),
            (Bundle.policyPath, "<isEnabled>", "text<isEnabled>", "MIXED_CONTENT"),
            (Bundle.policyPath, "<isEnabled>", "<?php x?><isEnabled>", "PROCESSING_INSTRUCTION"),
            (Bundle.policyPath, "<isEnabled>", "<label>a</label><label>b</label><isEnabled>", "DUPLICATE_ELEMENT"),
            (Bundle.policyPath, "</isEnabled>", "", "MALFORMED_XML"),
            (
                Bundle.policyPath, "<externalClientApplication>Orders</externalClientApplication>", "",
                "REQUIRED_FIELD_MISSING"
            ),
            (Bundle.policyPath, "ExtlClntAppConfigurablePolicies", "Package", "WRONG_ROOT_ELEMENT"),
            (Bundle.policyPath, "UTF-8", "UTF-7", "NOT_UTF8"),
            (Bundle.policyPath, ">Orders<", "> <", "REQUIRED_FIELD_MISSING"),
            (Bundle.policyPath, ">Orders<", "><x>Orders</x><", "REQUIRED_FIELD_MISSING"),
            (Bundle.policyPath, "<isEnabled>", "<isEnabled a=\"b\">", "UNKNOWN_ATTRIBUTE"),
            (Bundle.policyPath, "true", "&unknown;", "MALFORMED_XML"),
            (Bundle.policyPath, "?>", "?><!DOCTYPE x [<!ENTITY y \"z\">]>", "DOCTYPE_NOT_ALLOWED"),
            (Bundle.policyPath, "?>", "?><!DOCTYPE\u{483} x [<!ENTITY y \"z\">]>", "MALFORMED_XML"),
            (
                Bundle.policyPath, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
                "\u{FEFF}<?xml version='1.0' encoding='UTF-7'?>", "NOT_UTF8"
            ),
        ]
    )
    func errors(path: String, old: String, new: String, code: String) throws {
        var files = Bundle.files
        files[path] = files[path]?.split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
        let errors = try #require(throws: MetadataErrors.self) { try Bundle.read(files) }
        #expect(errors.errors.contains { $0.code.rawValue == code }, "\(errors)")
        #expect(errors.errors.allSatisfy { !$0.remedy.isEmpty && !$0.file.isEmpty })
    }

    @Test("app-model 1: a byte order mark, comments and CDATA are read")
    func harmless() throws {
        var files = Bundle.files
        files[Bundle.policyPath] =
            "\u{FEFF}"
            + (try #require(files[Bundle.policyPath]))
            .replacing("<isEnabled>true", with: "<!-- on --><isEnabled><![CDATA[true]]>")
        #expect(try Bundle.read(files).first?.appPolicies?.record.isEnabled == true)
    }

    @Test(
        "app-model 11.6: the enum error has the original's words, the unknown element the closest name, both in one report"
    )
    func texts() throws {
        var files = Bundle.files
        files[Bundle.oauthPolicyPath]?.replace("AllSelfAuthorized", with: "AdminApproved")
        files[Bundle.globalPath]?.replace("isPkceRequired>", with: "isPkceRequird>")
        let text = try #require(throws: MetadataErrors.self) { try Bundle.read(files) }.description
        #expect(text.contains("'AdminApproved' is not a valid value for the enum 'PermittedUsersPolicyType'"))
        #expect(text.contains("Did you mean 'isPkceRequired'?"))
        #expect(text.contains("\(Bundle.globalPath):9:"))
    }

    @Test("app-model 1: global settings need OAuth settings; an unknown folder is refused; package.xml is let be")
    func crossChecks() throws {
        var files = Bundle.files
        files["package.xml"] = Bundle.document("Package", ["<version>67.0</version>"])
        #expect(try Bundle.read(files).count == 1)
        files[Bundle.oauthPath] = nil
        #expect(throws: MetadataErrors.self) { try Bundle.read(files) }
        #expect(throws: MetadataErrors.self) { try Bundle.read(["classes/A.cls": "x"]) }
        var bad = Bundle.files
        bad["externalClientApps/Or__ders.eca"] = Bundle.header
        #expect(throws: MetadataErrors.self) { try Bundle.read(bad) }
    }

    @Test("app-model 1.11: an app without policies gets the default ones with the documented names and values")
    func defaults() throws {
        var files = Bundle.files
        files[Bundle.oauthPolicyPath] = nil
        files[Bundle.policyPath] = nil
        var app = try #require(try Bundle.read(files).first)
        app.addDefaultPolicies()
        #expect(app.appPolicies?.fullName == "Orders_defaultPolicy")
        #expect(app.oauthPolicies?.fullName == "Orders_oauth_defaultPolicy")
        #expect(app.oauthPolicies?.record.refreshTokenValidityPeriod == 365)
        #expect(app.oauthPolicies?.record.requiredSessionLevel == .standard)
    }
}
