import HTTPTypes
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

@Suite("SOAP: create of the partner API, and describeValueType")
struct PartnerCreateTests {
    /// The message of CumulusCI's task create_blank_profile.
    static func message(_ session: String, _ fields: String, type: String = "Profile") -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?><se:Envelope xmlns:se="http://schemas.xmlsoap.org/soap/envelope/" \
        xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><se:Header xmlns:sfns="urn:partner.soap.sforce.com">\
        <sfns:SessionHeader><sessionId>\(session)</sessionId></sfns:SessionHeader></se:Header><se:Body>\
        <create xmlns="urn:partner.soap.sforce.com" xmlns:ns1="sobject.partner.soap.sforce.com"><sObjects>\
        <ns1:type>\(type)</ns1:type>\(fields)</sObjects></create></se:Body></se:Envelope>
        """
    }

    @Test(
        "clients 2: create of Profile at the partner API makes a profile without permissions, whose license a query tells",
        arguments: TestDatabase.available
    )
    func blank(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await SOAPCaller(server, client, permissions: [.manageProfilesPermissionSets, .viewSetup])
            let path = "/services/Soap/u/53.0/\(server.org.id.rawValue)"
            let query = "SELECT Id, Name FROM UserLicense WHERE Name = 'Salesforce' LIMIT 1"
            let answer = try await client.get(
                "/services/data/v68.0/query?\(Client.encoded([("q", query)]))",
                bearer: caller.token
            )
            let license = try #require(answer.json["records"]?.array?.first?.object?["Id"]?.string)
            let fields =
                "<Name>Blank</Name><Description>Grants nothing</Description><UserLicenseId>\(license)</UserLicenseId>"
            let made = try await caller.post(Self.message(caller.token, fields), path: path, action: "create")
            #expect(made.status == 200 && made.value("success") == "true", "\(made.text)")
            let id = try #require(made.value("id"))
            let org = server.org.id
            let profiles = try await server.database.read { try Profiles.all(org: org, on: $0) }
            let profile = try #require(profiles.first { $0.id.rawValue == id })
            #expect(profile.name == "Blank" && profile.permissions.isEmpty)
            for (fields, type, code) in [
                (fields, "Profile", "DUPLICATE_VALUE"),
                (fields.replacing("Blank", with: "BLANK"), "Profile", "DUPLICATE_VALUE"),
                (fields, "Account", "INVALID_TYPE"),
                (fields.replacing("<Name>Blank</Name>", with: ""), "Profile", "REQUIRED_FIELD_MISSING"),
                (fields.replacing(license, with: "100000000000009AAA"), "Profile", "INVALID_CROSS_REFERENCE_KEY"),
                ("<Name>Other</Name>", "Profile", "REQUIRED_FIELD_MISSING"),
                (fields + "<Salary>1</Salary>", "Profile", "INVALID_FIELD"),
            ] {
                let refused = try await caller.post(Self.message(caller.token, fields, type: type), path: path)
                #expect(refused.value("success") == "false" && refused.value("statusCode") == code, "\(refused.text)")
            }
            #expect(try await server.database.read { try Profiles.all(org: org, on: $0).count } == profiles.count)
        }
    }

    @Test(
        "app-model 4.1: a profile is made by who has Manage Profiles and Permission Sets alone",
        arguments: TestDatabase.available
    )
    func permission(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await SOAPCaller(server, client, permissions: [.viewSetup, .modifyMetadata])
            let fields = "<Name>Blank</Name><UserLicenseId>100000000000001AAA</UserLicenseId>"
            let refused = try await caller.post(
                Self.message(caller.token, fields),
                path: "/services/Soap/u/53.0"
            )
            #expect(refused.value("statusCode") == "INSUFFICIENT_ACCESS", "\(refused.text)")
            let dead = try await caller.post(Self.message("x!y", fields), path: "/services/Soap/u/53.0")
            #expect(dead.faultCode == "sf:INVALID_SESSION_ID")
        }
    }

    @Test(
        "clients 4: describeValueType tells the fields of a type as the version has them, with their words and records",
        arguments: TestDatabase.available
    )
    func valueType(driver: TestDatabase) async throws {
        try await TestServer.run(on: driver) { server, client in
            let caller = try await SOAPCaller(server, client)
            let namespace = "{http://soap.sforce.com/2006/04/metadata}"
            let name = "ExtlClntAppGlobalOauthSettings"
            let new = try await caller.call("describeValueType", "<met:type>\(namespace)\(name)</met:type>")
            #expect(new.all("name").contains("isNamedUserJwtEnabled"), "\(new.text)")
            #expect(
                new.all("name").contains("idTokenAudience") && new.all("soapType").contains("ExternalAppIdTokenConfig")
            )
            #expect(new.value("name") == "fullName" && new.value("isNameField") == "true")
            #expect(new.value("foreignKeyDomain") == "ExternalClientApplication")
            let old = try await caller.call("describeValueType", "<met:type>\(name)</met:type>", version: "59.0")
            #expect(!old.all("name").contains("isNamedUserJwtEnabled") && old.all("name").contains("callbackUrl"))
            let words = try await caller.call("describeValueType", "<met:type>ExternalClientApplication</met:type>")
            #expect(words.all("value").contains("Packaged"))
            for unknown in ["ApexClass", "", "ExtlClntAppOauthSecuritySettings"] {
                let refused = try await caller.call("describeValueType", "<met:type>\(unknown)</met:type>")
                #expect(refused.faultCode == "sf:INVALID_TYPE", "\(unknown)")
            }
        }
    }
}
